"""The file that says which downloads are not over.  Any thread; several processes at a time."""

from __future__ import annotations

import json
import logging
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any, Final

from app.file_lock import locked
from app.models.catalogue_file import FORMAT, CatalogueText, parse, written
from app.models.values import OfferedModel
from app.paths import make_private
from app.whole_file import replace_text
from engine.errors import UserFacingError

_log = logging.getLogger(__name__)

LIST_NAME: Final = "downloads.json"
"""The file inside the data folder."""

_MAX_FILE_BYTES: Final = 1 << 22


@dataclass(frozen=True, slots=True)
class Kept:
    """A download as the file keeps it.

    Attributes:
        model: what is fetched.
        folder: where its files will be.
        is_paused: it does not go on by itself.
        mends: its files are here, and wrong somewhere.
        cancelled_ms: when the user wanted it no more; Unix time in milliseconds.  What was
            fetched stays a while, so that the user can think again.
    """

    model: OfferedModel
    folder: Path
    is_paused: bool = False
    mends: bool = False
    cancelled_ms: int | None = None


class DownloadList:
    """The list on disk.  What cannot be read of it does not count.

    Window and command line change one file, so a change is made to what is there now.  A change
    that cannot be saved is logged: what is fetched does not depend on it.

    Args:
        path: the file; it and its folder need not exist.
    """

    def __init__(self, path: Path) -> None:
        self._path = path

    def read(self) -> dict[str, Kept]:
        """What it says now, by the ids of the models, in the order they were asked for."""
        try:
            with self._path.open("rb") as file:
                entries = json.loads(file.read(_MAX_FILE_BYTES))["downloads"]
            found = [kept for kept in map(_kept, entries) if kept is not None]
        except (OSError, ValueError, KeyError, TypeError, RecursionError):
            return {}
        return {kept.model.id: kept for kept in found}

    def put(self, kept: Kept) -> None:
        """Add a download, or change the one of the same model."""
        self._change(lambda entries: {**entries, kept.model.id: kept})

    def drop(self, id_: str) -> None:
        """Forget a download."""
        self._change(lambda entries: {one: entries[one] for one in entries if one != id_})

    def _change(self, edit: Callable[[dict[str, Kept]], dict[str, Kept]]) -> None:
        """Change what the file says; a full disk must not keep a download from being paused."""
        try:
            make_private(self._path.parent)
            with locked(self._path.with_name(f".{self._path.name}.lock")):
                before = self.read()
                after = edit(before)
                if after != before:
                    told = {"downloads": [_entry(kept) for kept in after.values()]}
                    replace_text(self._path, json.dumps(told, ensure_ascii=False, indent=2))
        except (OSError, UserFacingError) as error:
            _log.warning("the list of downloads was not saved: %s", type(error).__name__)


def _entry(kept: Kept) -> dict[str, Any]:
    catalogue = json.loads(written(CatalogueText(0, "2026-01-01", (kept.model,))))
    return {
        "model": catalogue["models"][0],
        "is_added": kept.model.is_added,
        "folder": str(kept.folder),
        "is_paused": kept.is_paused,
        "mends": kept.mends,
        "cancelled_ms": kept.cancelled_ms,
    }


def _kept(entry: Mapping[str, Any]) -> Kept | None:
    """One entry; None where it makes no sense."""
    try:
        file = {"format": FORMAT, "revision": 0, "looked_up": "2026-01-01"}
        data = json.dumps({**file, "models": [entry["model"]]}).encode()
        model = parse(data, is_added=True).models[0]
        cancelled = entry.get("cancelled_ms")
        return Kept(
            replace(model, is_added=bool(entry.get("is_added"))),
            Path(str(entry["folder"])),
            bool(entry.get("is_paused")),
            bool(entry.get("mends")),
            None if cancelled is None else int(cancelled),
        )
    except (UserFacingError, ValueError, KeyError, TypeError):
        return None

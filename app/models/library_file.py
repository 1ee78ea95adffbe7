"""The file that says which models the user has.  Any thread; several processes at a time."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Mapping
from contextlib import suppress
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any, Final

from app.chats.values import Problem
from app.file_lock import locked
from app.models.values import LibraryModel, MeasuredSpeed, Origin
from app.paths import make_private
from app.whole_file import replace_text
from engine.errors import UserFacingError

LIBRARY_NAME: Final = "library.json"
"""The file inside the data folder."""

PRACTICE_ID: Final = "practice"
"""The model that comes with Sotto; nothing else is called so."""

_MAX_FILE_BYTES: Final = 1 << 22
_FORM: Final = 1


class LibraryError(UserFacingError):
    """The list of models could not be written, or something in it could not be done."""


@dataclass(frozen=True, slots=True)
class Kept:
    """A model as the file keeps it.

    Attributes:
        model: the model; whether its files are there is not known here.
        noted: digest of each file as Sotto read it, where nobody published any.
        speeds: how fast it was, the last of each device; the newest is the last.
        extra: what a newer version of Sotto wrote of it.
    """

    model: LibraryModel
    noted: tuple[str, ...] = ()
    speeds: tuple[MeasuredSpeed, ...] = ()
    extra: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class SetAside:
    """A model that was deleted and can still come back.

    Attributes:
        kept: as it was.
        deleted_ms: when; Unix time in milliseconds, UTC.
        moved: where each file that was moved aside came from, and where it is; in order.
        was_chosen: it was the model in use.
    """

    kept: Kept
    deleted_ms: int
    moved: tuple[tuple[Path, Path], ...] = ()
    was_chosen: bool = False


@dataclass(frozen=True, slots=True)
class Shelf:
    """What the file says.

    Attributes:
        models: in the order in which they came.
        aside: what was deleted, oldest first.
        extra: what a newer version of Sotto wrote.
    """

    models: tuple[Kept, ...] = ()
    aside: tuple[SetAside, ...] = ()
    extra: Mapping[str, Any] = field(default_factory=dict)

    def find(self, id_: str) -> Kept | None:
        """The model of an id."""
        return next((one for one in self.models if one.model.id == id_), None)

    def at(self, path: Path) -> Kept | None:
        """The model that has this file; the practice model has none of its own here."""
        return next(
            (one for one in self.models if path in one.model.paths and not one.model.is_practice),
            None,
        )

    def with_changed(self, id_: str, edit: Callable[[Kept], Kept]) -> Shelf:
        """The same with one model edited; an unknown id changes nothing."""
        models = tuple(edit(one) if one.model.id == id_ else one for one in self.models)
        return replace(self, models=models)

    def without(self, id_: str) -> Shelf:
        """The same without a model."""
        return replace(self, models=tuple(one for one in self.models if one.model.id != id_))

    def free_id(self, wanted: str) -> str:
        """An id that no model has, this one where that is so."""
        taken = {one.model.id for one in self.models} | {one.kept.model.id for one in self.aside}
        taken.add(PRACTICE_ID)
        number, id_ = 2, wanted
        while id_ in taken:
            number, id_ = number + 1, f"{wanted}-{number}"
        return id_


class LibraryFile:
    """The list of models on disk, as JSON that a person may read.

    Window and command line change one file, so a change is made to what is there now, under a
    lock.  What cannot be read is kept aside with `.bad` behind its name.

    Args:
        path: the file; it and its folder need not exist.

    Attributes:
        problem: what was wrong with the file when it was last read; for a notice.
    """

    def __init__(self, path: Path) -> None:
        self._path = path
        self.problem: Problem | None = None

    def read(self) -> Shelf:
        """What it says now; nothing where there is none."""
        try:
            with self._path.open("rb") as file:
                entries = json.loads(file.read(_MAX_FILE_BYTES).decode("utf-8"))
            if not isinstance(entries, dict):
                raise TypeError("not a JSON object")
        except FileNotFoundError:
            return Shelf()
        except (OSError, ValueError, TypeError, RecursionError) as error:
            self._set_aside(type(error).__name__)
            return Shelf()
        shelf, wrong = _shelf(entries)
        if wrong:
            self._set_aside(f"{wrong} entries")
        return shelf

    def change(self, edit: Callable[[Shelf], Shelf]) -> Shelf:
        """Change what it says now, in one step; returns what it says then.

        Args:
            edit: from what is there to what is to be there; whatever it raises changes nothing.

        Raises:
            LibraryError: the disk is full or the folder cannot be written to.
            FolderError: the folder cannot be made.
        """
        make_private(self._path.parent)
        try:
            with locked(self._path.with_name(f".{self._path.name}.lock")):
                before = self.read()
                after = edit(before)
                if after != before:
                    replace_text(self._path, _text(after))
                return after
        except OSError as error:
            raise LibraryError(
                "The list of models could not be saved.",
                "Check that the disk is not full and that you may write to {folder}.",
                detail=str(error),
                fields={"folder": str(self._path.parent)},
            ) from error

    def _set_aside(self, detail: str) -> None:
        aside = self._path.with_name(self._path.name + ".bad")
        with suppress(OSError):
            replace_text(aside, self._path.read_bytes().decode("utf-8", "backslashreplace"))
        self.problem = Problem(
            "Some of the list of models could not be read.",
            "The file as it was is kept as {file}. The models themselves are not touched.",
            detail=detail,
            fields={"file": str(aside)},
        )


_KNOWN: Final = {
    "id", "name", "paths", "size_bytes", "origin", "source", "sha256", "verified_ms",
    "noted", "speeds",
}  # fmt: skip


def _shelf(entries: Mapping[str, Any]) -> tuple[Shelf, int]:
    models, wrong = _each(entries.get("models"), _kept)
    aside, wrong_aside = _each(entries.get("aside"), _aside)
    extra = {key: entries[key] for key in entries if key not in {"form", "models", "aside"}}
    once = {one.model.id: one for one in models}
    return Shelf(tuple(once.values()), tuple(aside), extra), wrong + wrong_aside


def _each(entries: object, parse: Callable[[Any], Any]) -> tuple[list[Any], int]:
    if entries is None:
        return [], 0
    if not isinstance(entries, list):
        return [], 1
    found, wrong = [], 0
    for entry in entries:
        try:
            found.append(parse(entry))
        except (KeyError, TypeError, ValueError, AttributeError):
            wrong += 1
    return found, wrong


def _kept(entry: Mapping[str, Any]) -> Kept:
    paths = tuple(Path(_text_of(one)) for one in entry["paths"])
    if not paths or not entry["id"]:
        raise ValueError("no file")
    speeds = tuple(_speed(one) for one in entry.get("speeds", ()))
    verified = entry.get("verified_ms")
    model = LibraryModel(
        id=_text_of(entry["id"]),
        name=_text_of(entry["name"]),
        paths=paths,
        size_bytes=max(0, int(entry["size_bytes"])),
        origin=Origin(entry["origin"]),
        source=_text_of(entry.get("source", "")),
        sha256=tuple(_text_of(one) for one in entry.get("sha256", ())),
        verified_ms=None if verified is None else int(verified),
        speed=speeds[-1] if speeds else None,
    )
    noted = tuple(_text_of(one) for one in entry.get("noted", ()))
    return Kept(model, noted, speeds, {key: entry[key] for key in entry if key not in _KNOWN})


def _speed(entry: Mapping[str, Any]) -> MeasuredSpeed:
    return MeasuredSpeed(
        float(entry["tokens_per_second"]), _text_of(entry["device"]), int(entry["measured_ms"])
    )


def _aside(entry: Mapping[str, Any]) -> SetAside:
    moved = tuple((Path(_text_of(one)), Path(_text_of(two))) for one, two in entry["moved"])
    return SetAside(
        _kept(entry["model"]), int(entry["deleted_ms"]), moved, bool(entry.get("was_chosen"))
    )


def _text_of(value: object) -> str:
    if not isinstance(value, str):
        raise TypeError("not a text")
    return value


def _text(shelf: Shelf) -> str:
    stored = {
        **shelf.extra,
        "form": _FORM,
        "models": [_entry(one) for one in shelf.models],
        "aside": [
            {
                "model": _entry(one.kept),
                "deleted_ms": one.deleted_ms,
                "moved": [[str(source), str(target)] for source, target in one.moved],
                "was_chosen": one.was_chosen,
            }
            for one in shelf.aside
        ],
    }
    return json.dumps(stored, indent=2) + "\n"  # names need not be UTF-8, so all is ASCII


def _entry(kept: Kept) -> dict[str, Any]:
    model = kept.model
    return {
        **kept.extra,
        "id": model.id,
        "name": model.name,
        "paths": [str(path) for path in model.paths],
        "size_bytes": model.size_bytes,
        "origin": model.origin.value,
        "source": model.source,
        "sha256": list(model.sha256),
        "verified_ms": model.verified_ms,
        "noted": list(kept.noted),
        "speeds": [_speed_entry(one) for one in kept.speeds],
    }


def _speed_entry(speed: MeasuredSpeed) -> dict[str, Any]:
    return {
        "tokens_per_second": round(speed.tokens_per_second, 3),
        "device": speed.device,
        "measured_ms": speed.measured_ms,
    }


def with_speed(speeds: Iterable[MeasuredSpeed], newest: MeasuredSpeed) -> tuple[MeasuredSpeed, ...]:
    """The speeds with one more, which takes the place of the one on the same device."""
    return (*(one for one in speeds if one.device != newest.device), newest)

"""The models that can be fetched: Sotto's own list, a newer one, and what the user added."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import suppress
from dataclasses import replace
from pathlib import Path
from typing import Final

from app import resources
from app.chats.values import Problem
from app.models.catalogue_file import MAX_BYTES, CatalogueError, CatalogueText, parse, written
from app.models.values import OfferedModel
from app.paths import make_private
from app.whole_file import replace_text

UPDATE_NAME: Final = "models.json"
ADDED_NAME: Final = "added_models.json"
MAX_ADDED: Final = 200


class Catalogue:
    """Reads each file when it is asked, so that window and command line agree.  One thread.

    A file in the data folder that cannot be used counts as absent, and `problem` says so.

    Args:
        folder: the data folder; need not exist.
        shipped: the list that comes with Sotto.
    """

    def __init__(self, folder: Path, shipped: Path = resources.MODELS) -> None:
        self._folder = folder
        self._shipped = shipped
        self._subscribers: list[Callable[[], None]] = []
        self.problem: Problem | None = None
        """What was wrong with a file when the models were last listed; for a notice."""

    @property
    def revision(self) -> int:
        """Of the list in force."""
        return self._in_force().revision

    @property
    def looked_up(self) -> str:
        """When the facts of the list in force were, as `YYYY-MM-DD`."""
        return self._in_force().looked_up

    def offered(self) -> tuple[OfferedModel, ...]:
        """All of them: the list's in its order, then what the user added.

        Raises:
            CatalogueError: the list that comes with Sotto is damaged.
        """
        self.problem = None
        listed = self._in_force().models
        taken = {model.id for model in listed}
        added = [model for model in self._added() if model.id not in taken]
        return (*listed, *added)

    def find(self, id_: str) -> OfferedModel | None:
        """The model of this name, whatever its case."""
        wanted = id_.casefold()
        return next((model for model in self.offered() if model.id == wanted), None)

    def add(self, model: OfferedModel) -> OfferedModel:
        """Keep a model among those the user added; returns it as it is kept.

        The same files of the same source are the same model; another one with a name that is
        taken gets a number.

        Raises:
            CatalogueError: it is unfit, there are too many, or it cannot be written.
        """
        for known in self.offered():
            if _source_of(known) == _source_of(model):
                if not known.is_added:
                    return known
                self.remove(known.id)
        taken = {one.id for one in self.offered()}
        kept = replace(model, id=_free(model.id, taken), is_added=True)
        before = self._added()
        if len(before) >= MAX_ADDED:
            raise CatalogueError(
                "There are too many models in the list.", "Take some away that you do not need."
            )
        parse(written(CatalogueText(0, _NEVER, (kept,))).encode(), is_added=True)
        self._keep((*before, kept))
        return kept

    def remove(self, id_: str) -> OfferedModel | None:
        """Take a model that the user added off the list; `add` puts it back.

        Files of it stay where they are.  None where the user added no such model.

        Raises:
            CatalogueError: it cannot be written.
        """
        before = self._added()
        gone = next((model for model in before if model.id == id_), None)
        if gone is not None:
            self._keep(tuple(model for model in before if model is not gone))
        return gone

    def update(self, data: bytes) -> CatalogueText:
        """Put a newer list in force; what the user added stays.

        Raises:
            CatalogueError: it is damaged, not newer than that in force, or cannot be written.
        """
        newer = parse(data)
        present = self.revision
        if newer.revision <= present:
            raise CatalogueError(
                "This list of models is not newer than the one in use.",
                "It is number {theirs}; number {ours} is in use.",
                fields={"theirs": str(newer.revision), "ours": str(present)},
            )
        self._write(UPDATE_NAME, data.decode("utf-8"))
        return newer

    def subscribe(self, callback: Callable[[], None]) -> Callable[[], None]:
        """Call back after every change made here; returns the way to unsubscribe."""
        self._subscribers.append(callback)
        return lambda: self._subscribers.remove(callback)

    def _in_force(self) -> CatalogueText:
        """The newer of the list that comes with Sotto and that of the data folder."""
        try:
            shipped = parse(self._shipped.read_bytes())
        except (OSError, CatalogueError) as error:
            raise CatalogueError(
                "The list of models that comes with Sotto is damaged.",
                "Install Sotto again.",
                str(error),
            ) from error
        newer = self._read(UPDATE_NAME, is_added=False)
        return newer if newer and newer.revision > shipped.revision else shipped

    def _added(self) -> tuple[OfferedModel, ...]:
        found = self._read(ADDED_NAME, is_added=True)
        return found.models if found else ()

    def _read(self, name: str, *, is_added: bool) -> CatalogueText | None:
        file = self._folder / name
        try:
            with file.open("rb") as opened:
                return parse(opened.read(MAX_BYTES + 1), is_added=is_added)
        except FileNotFoundError:
            return None
        except (OSError, CatalogueError) as error:
            detail = error.detail if isinstance(error, CatalogueError) else str(error)
            self.problem = Problem(
                "A list of models in {file} cannot be read and is left aside.",
                "Models in it are not offered until it is mended or taken away.",
                detail,
                {"file": str(file)},
            )
            return None

    def _keep(self, added: tuple[OfferedModel, ...]) -> None:
        damaged = self._folder / ADDED_NAME
        if self._read(ADDED_NAME, is_added=True) is None:
            with suppress(OSError):  # what could not be read is not written over
                damaged.replace(damaged.with_name(ADDED_NAME + ".bad"))
        self._write(ADDED_NAME, written(CatalogueText(0, _NEVER, added)))

    def _write(self, name: str, text: str) -> None:
        make_private(self._folder)
        try:
            replace_text(self._folder / name, text)
        except OSError as error:
            raise CatalogueError(
                "The list of models could not be saved.",
                "Check that the disk is not full and that you may write to {folder}.",
                detail=str(error),
                fields={"folder": str(self._folder)},
            ) from error
        for callback in tuple(self._subscribers):
            callback()


_NEVER: Final = "1970-01-01"


def _source_of(model: OfferedModel) -> tuple[str, ...]:
    """What makes two models the same; a branch may have moved on, so the commit is not of it."""
    return (model.repository.casefold(), model.address, *(part.name for part in model.parts))


def _free(wanted: str, taken: set[str]) -> str:
    if wanted not in taken:
        return wanted
    number = 2
    while f"{wanted[:76]}-{number}" in taken:
        number += 1
    return f"{wanted[:76]}-{number}"

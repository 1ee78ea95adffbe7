"""The user's models: which there are, which is in use, and what can be done with each."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

from app.chats.values import Problem
from app.chores import Chores
from app.current_settings import CurrentSettings
from app.models.adopting import adopted, lying_at
from app.models.library_file import PRACTICE_ID, Kept, LibraryError, LibraryFile, Shelf
from app.models.library_work import LibraryWork
from app.models.piece_sums import NoSums, Sums
from app.models.removed_models import RemovedModels
from app.models.values import (
    DeletedModel,
    LibraryModel,
    Origin,
)

__all__ = ["PRACTICE_ID", "ModelLibrary"]


class ModelLibrary:
    """What the user can do with the models.  Confined to the thread of the settings.

    Long work goes on elsewhere; its progress and its end come back on that thread.

    Args:
        file: where it is kept; another process may change it at any time.
        current: says which model is in use.
        chores: does long work, one after the other; no other work should wait behind it.
        practice: the model that comes with Sotto.
        clock_ms: Unix time in milliseconds.
        load: has the model of the settings loaded.
        sums: what pieces of right files are like.
        looks: looks at list and disk, also while `chores` is at work; None leaves it to that.

    Attributes:
        verify, move: long work on a model's files (`LibraryWork`).
    """

    def __init__(
        self,
        file: LibraryFile,
        current: CurrentSettings,
        chores: Chores,
        practice: LibraryModel,
        *,
        clock_ms: Callable[[], int],
        load: Callable[[], None] = lambda: None,
        sums: Sums | None = None,
        looks: Chores | None = None,
    ) -> None:
        self._file = file
        self._current = current
        self._looks = looks or chores
        self._practice = practice
        self._clock_ms = clock_ms
        self._load = load
        self._shelf = file.read()
        self._missing: frozenset[Path] = frozenset()
        self._subscribers: list[Callable[[], None]] = []
        self._removed = RemovedModels(file, clock_ms)
        self._work = LibraryWork(
            file, current, chores, clock_ms, self._kept, self.refresh, sums or NoSums()
        )
        self.verify, self.move = self._work.verify, self._work.move
        self._unsubscribe = current.subscribe(lambda _: self._tell())
        self.refresh()

    # ---- what there is

    def models(self) -> tuple[LibraryModel, ...]:
        """All of them, in the order in which they came, the practice model last."""
        found = {one.model.id: one.model for one in self._shelf.models}
        practice = found.pop(PRACTICE_ID, self._practice)
        shown = [self._shown(one) for one in found.values()]
        stranger = self._stranger()
        if stranger is not None:
            shown.append(self._shown(stranger))
        return (*shown, replace(self._practice, speed=practice.speed))

    def find(self, id_: str) -> LibraryModel | None:
        """The model of an id."""
        return next((one for one in self.models() if one.id == id_), None)

    @property
    def chosen_id(self) -> str:
        """Which one is in use, by the settings."""
        path = self._current.value.model_path
        if path is None:
            return PRACTICE_ID
        return next((one.id for one in self.models() if Path(path) in one.paths), "")

    @property
    def problem(self) -> Problem | None:
        """What was wrong with the list on disk, for a notice."""
        return self._file.problem

    def refresh(self) -> None:
        """Look at disk and list anew; who subscribed is told when that is done."""
        stored, before = self._current.stored_model_path, self._shelf

        def look() -> tuple[Shelf, frozenset[Path]]:
            shelf = self._removed.destroy_old(self._adopted(stored))
            paths = (path for one in shelf.models for path in one.model.paths)
            return shelf, frozenset(path for path in paths if not path.is_file())

        def seen(found: tuple[Shelf, frozenset[Path]]) -> None:
            if self._shelf is not before:  # changed here since: what was read may be older
                self.refresh()
                return
            self._shelf, self._missing = found
            self._tell()

        self._looks.run(look, seen)

    def subscribe(self, callback: Callable[[], None]) -> Callable[[], None]:
        """Call back after every change; returns the way to unsubscribe."""
        self._subscribers.append(callback)
        return lambda: self._subscribers.remove(callback)

    # ---- what can be done

    def add(self, model: LibraryModel) -> LibraryModel:
        """Take a model in; returns it as it is kept, with an id that no other has.

        A model with the same first file is the same one: it gets what is known now.

        Raises:
            LibraryError: the list could not be saved.
        """
        kept = [model]

        def edit(shelf: Shelf) -> Shelf:
            before = shelf.at(model.paths[0])
            if before is None:
                kept[0] = replace(model, id=shelf.free_id(model.id or "model"), is_missing=False)
                return replace(shelf, models=(*shelf.models, Kept(kept[0])))
            kept[0] = _joined(before.model, model)
            return shelf.with_changed(before.model.id, lambda one: replace(one, model=kept[0]))

        self._change(edit)
        self._missing -= frozenset(model.paths)
        return kept[0]

    def rename(self, id_: str, name: str) -> None:
        """Call a model by another name; a blank one changes nothing.

        Raises:
            LibraryError: the list could not be saved.
        """
        wanted = " ".join(name.split())[:200]
        if wanted:
            self._edit_model(id_, lambda model: replace(model, name=wanted))

    def choose(self, id_: str) -> None:
        """Use a model from now on: it is loaded, and the next time again."""
        model = self._found(id_)
        path = None if model.is_practice else str(model.paths[0])
        self._current.change(model_path=path)
        self._load()

    def delete(self, id_: str) -> None:
        """Take a model away; it can come back until Sotto ends, or for a day after a crash.

        A link of ours goes, the file it leads to stays; of a file that only lies somewhere the
        entry goes.  If it is in use, the practice model is used from now on.

        Raises:
            LibraryError: it cannot be deleted, or something is being done with it.
        """
        model = self._found(id_)
        if model.is_practice:
            raise LibraryError("The practice model comes with Sotto and stays.")
        self._work.refuse_busy(model)
        was_chosen = self.chosen_id == id_
        self._shelf = self._removed.take(self._kept(id_), is_chosen=was_chosen)
        if was_chosen:
            self.choose(PRACTICE_ID)
        self._tell()

    def deleted(self) -> tuple[DeletedModel, ...]:
        """What was deleted and can still come back, oldest first."""
        return tuple(
            DeletedModel(
                one.kept.model, one.deleted_ms, one.kept.model.size_bytes if one.moved else 0
            )
            for one in self._shelf.aside
        )

    def undo(self, id_: str) -> None:
        """Bring a deleted model back; it is in use again if it was and no other was chosen since.

        Raises:
            LibraryError: its files are gone or their place is taken.
        """
        self._shelf, was_chosen = self._removed.bring_back(id_)
        self._tell()
        if was_chosen and self.chosen_id == PRACTICE_ID and self.find(id_) is not None:
            self.choose(id_)

    def bring_back(self, id_: str) -> bool:
        """Bring a model back if it was deleted and can come back: nothing is fetched twice."""
        if all(one.kept.model.id != id_ for one in self._shelf.aside):
            return False
        try:
            self.undo(id_)
        except LibraryError:
            return False
        return True

    def destroy_deleted(self) -> None:
        """Give the room of everything that was deleted back now; it cannot come back then."""
        self._looks.run(self._removed.destroy_all, lambda _: self.refresh())

    def close(self) -> None:
        """End what is being done, and destroy what was deleted since the start.  Blocks shortly."""
        self._unsubscribe()
        self._work.stop()
        self._removed.destroy_own()

    # ---- inside

    def _kept(self, id_: str) -> Kept:
        return self._shelf.find(id_) or Kept(self._found(id_))

    def _found(self, id_: str) -> LibraryModel:
        model = self.find(id_)
        if model is None:
            raise LibraryError("This model is not in the library any more.")
        return model

    def _shown(self, model: LibraryModel) -> LibraryModel:
        is_missing = any(path in self._missing for path in model.paths)
        return replace(model, is_missing=is_missing) if is_missing else model

    def _stranger(self) -> LibraryModel | None:
        """The model that is in use without being in the list: named on the command line."""
        path = self._current.value.model_path
        if path is None or self._shelf.at(Path(path)) is not None:
            return None
        return lying_at(Path(path), self._shelf)

    def _adopted(self, stored: str | None) -> Shelf:
        """The list, with the model of the settings in it: users of before had no library."""
        shelf = self._file.read()
        if stored is None or shelf.at(Path(stored)) is not None:
            return shelf

        return self._file.change(lambda shelf: adopted(shelf, Path(stored)))

    def _edit_model(self, id_: str, edit: Callable[[LibraryModel], LibraryModel]) -> None:
        self._change(
            lambda shelf: shelf.with_changed(
                id_, lambda kept: replace(kept, model=edit(kept.model))
            )
        )

    def _change(self, edit: Callable[[Shelf], Shelf]) -> None:
        self._shelf = self._file.change(edit)
        self._tell()

    def _tell(self) -> None:
        for callback in tuple(self._subscribers):
            callback()


def _joined(before: LibraryModel, now: LibraryModel) -> LibraryModel:
    """What is known now, with what only was known before."""
    return replace(
        now,
        id=before.id,
        origin=now.origin if before.origin is Origin.IN_PLACE else before.origin,
        source=now.source or before.source,
        sha256=now.sha256 or before.sha256,
        verified_ms=now.verified_ms or before.verified_ms,
        speed=before.speed,
        is_missing=False,
    )

"""Long work on a model's files: read and compared, or put into another folder."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

from app.chores import Chores
from app.current_settings import CurrentSettings
from app.models.file_work import OnProgress, StoppedError, StopSign
from app.models.library_file import Kept, LibraryError, LibraryFile
from app.models.moving import Link, hard_link, placed_in, take_away
from app.models.piece_sums import Sums
from app.models.values import LibraryModel, Moving, Origin, Verification
from app.models.verification import verification


class LibraryWork:
    """One piece of work on each model at a time.  Confined to the library's thread.

    The work goes on elsewhere; its progress and its end come back on that thread.

    Args:
        file: the list.
        current: says which model is in use.
        chores: does the work, one piece after the other.
        clock_ms: Unix time in milliseconds.
        kept: the model of an id; raises `LibraryError` where there is none.
        on_ended: told that something may have changed.
        sums: what pieces of right files are like.
        link: gives a file a second name where it is moved to.
    """

    def __init__(
        self,
        file: LibraryFile,
        current: CurrentSettings,
        chores: Chores,
        clock_ms: Callable[[], int],
        kept: Callable[[str], Kept],
        on_ended: Callable[[], None],
        sums: Sums,
        link: Link = hard_link,
    ) -> None:
        self._file = file
        self._current = current
        self._chores = chores
        self._clock_ms = clock_ms
        self._kept = kept
        self._on_ended = on_ended
        self._sums = sums
        self._link = link
        self._at_work: dict[str, StopSign] = {}

    def verify(
        self, id_: str, on_progress: OnProgress, on_done: Callable[[Verification], None]
    ) -> StopSign:
        """Read all bytes of a model and hold them against what they should be.

        Raises:
            LibraryError: something else is being done with it.
        """
        kept = self._kept(id_)
        sign = self._begin(kept.model)
        shown = self._here(on_progress)

        def work() -> Verification:
            now = self._as_written(kept)
            found, digests = verification(now, shown, sign, self._sums)
            if found.problem is None and not found.was_stopped:
                self._note_verified(id_, digests if found.is_first else now.noted)
            return found

        def ended(found: Verification) -> None:
            self._end(id_)
            on_done(found)

        self._chores.run(work, ended, lambda problem: ended(Verification(id_, problem=problem)))
        return sign

    def move(
        self, id_: str, folder: Path, on_progress: OnProgress, on_done: Callable[[Moving], None]
    ) -> StopSign:
        """Put a model's files into another folder; whatever happens, it is whole in one place.

        Raises:
            LibraryError: it cannot be moved, or something else is being done with it.
        """
        kept = self._kept(id_)
        model = kept.model
        if model.is_practice or model.origin is Origin.IN_PLACE:
            raise LibraryError(
                "{name} is not in a folder of Sotto's, so it stays where it is.",
                fields={"name": model.name},
            )
        sign = self._begin(model)
        shown = self._here(on_progress)

        def work() -> tuple[tuple[Path, ...], tuple[Path, ...]] | None:
            sources = self._as_written(kept).model.paths
            try:
                targets = placed_in(sources, folder, shown, sign, self._link)
            except StoppedError:
                return None
            try:
                self._file.change(lambda shelf: shelf.with_changed(id_, _at(targets)))
            except BaseException:
                take_away(targets)
                raise
            return sources, targets

        def moved(way: tuple[tuple[Path, ...], tuple[Path, ...]] | None) -> None:
            if way is not None:
                sources, targets = way
                self._current.rename_model(str(sources[0]), str(targets[0]))
                self._chores.run(lambda: take_away(sources), lambda _: None)
            ended(Moving(id_, was_stopped=way is None))

        def ended(moving: Moving) -> None:
            self._end(id_)
            on_done(moving)

        self._chores.run(work, moved, lambda problem: ended(Moving(id_, problem=problem)))
        return sign

    def refuse_busy(self, model: LibraryModel) -> None:
        """Go on only where nothing is being done with a model.

        Raises:
            LibraryError: something is.
        """
        if model.id in self._at_work:
            raise LibraryError(
                "Something else is being done with {name}.",
                "Wait for its end, or stop it.",
                fields={"name": model.name},
            )

    def stop(self) -> None:
        """End everything that is being done."""
        for sign in self._at_work.values():
            sign.stop()

    def _as_written(self, kept: Kept) -> Kept:
        """What the list says of a model now: who asked may not have looked since.  Any thread."""
        return self._file.read().find(kept.model.id) or kept

    def _note_verified(self, id_: str, noted: tuple[str, ...]) -> None:
        """Any thread."""
        now = self._clock_ms()

        def edit(kept: Kept) -> Kept:
            return replace(kept, model=replace(kept.model, verified_ms=now), noted=noted)

        self._file.change(lambda shelf: shelf.with_changed(id_, edit))

    def _begin(self, model: LibraryModel) -> StopSign:
        self.refuse_busy(model)
        self._at_work[model.id] = sign = StopSign()
        return sign

    def _end(self, id_: str) -> None:
        self._at_work.pop(id_, None)
        self._on_ended()

    def _here(self, on_progress: OnProgress) -> OnProgress:
        """The same callback for another thread."""
        return lambda done, total: self._chores.dispatch(lambda: on_progress(done, total))


def _at(targets: tuple[Path, ...]) -> Callable[[Kept], Kept]:
    return lambda kept: replace(kept, model=replace(kept.model, paths=targets))

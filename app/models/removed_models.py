"""Models that were deleted: in the list and on disk, until they come back or are gone."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

from app.models.library_file import Kept, LibraryError, LibraryFile, SetAside, Shelf
from app.models.removal import KEEP_MS, bring_back, destroy, places, set_aside


class RemovedModels:
    """Takes models away and brings them back.  Any thread.

    Args:
        file: the list.
        clock_ms: Unix time in milliseconds.
    """

    def __init__(self, file: LibraryFile, clock_ms: Callable[[], int]) -> None:
        self._file = file
        self._clock_ms = clock_ms
        self._own: set[str] = set()

    def take(self, kept: Kept, *, is_chosen: bool) -> Shelf:
        """Take a model away; returns the list without it.

        Its place is noted before its files go there, so that a crash loses nothing.

        Raises:
            LibraryError: it is as it was.
        """
        now, id_ = self._clock_ms(), kept.model.id
        aside = SetAside(kept, now, places(kept.model, now), is_chosen)
        shelf = self._file.change(
            lambda shelf: replace(shelf.without(id_), aside=(*shelf.aside, aside))
        )
        try:
            set_aside(kept.model, aside.moved)
        except LibraryError:
            self._file.change(_restored(aside))
            raise
        self._own.add(id_)
        return shelf

    def bring_back(self, id_: str) -> tuple[Shelf, bool]:
        """Bring a model back; returns the list with it, and whether it was in use.

        Raises:
            LibraryError: it stays where it is.
        """
        found: list[SetAside] = []

        def edit(shelf: Shelf) -> Shelf:
            one = next((it for it in shelf.aside if it.kept.model.id == id_), None)
            if one is None:
                raise LibraryError(
                    "The model could not be brought back.",
                    "Its file is gone, or another one is in its place.",
                )
            bring_back(one.moved)
            found.append(one)
            return _restored(one)(shelf)

        shelf = self._file.change(edit)
        self._own.discard(id_)
        return shelf, found[0].was_chosen

    def destroy_old(self, shelf: Shelf) -> Shelf:
        """Destroy what a crash left, once it is old; returns the list without it."""
        before = self._clock_ms() - KEEP_MS
        if any(one.deleted_ms < before for one in shelf.aside):
            return self._destroy(lambda one: one.deleted_ms < before)
        return shelf

    def destroy_own(self) -> None:
        """Destroy what was taken away by this process."""
        own = frozenset(self._own)
        if own:
            self._destroy(lambda one: one.kept.model.id in own)

    def destroy_all(self) -> None:
        """Destroy everything that was taken away."""
        self._destroy(lambda _: True)

    def _destroy(self, is_over: Callable[[SetAside], bool]) -> Shelf:
        def edit(shelf: Shelf) -> Shelf:
            rest = tuple(one for one in shelf.aside if not (is_over(one) and destroy(one.moved)))
            return replace(shelf, aside=rest)

        return self._file.change(edit)


def _restored(aside: SetAside) -> Callable[[Shelf], Shelf]:
    def edit(shelf: Shelf) -> Shelf:
        rest = tuple(one for one in shelf.aside if one != aside)
        return replace(shelf, models=(*shelf.models, aside.kept), aside=rest)

    return edit

"""Model files into another folder: all of them or none.  Chores threads."""

from __future__ import annotations

import errno
import os
import shutil
from collections.abc import Callable, Sequence
from contextlib import suppress
from pathlib import Path
from typing import Final

from app.models.file_work import OnProgress, Steps, StoppedError, StopSign, copy_file, size_of
from app.models.library_file import LibraryError

_SUFFIX: Final = ".moving"

Link = Callable[[Path, Path], None]
"""Gives a file a second name, or raises `OSError`."""


def hard_link(source: Path, target: Path) -> None:
    """Give a file a second name on its file system."""
    target.hardlink_to(source)


def placed_in(
    paths: Sequence[Path],
    folder: Path,
    on_progress: OnProgress,
    sign: StopSign,
    link: Link = hard_link,
) -> tuple[Path, ...]:
    """Have all files in another folder as well, under their names; the old ones stay.

    On one file system both names are the same file, and this takes no time.  Across file systems
    each is copied and the copy read again.  After a failure nothing of it is left.

    Args:
        paths: files with different names.
        folder: made if need be.
        on_progress: told bytes, each of which counts twice: copied and read again.
        sign: stops it.
        link: how a file gets a second name.

    Raises:
        LibraryError: there is no room, a name is taken, or the disk failed.
        StoppedError: the user stopped it.
    """
    targets: list[Path] = []
    try:
        folder.mkdir(parents=True, exist_ok=True)
        _check_names(paths, folder)
        steps = Steps(2 * size_of(paths), on_progress, sign)
        for path in paths:
            _place(path, folder / path.name, steps, link)
            targets.append(folder / path.name)
    except BaseException as error:
        take_away(targets)
        if isinstance(error, OSError):
            raise _cannot_move(error, folder) from error
        raise
    return tuple(targets)


def take_away(paths: Sequence[Path]) -> None:
    """Remove files; one that cannot be removed stays, and is in nobody's way."""
    for path in paths:
        with suppress(OSError):
            path.unlink()


def _check_names(paths: Sequence[Path], folder: Path) -> None:
    taken = next((path.name for path in paths if os.path.lexists(folder / path.name)), None)
    if taken:
        raise LibraryError(
            "There is a file called {name} in that folder already.",
            "Choose another folder, or give that file another name.",
            fields={"name": taken},
        )


def _place(source: Path, target: Path, steps: Steps, link: Link) -> None:
    size = source.stat().st_size
    if source.is_symlink():
        target.symlink_to(source.resolve(strict=True))
        _count(target, 2 * size, steps)
        return
    try:
        link(source, target)
    except OSError as error:
        if error.errno in (errno.ENOENT, errno.EEXIST):
            raise
    else:
        _count(target, 2 * size, steps)
        return
    _copy(source, target, size, steps)


def _count(target: Path, size: int, steps: Steps) -> None:
    """The target stands there at once; when the user stopped before, it goes again."""
    try:
        steps.add(size)
    except StoppedError:
        take_away((target,))
        raise


def _copy(source: Path, target: Path, size: int, steps: Steps) -> None:
    missing = size - shutil.disk_usage(target.parent).free
    if missing > 0:
        raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))
    partial = target.with_name(target.name + _SUFFIX)
    with suppress(OSError):
        partial.unlink()  # of a move that a crash ended
    try:
        copy_file(source, partial, steps)
        shutil.copystat(source, partial)
        partial.replace(target)
    finally:
        with suppress(OSError):
            partial.unlink()


def _cannot_move(error: OSError, folder: Path) -> LibraryError:
    if error.errno in (errno.ENOSPC, errno.EDQUOT):
        return LibraryError(
            "There is not enough room in {folder} for this model.",
            "Free some space there, or choose another folder. The model is where it was.",
            detail=str(error),
            fields={"folder": str(folder)},
        )
    return LibraryError(
        "The model could not be moved to {folder}.",
        "Check that you may write there. The model is where it was.",
        detail=str(error),
        fields={"folder": str(folder)},
    )

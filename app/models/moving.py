"""Model files into another folder: all of them or none.  Chores threads."""

from __future__ import annotations

import errno
import os
import shutil
from collections.abc import Callable, Sequence
from contextlib import suppress
from pathlib import Path
from typing import Final

from app.models.file_work import OnProgress, Steps, StopSign, copy_file, size_of
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
    each is copied and the copy read again.  They get their names when all are there; after a
    failure nothing of it is left.

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
    partial = [folder / (path.name + _SUFFIX) for path in paths]
    targets = tuple(folder / path.name for path in paths)
    try:
        folder.mkdir(parents=True, exist_ok=True)
        _check_names(paths, folder)
        take_away(partial)  # of a move that a crash ended
        steps = Steps(2 * size_of(paths), on_progress, sign)
        for at, path in enumerate(paths):
            _place(path, partial[at], steps, link, size_of(paths[at:]))
        for source, target in zip(partial, targets, strict=True):
            source.rename(target)
    except BaseException as error:
        take_away(partial)
        if isinstance(error, OSError):
            raise _cannot_move(error, folder) from error
        raise
    return targets


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


def _place(source: Path, target: Path, steps: Steps, link: Link, needed_bytes: int) -> None:
    """Have a file under another name; `needed_bytes` is for it and those after it."""
    size = source.stat().st_size
    if source.is_symlink():
        target.symlink_to(source.resolve(strict=True))
        steps.add(2 * size)
        return
    try:
        link(source, target)
    except OSError as error:
        if error.errno in (errno.ENOENT, errno.EEXIST):
            raise
    else:
        steps.add(2 * size)
        return
    if shutil.disk_usage(target.parent).free < needed_bytes:
        raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))
    copy_file(source, target, steps)
    shutil.copystat(source, target)


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

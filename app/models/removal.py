"""Model files that were deleted: aside for a while, back again, or gone."""

from __future__ import annotations

import os
from collections.abc import Sequence
from contextlib import suppress
from pathlib import Path
from typing import Final

from app.models.library_file import LibraryError
from app.models.values import LibraryModel, Origin

ASIDE_FOLDER: Final = ".sotto-deleted"
"""Beside the model, so on the same file system: going there and back takes no time."""

KEEP_MS: Final = 24 * 3_600_000
"""A deleted model is gone for good when Sotto ends; after a crash, after a day."""

Moved = tuple[tuple[Path, Path], ...]


def places(model: LibraryModel, now_ms: int) -> Moved:
    """Where a model's files would go; nowhere where they only lie somewhere and are not ours."""
    if model.origin is Origin.IN_PLACE:
        return ()
    return tuple(
        (path, path.parent / ASIDE_FOLDER / f"{model.id}-{now_ms}" / path.name)
        for path in model.paths
    )


def set_aside(model: LibraryModel, moved: Moved) -> None:
    """Move a model's files aside; one that is not there is passed over.

    Raises:
        LibraryError: a file cannot be moved; all are where they were.
    """
    try:
        for path, aside in moved:
            if os.path.lexists(path):
                aside.parent.mkdir(parents=True, exist_ok=True)
                path.rename(aside)
    except OSError as error:
        with suppress(LibraryError):
            bring_back(moved)
        raise LibraryError(
            "{name} could not be deleted.",
            "If it is in use, choose another model first. Else check that you may write to "
            "its folder.",
            detail=str(error),
            fields={"name": model.name},
        ) from error


def bring_back(moved: Moved) -> None:
    """Put files back where they were; those that never left, or were gone before, are left alone.

    Raises:
        LibraryError: one's place is taken; all are where they were.
    """
    back: list[tuple[Path, Path]] = []
    try:
        for source, aside in moved:
            if not os.path.lexists(aside):
                continue
            if os.path.lexists(source):
                raise FileExistsError(source.name)
            source.parent.mkdir(parents=True, exist_ok=True)
            aside.rename(source)
            back.append((source, aside))
    except OSError as error:
        for source, aside in back:
            with suppress(OSError):
                source.rename(aside)
        raise LibraryError(
            "The model could not be brought back.",
            "Its file is gone, or another one is in its place.",
            detail=str(error),
        ) from error
    _remove_folders(moved)


def destroy(moved: Moved) -> bool:
    """Remove files that are aside for good; False where one of them is still there."""
    for _, aside in moved:
        with suppress(OSError):
            aside.unlink()
    _remove_folders(moved)
    return not any(os.path.lexists(aside) for _, aside in moved)


def _remove_folders(moved: Sequence[tuple[Path, Path]]) -> None:
    for _, aside in moved:
        with suppress(OSError):
            aside.parent.rmdir()
        with suppress(OSError):
            aside.parent.parent.rmdir()

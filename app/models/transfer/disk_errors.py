"""What goes wrong with the disk, in sentences."""

from __future__ import annotations

import math
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from app.models.transfer import space
from app.models.transfer.lock import HeldElsewhereError
from app.models.transfer.outcomes import DownloadError, NoRoomError, WaitError


@contextmanager
def told_of_disk(folder: Path) -> Iterator[None]:
    """Turn errors of the disk into what a download can go by.

    Raises:
        NoRoomError: it is full.
        WaitError: another process writes the same file.
        DownloadError: anything else.
    """
    try:
        yield
    except HeldElsewhereError as error:
        raise WaitError(
            "Another Sotto on this computer is fetching this model.",
            "It goes on here when the other one has stopped.",
        ) from error
    except OSError as error:
        raise _told(folder, error) from error


def no_room(folder: Path, missing_bytes: int, detail: str = "") -> NoRoomError:
    """The disk has too little room.

    Args:
        folder: where.
        missing_bytes: how much more is wanted; 0 where that is not known.
        detail: for the log.
    """
    fields = {"folder": str(folder), "missing": gigabytes(missing_bytes)}
    if missing_bytes > 0:
        error = NoRoomError(
            "The disk of {folder} is full: {missing} more are needed.",
            "Free some space; the download then goes on by itself.",
            detail=detail,
            fields=fields,
        )
    else:
        error = NoRoomError(
            "The disk of {folder} is full.",
            "Free some space; the download then goes on by itself.",
            detail=detail,
            fields=fields,
        )
    error.missing_bytes = missing_bytes
    return error


def gigabytes(count: int) -> str:
    """A size for people, rounded up so that it is enough."""
    if count < 10**9:
        return f"{max(1, math.ceil(count / 1e6))} MB"
    return f"{math.ceil(count / 1e8) / 10:.1f} GB"


def _told(folder: Path, error: OSError) -> DownloadError | NoRoomError:
    if space.is_full(error):
        return no_room(folder, 0, str(error))
    if space.is_too_large(error):
        return DownloadError(
            "The disk of {folder} cannot hold files as large as this model.",
            "Choose a folder on another disk; FAT32 holds only files up to 4 GB.",
            detail=str(error),
            fields={"folder": str(folder)},
        )
    return DownloadError(
        "The folder {folder} cannot be written to.",
        "Check that you may write there, or choose another folder.",
        detail=str(error),
        fields={"folder": str(folder)},
    )

"""Room on the disk."""

from __future__ import annotations

import ctypes
import errno
import os
import shutil
import sys
from pathlib import Path
from typing import Final

RESERVE_BYTES: Final = 1 << 30
"""What a download leaves free, so that the rest of the computer goes on working."""

_FULL: Final = frozenset({errno.ENOSPC, errno.EDQUOT})
_TOO_LARGE: Final = frozenset({errno.EFBIG})
_KEEP_SIZE: Final = 1  # FALLOC_FL_KEEP_SIZE and FALLOC_FL_PUNCH_HOLE of linux/falloc.h
_PUNCH_HOLE: Final = 2


def free_bytes(folder: Path) -> int:
    """What the user may still write there; of a folder that is not there yet, of its parent."""
    while not folder.exists() and folder != folder.parent:
        folder = folder.parent
    return shutil.disk_usage(folder).free


def taken_bytes(file: Path) -> int:
    """What a file really takes of the disk; 0 where there is none.

    Windows does not say, and there a file takes its size.
    """
    try:
        facts = file.stat()
    except OSError:
        return 0
    blocks: int | None = getattr(facts, "st_blocks", None)
    return facts.st_size if blocks is None else blocks * 512


def is_full(error: OSError) -> bool:
    """Whether a disk or quota was full."""
    return error.errno in _FULL


def is_too_large(error: OSError) -> bool:
    """Whether the file system holds no file of that size; FAT32 ends at 4 GiB."""
    return error.errno in _TOO_LARGE


def reserve(handle: int, size_bytes: int) -> None:
    """Take the room for a whole file at once, so that a full disk shows before the download.

    Linux's own call is used: `posix_fallocate` writes the whole file where a file system cannot
    reserve, which would take longer than the download.  Where nothing can be reserved, nothing
    is.

    Raises:
        OSError: there is not enough room.
    """
    if sys.platform == "linux" and _fallocate(handle, 0, 0, size_bytes):
        return
    os.truncate(handle, size_bytes)


def give_back(handle: int, start: int, end: int) -> None:
    """Let go of reserved room that nothing was written to."""
    if sys.platform == "linux" and end > start:
        try:
            _fallocate(handle, _PUNCH_HOLE | _KEEP_SIZE, start, end - start)
        except OSError:
            return  # then it stays taken until the file goes


def _fallocate(handle: int, mode: int, start: int, size: int) -> bool:
    """Call fallocate(2); False where the file system has no such thing."""
    call = getattr(ctypes.CDLL(None, use_errno=True), "fallocate64", None)
    if call is None:
        return False
    call.argtypes = [ctypes.c_int, ctypes.c_int, ctypes.c_int64, ctypes.c_int64]
    while call(handle, mode, start, size) != 0:
        code = ctypes.get_errno()
        if code in _FULL | _TOO_LARGE:
            raise OSError(code, os.strerror(code))
        if code != errno.EINTR:
            return False
    return True

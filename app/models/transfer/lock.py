"""A file that one process at a time may hold."""

from __future__ import annotations

import os
import sys
from contextlib import suppress
from pathlib import Path


class HeldElsewhereError(Exception):
    """Another process holds it."""


class FileLock:
    """Holds a lock until it is closed or the process ends, however it does.

    Args:
        path: of the lock; made, and removed again at the end.

    Raises:
        HeldElsewhereError: another process holds it.
        OSError: the file cannot be made.
    """

    def __init__(self, path: Path) -> None:
        self._path = path
        while True:
            self._handle = os.open(path, os.O_RDWR | os.O_CREAT, 0o600)
            try:
                _lock(self._handle)
            except OSError as error:
                os.close(self._handle)
                raise HeldElsewhereError from error
            if self._is_the_one_on_disk():
                return
            os.close(self._handle)  # whoever held it has removed it meanwhile

    def close(self) -> None:
        """Let go of it."""
        with suppress(OSError):  # Windows removes nothing that is open; the next one uses it
            self._path.unlink()
        os.close(self._handle)

    def _is_the_one_on_disk(self) -> bool:
        try:
            return os.path.samestat(self._path.stat(), os.fstat(self._handle))
        except OSError:
            return False


if sys.platform == "win32":
    import msvcrt

    def _lock(handle: int) -> None:
        msvcrt.locking(handle, msvcrt.LK_NBLCK, 1)
else:
    import fcntl

    def _lock(handle: int) -> None:
        fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)

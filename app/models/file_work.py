"""Long work on large files: read, compared, copied; each step can be stopped.  Chores threads."""

from __future__ import annotations

import hashlib
import os
import threading
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import BinaryIO, Final

CHUNK_BYTES: Final = 1 << 22
"""Read at a time; the sum of so much takes about 3 ms, so Stop is heard at once."""

OnProgress = Callable[[int, int], None]
"""Told the bytes that are done and all of them."""


class StoppedError(Exception):
    """The user stopped the work; what it had begun is undone."""


class StopSign:
    """Stops work that was begun.  Any thread."""

    def __init__(self) -> None:
        self._event = threading.Event()

    def stop(self) -> None:
        """End the work at its next step; nothing where it has ended."""
        self._event.set()

    @property
    def is_set(self) -> bool:
        """Whether it is to end."""
        return self._event.is_set()

    def check(self) -> None:
        """Go on, or not.

        Raises:
            StoppedError: it is to end.
        """
        if self._event.is_set():
            raise StoppedError


class Steps:
    """Counts bytes of work on several files, and hears Stop between them.

    Args:
        total_bytes: of all the work.
        on_progress: told on the working thread, at most about two hundred times.
        sign: stops it.
    """

    def __init__(self, total_bytes: int, on_progress: OnProgress, sign: StopSign) -> None:
        self._total = total_bytes
        self._on_progress = on_progress
        self._sign = sign
        self._done = 0
        self._told = 0
        self._step = max(CHUNK_BYTES, total_bytes // 200)

    def add(self, count: int) -> None:
        """So many bytes more are done.

        Raises:
            StoppedError: the work is to end.
        """
        self._sign.check()
        self._done += count
        if self._done - self._told >= self._step or self._done >= self._total:
            self._told = self._done
            self._on_progress(min(self._done, self._total), self._total)


def size_of(paths: Sequence[Path]) -> int:
    """Bytes of all files.

    Raises:
        OSError: one cannot be looked at.
    """
    return sum(path.stat().st_size for path in paths)


def digest_of(path: Path, steps: Steps) -> str:
    """The sha256 of a file, in hexadecimal.

    Raises:
        OSError: it cannot be read.
        StoppedError: the work is to end.
    """
    with path.open("rb") as file:
        return _digest(file, steps, None)


def copy_file(source: Path, target: Path, steps: Steps) -> None:
    """Copy a file and read the copy again; counts each byte twice.

    Raises:
        OSError: it cannot be read or written, or the copy is not what the file is.
        StoppedError: the work is to end; the copy stays as far as it is.
    """
    with source.open("rb") as file, target.open("xb") as sink:
        wanted = _digest(file, steps, sink)
        sink.flush()
        os.fsync(sink.fileno())
    if digest_of(target, steps) != wanted:
        raise OSError(f"the copy {target.name} is not what was read")


def _digest(file: BinaryIO, steps: Steps, sink: BinaryIO | None) -> str:
    digest = hashlib.sha256()
    buffer = memoryview(bytearray(CHUNK_BYTES))
    while count := file.readinto(buffer):  # type: ignore[attr-defined]  # not in BinaryIO
        digest.update(buffer[:count])
        if sink is not None:
            sink.write(buffer[:count])
        steps.add(count)
    return digest.hexdigest()

"""Processes and what came of them, by /proc (proc(5)), and by psutil where there is none."""

from __future__ import annotations

import os
import signal
import time
from collections.abc import Iterator, Sequence
from contextlib import suppress
from pathlib import Path

import psutil

_SECONDS_TO_HOLD = 0.2
_HAS_PROC = Path("/proc/self/stat").exists()
_STATES = {psutil.STATUS_ZOMBIE: b"Z", psutil.STATUS_DEAD: b"X", psutil.STATUS_STOPPED: b"T"}
_PAGE = os.sysconf("SC_PAGE_SIZE") if hasattr(os, "sysconf") else 4096


def descendants(process: int) -> list[int]:
    """All processes that came of this one and are still its own, itself left out."""
    parents = _parents()
    found: list[int] = []
    generation = {process}
    while generation:
        generation = {one for one, parent in parents.items() if parent in generation}
        generation.difference_update(found)
        found += sorted(generation)
    return found


def end_tree(process: int, *, itself: bool = True) -> None:
    """Kill a process (if `itself`) and all that came of it, and leave nobody behind.

    Everybody is brought to a halt before anybody is killed, or a process that does nothing but
    make others would always be ahead.
    """
    if itself:
        _hold(process)
    halted: set[int] = set()
    while new := [one for one in descendants(process) if one not in halted and not _is_zombie(one)]:
        _tell(new, signal.SIGSTOP)
        halted.update(new)
    # While their parent lives, orphans come to it.
    while left := [one for one in descendants(process) if not _is_zombie(one)]:
        _tell(left, signal.SIGKILL)
    if itself:
        _tell([process], signal.SIGKILL)


def threads_of(user: int) -> int:
    """How many threads of a user run on this computer."""
    total = 0
    for process in _all():
        with suppress(OSError):
            place = Path(f"/proc/{process}")
            if place.stat().st_uid == user:
                total += sum(1 for _ in os.scandir(place / "task"))
    return total


def threads_in(processes: Sequence[int]) -> int:
    """How many threads processes have together."""
    total = 0
    for one in processes:
        with suppress(OSError, ValueError, IndexError):
            total += int(_stat(one)[17])
    return total


def resident_bytes(processes: Sequence[int]) -> int:
    """Memory in use by processes together; what they share is counted once for each."""
    total = 0
    for one in processes:
        if not _HAS_PROC:
            with suppress(psutil.Error):
                total += psutil.Process(one).memory_info().rss
        with suppress(OSError, ValueError, IndexError):
            total += int(_read(f"/proc/{one}/statm").split()[1]) * _PAGE
    return total


def own_bytes(processes: Sequence[int]) -> int:
    """Memory in use by processes together, what they share shared out; slower."""
    if not _HAS_PROC:
        return resident_bytes(processes)
    total = 0
    for one in processes:
        with suppress(OSError, ValueError):
            for line in _read(f"/proc/{one}/smaps_rollup").splitlines():
                if line.startswith(b"Pss:"):
                    total += int(line.split()[1]) * 1024
    return total


def _tell(processes: Sequence[int], number: signal.Signals) -> None:
    for one in processes:
        with suppress(OSError):
            os.kill(one, number)


def _parents() -> dict[int, int]:
    if not _HAS_PROC:
        return {one.pid: one.info["ppid"] for one in psutil.process_iter(["ppid"])}
    found = {}
    for process in _all():
        with suppress(OSError, ValueError, IndexError):
            found[process] = int(_stat(process)[1])
    return found


def _hold(process: int) -> None:
    """Bring a process to a halt and wait until it stands still.

    bubblewrap may be just making its child, which would wait for its word for ever.
    """
    _tell([process], signal.SIGSTOP)
    ends = time.monotonic() + _SECONDS_TO_HOLD
    while time.monotonic() < ends and _state(process) in (b"R", b"S", b"D"):
        time.sleep(0.001)


def _state(process: int) -> bytes:
    if not _HAS_PROC:
        with suppress(psutil.Error):
            return _STATES.get(psutil.Process(process).status(), b"S")
        return b"X"
    try:
        return _stat(process)[0]
    except (OSError, IndexError):
        return b"X"


def _is_zombie(process: int) -> bool:
    return _state(process) in (b"Z", b"X")


def _stat(process: int) -> list[bytes]:
    """The fields after the name, which may hold anything: state, parent, ..."""
    return _read(f"/proc/{process}/stat").rpartition(b")")[2].split()


def _all() -> Iterator[int]:
    if not _HAS_PROC:
        return iter(psutil.pids())
    return (int(entry.name) for entry in os.scandir("/proc") if entry.name.isdigit())


def _read(path: str) -> bytes:
    return Path(path).read_bytes()

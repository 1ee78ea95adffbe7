"""What a box takes, counted from outside, where the kernel does not count it for us."""

from __future__ import annotations

from contextlib import suppress
from enum import StrEnum

from app.tools.sandbox.cgroup import SPARE_PROCESSES
from app.tools.sandbox.held_folder import HeldFolder
from app.tools.sandbox.policy import Launch
from app.tools.sandbox.processes import descendants, own_bytes, resident_bytes, threads_in

SECONDS_BETWEEN = 0.25
"""How often to look while code runs; a look takes a few milliseconds."""


class Excess(StrEnum):
    """What a box has taken too much of."""

    MEMORY = "memory"
    PROCESSES = "processes"
    DISK = "disk"


def excess(process: int, launch: Launch) -> Excess | None:
    """What this box has too much of now; None while it keeps its limits.

    Memory is the kernel's to limit for each process (RLIMIT_AS); here it is counted for all of
    them together.  Files written in namespaces to /tmp and the like have a file system of their
    own size.

    Args:
        process: that was started by `launch`.
        launch: of the box.
    """
    box = [process, *descendants(process)]
    if threads_in(box) > launch.limits.processes + SPARE_PROCESSES:
        return Excess.PROCESSES
    most = launch.limits.memory_bytes
    # What processes share counts for each of them at first; look closer only then.
    if resident_bytes(box) > most and own_bytes(box) > most:
        return Excess.MEMORY
    return Excess.DISK if _takes_too_much_disk(launch) else None


def _takes_too_much_disk(launch: Launch) -> bool:
    limits = launch.limits
    total = files = 0
    for path in launch.watched:
        with suppress(FileNotFoundError):
            folder = HeldFolder(path)
            try:
                usage = folder.usage(limits.files + 1)
            finally:
                folder.close()
            if not usage.is_whole:
                return True
            total += usage.disk_bytes
            files += usage.files
    return total > limits.disk_bytes or files > limits.files

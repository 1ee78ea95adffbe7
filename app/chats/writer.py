"""Who is writing an answer: enough to tell later, from another process, whether it still is."""

from __future__ import annotations

import os
import secrets
from dataclasses import dataclass
from typing import Final

import psutil

# A process's start is counted from the machine's boot, whose time moves when the clock is set.
_CLOCK_STEP_SECONDS: Final = 5.0


@dataclass(frozen=True, slots=True)
class Writer:
    """One open store in one process.

    Attributes:
        pid: id of the process; ids are used again after a process has ended.
        started: Unix time in seconds when the process began, which tells those apart.
        token: tells two stores of the same process apart.
    """

    pid: int
    started: float
    token: str

    @classmethod
    def of_this_process(cls) -> Writer:
        """A new writer."""
        return cls(os.getpid(), psutil.Process().create_time(), secrets.token_hex(4))

    @classmethod
    def parse(cls, text: str) -> Writer:
        """The writer that `str` has written."""
        pid, started, token = text.split(" ")
        return cls(int(pid), float(started), token)

    def __str__(self) -> str:
        return f"{self.pid} {self.started:.3f} {self.token}"

    def is_alive(self) -> bool:
        """Whether its process still runs.

        If in doubt, yes or no does no harm: what a living writer stores next puts right
        what another process thought of it.
        """
        try:
            process = psutil.Process(self.pid)
            if process.status() == psutil.STATUS_ZOMBIE:
                return False
            return abs(process.create_time() - self.started) < _CLOCK_STEP_SECONDS
        except psutil.AccessDenied:
            return True
        except psutil.NoSuchProcess:
            return False

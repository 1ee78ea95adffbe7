"""Whether the last run of the window ended well, and what Python said where it did not.

A mark in the state folder is there while a window runs; who finds it at the start knows that the
last one broke off.  What Python writes when it is killed by a fault are names of files and
functions with line numbers, no values (`faulthandler`).
"""

from __future__ import annotations

import faulthandler
import json
import os
from contextlib import suppress
from dataclasses import asdict, dataclass
from importlib.metadata import version
from pathlib import Path
from typing import BinaryIO, Final

import psutil

from app.paths import FolderError, make_private
from app.whole_file import replace_text

MARK_NAME: Final = "running.json"
FAULT_NAME: Final = "fault.txt"
_MAX_FAULT_BYTES: Final = 64 * 1024
_MAX_MARK_BYTES: Final = 4096
_SAME_BOOT_SECONDS: Final = 60.0
_SAME_PROCESS_SECONDS: Final = 2.0


@dataclass(frozen=True, slots=True)
class _Mark:
    """Written when a window begins to run; times as Unix time in seconds."""

    pid: int
    process_began: float
    booted: float
    version: str


@dataclass(frozen=True, slots=True)
class BrokenRun:
    """A run that did not end by itself.

    Attributes:
        version: of the Sotto that ran.
        fault: what Python wrote when it was killed by a fault; "" where it could write nothing.
        was_machine_restarted: the computer has been started since, so most likely it went down.
    """

    version: str
    fault: str
    was_machine_restarted: bool

    @property
    def is_worth_telling(self) -> bool:
        """Whether Sotto itself failed, as far as one can know: not when the power went out."""
        return bool(self.fault) or not self.was_machine_restarted


class RunRecord:
    """Keeps the mark of this run.  Main thread.

    Args:
        folder: the state folder; it need not exist.
    """

    def __init__(self, folder: Path) -> None:
        self._mark = folder / MARK_NAME
        self._fault = folder / FAULT_NAME
        self._file: BinaryIO | None = None

    def begin(self) -> BrokenRun | None:
        """Say what became of the run before, and mark that this one is at work.

        A folder that cannot be written keeps nobody from chatting.  While another window that
        does not answer still runs, the mark stays its own.
        """
        before = self._read_mark()
        if before is not None and before.pid != os.getpid() and _is_alive(before):
            return None
        broken = self._broken(before)
        with suppress(OSError, FolderError):
            make_private(self._mark.parent)
            self._file = _open_private(self._fault)
            faulthandler.enable(self._file, all_threads=True)
            replace_text(self._mark, json.dumps(asdict(_this_run())) + "\n")
        return broken

    def end(self) -> None:
        """This run has ended well.  May be called twice."""
        if self._file is None:
            return
        faulthandler.disable()
        self._file.close()
        self._file = None
        for path in (self._mark, self._fault):
            with suppress(OSError):
                path.unlink()

    def _broken(self, before: _Mark | None) -> BrokenRun | None:
        if before is None:
            return None
        was_restarted = abs(before.booted - psutil.boot_time()) > _SAME_BOOT_SECONDS
        try:
            with self._fault.open("rb") as file:
                fault = file.read(_MAX_FAULT_BYTES).decode("utf-8", "replace").strip()
        except OSError:
            fault = ""
        return BrokenRun(before.version, fault, was_restarted)

    def _read_mark(self) -> _Mark | None:
        try:
            with self._mark.open("rb") as file:
                found = json.loads(file.read(_MAX_MARK_BYTES))
            return _Mark(
                int(found["pid"]),
                float(found["process_began"]),
                float(found["booted"]),
                str(found["version"])[:40],
            )
        except (FileNotFoundError, NotADirectoryError):
            return None
        except (OSError, ValueError, KeyError, TypeError):
            return _Mark(-1, 0.0, psutil.boot_time(), "unknown")  # half a mark is one as well


def _this_run() -> _Mark:
    process = psutil.Process()
    return _Mark(process.pid, process.create_time(), psutil.boot_time(), version("sotto"))


def _is_alive(mark: _Mark) -> bool:
    """Whether the process that wrote it still runs; numbers of processes are used again."""
    try:
        began = psutil.Process(mark.pid).create_time()
    except (psutil.Error, ValueError):
        return False
    return abs(began - mark.process_began) < _SAME_PROCESS_SECONDS


def _open_private(path: Path) -> BinaryIO:
    """A new file that only its owner may read; unbuffered, for a fault leaves no time."""
    flags = os.O_WRONLY | os.O_CREAT | os.O_TRUNC
    return os.fdopen(os.open(path, flags, 0o600), "wb", buffering=0)

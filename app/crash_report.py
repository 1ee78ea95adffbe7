"""What a person can read and copy when Sotto failed.  It is never sent anywhere."""

from __future__ import annotations

import platform
from collections import deque
from collections.abc import Callable, Iterable
from importlib.metadata import version
from pathlib import Path
from typing import Final

from app.logs import LOG_NAME
from app.run_record import BrokenRun

TAIL_LINES: Final = 60
_MAX_TAIL_BYTES: Final = 256 * 1024


def log_tail(state: Path, lines: int = TAIL_LINES) -> list[str]:
    """The last lines of the log; none where there is no log.

    Args:
        state: the state folder.
        lines: how many at most.
    """
    try:
        with (state / LOG_NAME).open("rb") as file:
            size = file.seek(0, 2)
            file.seek(max(0, size - _MAX_TAIL_BYTES))
            text = file.read(_MAX_TAIL_BYTES).decode("utf-8", "replace")
    except OSError:
        return []
    return list(deque(text.splitlines(), lines))


def crash_report(
    heading: str, traces: Iterable[str], tail: Iterable[str], redact: Callable[[str], str]
) -> str:
    """The text.

    Args:
        heading: what happened, in English.
        traces: each error as types and places (`app.logs.PrivateFormatter`).
        tail: the end of the log.
        redact: takes out who and where the user is.
    """
    parts = [
        heading,
        f"Sotto {version('sotto')}, Python {platform.python_version()}, "
        f"{platform.system()} {platform.release()} {platform.machine()}",
    ]
    for trace in traces:
        parts += ["", trace.strip()]
    last = list(tail)
    if last:
        parts += ["", "End of the log:", *last]
    return redact("\n".join(parts)) + "\n"


def broken_run_report(run: BrokenRun, tail: Iterable[str], redact: Callable[[str], str]) -> str:
    """The text about a run that broke off."""
    heading = f"Sotto {run.version} ended unexpectedly."
    traces = [run.fault] if run.fault else ["It left no trace: ended from outside, or no memory."]
    return crash_report(heading, traces, tail, redact)

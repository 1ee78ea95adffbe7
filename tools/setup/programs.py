"""Running other programs: output to a log, and a sign of life while a long one works."""

from __future__ import annotations

import re
import subprocess
import time
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import Literal

_BEAT_SECONDS = 20.0
_LOG_TAIL_BYTES = 64 * 1024
_COMPILED = re.compile(r"\[(\d+)/(\d+)\]")
_STAGES = (
    ("Building wheel for ", "building"),
    ("Installing collected packages", "installing"),
    ("Preparing metadata", "unpacking"),
    ("Downloading ", "downloading"),
    ("Collecting ", "looking up packages"),
)


def say(line: str) -> None:
    """Print one line of progress at once."""
    print(f"sotto: {line}", flush=True)


def duration(seconds: float) -> str:
    """Write a duration as people say it: `45 s`, `2 min 5 s`."""
    minutes, rest = divmod(round(seconds), 60)
    return f"{minutes} min {rest} s" if minutes else f"{rest} s"


def stage(output: str) -> str:
    """Say what a pip run is doing, judged by what it printed last.

    Args:
        output: The end of pip's output, with `-v` so that ninja's `[12/180]` counts are in it.
    """
    position, words = max((output.rfind(mark), words) for mark, words in _STAGES)
    if position < 0:
        return "working"
    counts = _COMPILED.findall(output, position)
    if words == "building" and counts:
        done, total = counts[-1]
        return f"compiling llama.cpp, file {done} of {total}"
    return words


class LoggedProgram:
    """Runs programs with their output going to one log file.

    Args:
        log: The file; it is started anew by the first program that runs.
        announce: Called with a line about every 20 s while a program runs.
    """

    def __init__(self, log: Path, announce: Callable[[str], None] = say) -> None:
        self.log = log
        self._announce = announce
        self._mode: Literal["ab", "wb"] = "wb"

    def run(
        self,
        command: Sequence[str],
        environment: Mapping[str, str],
        beat_seconds: float = _BEAT_SECONDS,
    ) -> tuple[int, str]:
        """Run one program to its end.

        Returns:
            Its exit code and the end of its output (at most 64 KiB).
        """
        started = time.monotonic()
        self.log.parent.mkdir(parents=True, exist_ok=True)
        with self.log.open(self._mode) as log:
            self._mode = "ab"
            begin = log.tell()
            with subprocess.Popen(
                command,
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=subprocess.STDOUT,
                env=dict(environment),
            ) as process:
                try:
                    while (code := _wait(process, beat_seconds)) is None:
                        passed = duration(time.monotonic() - started)
                        self._announce(f"  {passed}: {stage(self._tail(begin))}")
                except BaseException:
                    process.terminate()
                    raise
        return code, self._tail(begin)

    def _tail(self, begin: int) -> str:
        with self.log.open("rb") as log:
            size = log.seek(0, 2)
            log.seek(max(begin, size - _LOG_TAIL_BYTES))
            return log.read().decode("utf-8", "replace")


def _wait(process: subprocess.Popen[bytes], seconds: float) -> int | None:
    try:
        return process.wait(seconds)
    except subprocess.TimeoutExpired:
        return None

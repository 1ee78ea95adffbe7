"""The log of one server: the last lines, without secrets.  Any thread may read it."""

from __future__ import annotations

import threading
import time
from collections import deque
from collections.abc import Callable
from typing import Final

from app.tools.mcp.servers import LogLine, LogSource
from engine.harmony.schemas import whole_characters

MAX_LINES: Final = 400
MAX_CHARACTERS: Final = 1000
_SHORTEST_SECRET: Final = 4
_BLOT: Final = "•••"


class ServerLog:
    """Keeps the last lines; what is longer than a line may be is cut.

    Args:
        secrets: texts that must never stand in it.
        now_ms: Unix time in milliseconds.
    """

    def __init__(
        self,
        secrets: tuple[str, ...] = (),
        now_ms: Callable[[], int] = lambda: time.time_ns() // 1_000_000,
    ) -> None:
        self._lines: deque[LogLine] = deque(maxlen=MAX_LINES)
        self._lock = threading.Lock()
        self._now_ms = now_ms
        self._secrets: tuple[str, ...] = ()
        self.keep_out(secrets)

    def keep_out(self, secrets: tuple[str, ...]) -> None:
        """Set what must never stand in the lines to come."""
        long_ones = {one for one in secrets if len(one) >= _SHORTEST_SECRET}
        self._secrets = tuple(sorted(long_ones, key=len, reverse=True))

    def add(self, source: LogSource, text: str) -> None:
        """Keep a text, each of its lines by itself.  Any thread."""
        for secret in self._secrets:
            text = text.replace(secret, _BLOT)
        lines = whole_characters(text[: MAX_CHARACTERS * MAX_LINES]).splitlines()
        with self._lock:
            for line in lines[-MAX_LINES:]:
                shown = "".join(mark if mark.isprintable() else " " for mark in line).rstrip()
                if shown:
                    cut = shown[: MAX_CHARACTERS - 1] + "…"
                    kept = shown if len(shown) <= MAX_CHARACTERS else cut
                    self._lines.append(LogLine(self._now_ms(), source, kept))

    def lines(self) -> tuple[LogLine, ...]:
        """The lines, oldest first."""
        with self._lock:
            return tuple(self._lines)

"""How long a check takes on this machine: measured, or guessed from what turns took."""

from __future__ import annotations

from collections import deque
from typing import Final

from engine.events import Usage

_BYTES_PER_TOKEN: Final = 4
"""Of UTF-8 text, English and Korean alike, within a quarter."""

_FRAME_TOKENS: Final = 350
"""The task, the form of the verdict and a text of about 150 words."""

_WRITTEN_TOKENS: Final = 100
"""Thoughts at low effort and the verdict."""

_REMEMBERED: Final = 5

_LEAST_READ_TOKENS: Final = 48
"""A shorter prompt says little about the speed of reading."""


class CheckTimes:
    """How long checks took since the program began.  Confined to one thread."""

    def __init__(self) -> None:
        self._seconds: deque[float] = deque(maxlen=_REMEMBERED)

    def add(self, seconds: float) -> None:
        """A check came to a verdict."""
        self._seconds.append(seconds)

    @property
    def seconds(self) -> float | None:
        """Of the last few, on average; None before the first."""
        return sum(self._seconds) / len(self._seconds) if self._seconds else None


def seconds_per_check(policy: str, usage: Usage | None) -> float | None:
    """About how many seconds one check takes at most; None while nothing tells.

    Args:
        policy: all of it is read each time.
        usage: what a turn took.
    """
    if usage is None or usage.read_tokens < _LEAST_READ_TOKENS or usage.read_seconds <= 0:
        return None
    if usage.tokens_per_second <= 0:
        return None
    tokens = _FRAME_TOKENS + len(policy.encode()) / _BYTES_PER_TOKEN
    reading = tokens * usage.read_seconds / usage.read_tokens
    return reading + _WRITTEN_TOKENS / usage.tokens_per_second

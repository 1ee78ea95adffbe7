"""How fast a download is, and how long it will take."""

from __future__ import annotations

import time
from collections import deque
from collections.abc import Callable
from typing import Final

_SECONDS: Final = 10.0
"""Over how long the speed is taken: long enough to be calm, short enough to be true."""

_SOONEST: Final = 1.0
"""A speed of less time than this would jump."""


class Pace:
    """The speed over the last seconds.  One thread.

    Args:
        clock: gives seconds.
    """

    def __init__(self, clock: Callable[[], float] = time.monotonic) -> None:
        self._clock = clock
        self._marks: deque[tuple[float, int]] = deque([(clock(), 0)])
        self._total = 0

    def add(self, count: int) -> None:
        """So many bytes have come."""
        now = self._clock()
        self._total += count
        if now - self._marks[-1][0] >= _SECONDS / 40:
            self._marks.append((now, self._total))
        self._forget(now)

    def bytes_per_second(self) -> float | None:
        """The speed; None while nothing can be said."""
        now = self._clock()
        self._forget(now)
        since, before = self._marks[0]
        if now - since < _SOONEST:
            return None
        return (self._total - before) / (now - since)

    def seconds_for(self, count: int) -> float | None:
        """How long so many more bytes will take; None while nothing can be said."""
        speed = self.bytes_per_second()
        return count / speed if speed else None

    def begin_anew(self) -> None:
        """Forget the speed, as after a rest."""
        self._marks = deque([(self._clock(), self._total)])

    def _forget(self, now: float) -> None:
        while len(self._marks) > 1 and now - self._marks[1][0] >= _SECONDS:
            self._marks.popleft()

"""A limit on how fast all connections together may be: a bucket of tokens, one a byte."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Callable
from contextlib import suppress
from typing import Final

_BURST_SECONDS: Final = 0.5


class RateLimit:
    """Makes those who took more than there was wait.  Asyncio thread.

    A taker gets its bytes at once and then waits until they are paid for, so that pieces larger
    than the bucket pass, too.

    Args:
        bytes_per_second: 0 is no limit.
        clock: gives seconds.
    """

    def __init__(
        self, bytes_per_second: float = 0, clock: Callable[[], float] = time.monotonic
    ) -> None:
        self._clock = clock
        self._rate = float(bytes_per_second)
        self._at = clock()
        self._tokens = self._rate * _BURST_SECONDS
        self._changed = asyncio.Event()

    @property
    def is_set(self) -> bool:
        """Whether there is a limit."""
        return self._rate > 0

    def set(self, bytes_per_second: float) -> None:
        """Change the limit; who waits is measured by the new one."""
        self._fill()
        self._rate = float(bytes_per_second)
        self._tokens = min(self._tokens, self._rate * _BURST_SECONDS)
        self._changed.set()
        self._changed = asyncio.Event()

    def take(self, count: int) -> float:
        """Take so many bytes; returns the seconds until they are paid for."""
        if not self.is_set:
            return 0.0
        self._fill()
        self._tokens -= count
        return max(0.0, -self._tokens / self._rate)

    async def pass_on(self, count: int) -> None:
        """Take so many bytes and wait until they are paid for."""
        seconds = self.take(count)
        while seconds > 0:
            with suppress(TimeoutError):
                await asyncio.wait_for(self._changed.wait(), seconds)
            seconds = self.take(0)

    def _fill(self) -> None:
        now = self._clock()
        self._tokens += (now - self._at) * self._rate
        self._tokens = min(self._tokens, self._rate * _BURST_SECONDS)
        self._at = now

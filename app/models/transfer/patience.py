"""How long to wait before the next try."""

from __future__ import annotations

import asyncio
import random
import time
from collections.abc import Callable
from contextlib import suppress
from typing import Final

FIRST_SECONDS: Final = 1.0
MOST_SECONDS: Final = 60.0
_JUMP_SECONDS: Final = 5.0
_LOOK_SECONDS: Final = 1.0


class Patience:
    """Waits twice as long after each failure, by chance a bit more or less, and never gives up.

    Asyncio thread.

    Args:
        first_seconds: the first wait.
        chance: gives numbers from 0 to 1, so that not all computers come back at once.
        clock: gives seconds that stand still while the computer sleeps.
        wall_clock: gives seconds that do not.
    """

    def __init__(
        self,
        first_seconds: float = FIRST_SECONDS,
        chance: Callable[[], float] = random.random,
        clock: Callable[[], float] = time.monotonic,
        wall_clock: Callable[[], float] = time.time,
    ) -> None:
        self._first = first_seconds
        self._chance = chance
        self._clock = clock
        self._wall_clock = wall_clock
        self._failures = 0
        self._hurry = asyncio.Event()

    def succeed(self) -> None:
        """Something came: the next failure is a first one again."""
        self._failures = 0

    def next_seconds(self, at_least: float | None = None) -> float:
        """How long to wait after one more failure.

        Args:
            at_least: what the server wants.
        """
        seconds = min(self._first * 2.0 ** min(self._failures, 16), MOST_SECONDS)
        self._failures += 1
        seconds *= 0.75 + 0.5 * self._chance()
        return max(seconds, at_least or 0.0)

    def hurry(self) -> None:
        """End the wait, if there is one."""
        self._hurry.set()

    async def wait(self, seconds: float) -> None:
        """Wait, but no longer once somebody hurries or the computer has slept."""
        self._hurry.clear()
        end = self._clock() + seconds
        watch = SleepWatch(self._clock, self._wall_clock)
        while (left := end - self._clock()) > 0 and not watch.has_slept():
            with suppress(TimeoutError):
                await asyncio.wait_for(self._hurry.wait(), min(left, _LOOK_SECONDS))
                return


class SleepWatch:
    """Sees that the computer has slept: the time of day has gone on, the other clock has not.

    Args:
        clock: gives seconds that stand still while the computer sleeps.
        wall_clock: gives seconds that do not.
    """

    def __init__(
        self,
        clock: Callable[[], float] = time.monotonic,
        wall_clock: Callable[[], float] = time.time,
    ) -> None:
        self._clock = clock
        self._wall_clock = wall_clock
        self._apart = wall_clock() - clock()

    def has_slept(self) -> bool:
        """Whether it has since the last look; setting the clock looks the same."""
        before, self._apart = self._apart, self._wall_clock() - self._clock()
        return abs(self._apart - before) > _JUMP_SECONDS

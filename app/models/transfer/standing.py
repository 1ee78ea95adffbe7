"""How a download stands, while it runs."""

from __future__ import annotations

import time
from collections.abc import Callable

from app.chats.values import Problem
from app.models.transfer.pace import Pace
from app.models.values import DownloadState
from engine.errors import UserFacingError


class Standing:
    """What the rooms of a transfer tell of it.  Asyncio thread.

    Args:
        on_change: told after each change; True where more than a number changed.
        clock: gives seconds.
    """

    def __init__(
        self,
        on_change: Callable[[bool], None] = lambda _: None,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self._on_change = on_change
        self._clock = clock
        self._retry_at: float | None = None
        self._before = 0
        self._here = 0
        self.pace = Pace(clock)
        self.state = DownloadState.QUEUED
        self.problem: Problem | None = None
        self.mended: Problem | None = None
        self.total_bytes = 0

    @property
    def done_bytes(self) -> int:
        """What is here of all files."""
        return self._before + self._here

    @property
    def retry_seconds(self) -> float | None:
        """Until the next try; None where none is waited for."""
        return None if self._retry_at is None else max(0.0, self._retry_at - self._clock())

    def is_now(
        self,
        state: DownloadState,
        error: UserFacingError | None = None,
        retry_seconds: float | None = None,
    ) -> None:
        """It does something else now."""
        if state is DownloadState.RUNNING and self.state is not state:
            self.pace.begin_anew()
        self.state = state
        self.problem = None if error is None else problem_of(error)
        self._retry_at = None if retry_seconds is None else self._clock() + retry_seconds
        self._on_change(True)

    def mend(self, error: UserFacingError) -> None:
        """Something was found wrong, and is being put right."""
        self.mended = problem_of(error)
        self._on_change(True)

    def came(self, count: int) -> None:
        """So many bytes came over the network."""
        self.pace.add(count)
        self._on_change(False)

    def has(self, here_bytes: int) -> None:
        """So much of the file that is fetched is here."""
        self._here = here_bytes
        self._on_change(False)

    def begin_file(self, before_bytes: int) -> None:
        """The next file begins; so much is here of those before it."""
        self._before, self._here = before_bytes, 0


def problem_of(error: UserFacingError) -> Problem:
    """What to show of an error."""
    return Problem(error.title, error.hint, error.detail, dict(error.fields))

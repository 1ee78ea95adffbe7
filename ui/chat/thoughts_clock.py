"""How long the model has been thinking.  Knows neither widgets nor timers."""

from __future__ import annotations

from collections.abc import Callable

from engine.events import Phase


class ThoughtsClock:
    """Count the seconds of a turn's thinking, over all its stretches.

    Args:
        now: seconds of a clock that never goes back.
    """

    def __init__(self, now: Callable[[], float]) -> None:
        self._now = now
        self._before = 0.0
        self._since: float | None = None

    @property
    def seconds(self) -> float:
        """Seconds of thinking so far."""
        running = self._now() - self._since if self._since is not None else 0.0
        return self._before + running

    def enter(self, phase: Phase) -> None:
        """The turn went over to another phase."""
        if phase is Phase.THINKING:
            if self._since is None:
                self._since = self._now()
            return
        self._before = self.seconds
        self._since = None

"""When to show what has come in: soon, but never more often than drawing it allows."""

from __future__ import annotations

import time
from typing import Final

from PySide6.QtCore import QObject, QTimer, Signal

MIN_MS: Final = 40
MAX_MS: Final = 200
COST_FACTOR: Final = 5
"""A flush may take a fifth of the time at most."""


class FlushTimer(QObject):
    """Ask for a flush, get one a little later; the pause follows the cost of the last one.

    Signals:
        due: draw now.
    """

    due = Signal()

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._timer = QTimer(self, singleShot=True, interval=MIN_MS)
        self._timer.timeout.connect(self._on_timeout)

    @property
    def interval_ms(self) -> int:
        """The pause before the next flush."""
        return self._timer.interval()

    def request(self) -> None:
        """There is something to draw."""
        if not self._timer.isActive():
            self._timer.start()

    def note_cost(self, cost_ms: float) -> None:
        """A flush took so long, painting included."""
        self._timer.setInterval(min(MAX_MS, max(MIN_MS, round(COST_FACTOR * cost_ms))))

    def _on_timeout(self) -> None:
        started = time.perf_counter()
        self.due.emit()
        # Qt paints before it looks at timers, so this one fires when the flush is on the screen.
        QTimer.singleShot(0, self, lambda: self.note_cost((time.perf_counter() - started) * 1000))

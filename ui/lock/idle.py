"""How long nobody has touched keyboard or mouse in Sotto's windows."""

from __future__ import annotations

import time
from collections.abc import Callable
from typing import Final

from PySide6.QtCore import QCoreApplication, QEvent, QObject, QTimer, Signal
from typing_extensions import override

_LOOK_MS: Final = 2000
_TOUCHES: Final = frozenset(
    (
        QEvent.Type.KeyPress,
        QEvent.Type.MouseButtonPress,
        QEvent.Type.MouseMove,
        QEvent.Type.Wheel,
        QEvent.Type.TouchBegin,
        QEvent.Type.InputMethod,
        QEvent.Type.ApplicationActivate,
    )
)


class IdleWatch(QObject):
    """Tells once when the time is over; every touch begins it anew.

    Signals:
        idle: nobody has touched anything for as long as was set.

    Args:
        application: whose events count.
        clock_s: seconds that only grow; on most systems it stands still while they sleep.
    """

    idle = Signal()

    def __init__(
        self, application: QCoreApplication, clock_s: Callable[[], float] = time.monotonic
    ) -> None:
        super().__init__(application)
        self._application = application
        self._clock_s = clock_s
        self._touched_s = clock_s()
        self._limit_s = 0.0
        self._timer = QTimer(self, interval=_LOOK_MS)
        self._timer.timeout.connect(self.look)

    def set_minutes(self, minutes: int) -> None:
        """Wait so long; 0 watches no more."""
        was_on, self._limit_s = self._limit_s > 0, minutes * 60.0
        if self._limit_s and not was_on:
            self._touched_s = self._clock_s()
            self._application.installEventFilter(self)
            self._timer.start()
        elif was_on and not self._limit_s:
            self._application.removeEventFilter(self)
            self._timer.stop()

    def look(self) -> None:
        """See whether the time is over."""
        if self._limit_s and self._clock_s() - self._touched_s >= self._limit_s:
            self._touched_s = self._clock_s()
            self.idle.emit()

    @override
    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        if event.type() in _TOUCHES:
            self._touched_s = self._clock_s()
        return False

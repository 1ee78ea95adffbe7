"""Work that waits until the window stands there."""

from __future__ import annotations

from collections.abc import Callable
from typing import Final

from PySide6.QtCore import QEvent, QObject, QTimer
from PySide6.QtWidgets import QWidget
from typing_extensions import override

_AT_LATEST_MS: Final = 500
"""A window that begins minimised is not painted, and its work is to be done all the same."""


class AfterFirstFrame(QObject):
    """Does something once, after a window was painted for the first time.

    Work that other threads begin counts too: Python runs one thread at a time, so they would
    hold up the frame.

    Args:
        window: the window; owns this.
        work: what waits.
    """

    def __init__(self, window: QWidget, work: Callable[[], None]) -> None:
        super().__init__(window)
        self._work: Callable[[], None] | None = work
        window.installEventFilter(self)
        QTimer.singleShot(_AT_LATEST_MS, self, self._begin)

    @override
    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        if event.type() == QEvent.Type.Paint:
            watched.removeEventFilter(self)
            QTimer.singleShot(0, self, self._begin)  # after this frame, not in it
        return False

    def _begin(self) -> None:
        work, self._work = self._work, None
        if work is not None:
            work()

"""What the conversation needs of a message's widget."""

from __future__ import annotations

from abc import abstractmethod
from collections.abc import Callable

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QWidget


class MessageWidget(QWidget):
    """One message, laid out for a width that the conversation gives it.

    Signals:
        height_changed: (by_user: bool) it needs another height at the same width.
        grew_late: it needs another height, for something that came after its end.
    """

    height_changed = Signal(bool)
    grew_late = Signal()

    @abstractmethod
    def fit(self, width: int) -> int:
        """Lay out for a width; returns the height this takes, both in logical px."""

    def place_at(self, y: int) -> Callable[[], int]:
        """What stands `y` px below the top, told as where it stands whenever it is asked later."""
        return lambda: y

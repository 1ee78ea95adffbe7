"""The mark where the answer is being written."""

from __future__ import annotations

from typing import Final

from PySide6.QtCore import QRect, Qt
from PySide6.QtGui import QPainter, QPaintEvent
from PySide6.QtWidgets import QWidget
from typing_extensions import override

from ui.theme.theme import Theme

WIDTH: Final = 3
_GAP: Final = 2


class WritingMark(QWidget):
    """A still bar after the last letter; says nothing to a screen reader and takes no click.

    Args:
        theme: the look.
        parent: the answer.
    """

    def __init__(self, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._theme = theme
        self.setAttribute(Qt.WidgetAttribute.WA_TransparentForMouseEvents)
        self.hide()

    def stand_at(self, caret: QRect | None) -> None:
        """Stand beside a caret's place in the parent; None hides the mark."""
        self.setVisible(caret is not None)
        if caret is not None:
            self.setGeometry(caret.x() + _GAP, caret.y() + 1, WIDTH, max(1, caret.height() - 2))
            self.raise_()

    @override
    def paintEvent(self, event: QPaintEvent) -> None:
        del event
        QPainter(self).fillRect(self.rect(), self._theme.color("accent"))

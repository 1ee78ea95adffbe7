"""The sign that the practice model answers.  Every screen that can show an answer has one."""

from __future__ import annotations

from PySide6.QtCore import QRectF, Qt, Signal
from PySide6.QtGui import QFocusEvent, QKeyEvent, QMouseEvent, QPainter, QPaintEvent
from PySide6.QtWidgets import QWidget
from typing_extensions import override

from app.words import Words
from ui.controls.button import is_by_keyboard
from ui.controls.chip import Chip
from ui.controls.painting import RING, draw_box
from ui.theme.theme import Theme


class PracticeSign(Chip):
    """A quiet, permanent chip; shorter words where there is little room, never none.

    Signals:
        clicked: by pointer or key; the user wants to know more.
    """

    clicked = Signal()

    def __init__(
        self, theme: Theme, words: Words, *, is_short: bool = False, parent: QWidget | None = None
    ) -> None:
        short = words("Practice model")
        text = short if is_short else words("Practice model – knows nothing, tests the app")
        super().__init__(
            theme,
            text,
            short="" if is_short else short,
            icon="flask-conical",
            tone="warn",
            tooltip=words(
                "This is a tiny model that comes with Sotto so that you can try everything "
                "at once. What it says is made up. For real answers choose a gpt-oss model file."
            ),
            parent=parent,
        )
        self.setAccessibleName(text)
        self.setCursor(Qt.CursorShape.PointingHandCursor)
        self.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        self._has_ring = False

    @override
    def mouseReleaseEvent(self, event: QMouseEvent) -> None:
        if event.button() is Qt.MouseButton.LeftButton and self.rect().contains(
            event.position().toPoint()
        ):
            self.clicked.emit()
        else:
            super().mouseReleaseEvent(event)

    @override
    def mousePressEvent(self, event: QMouseEvent) -> None:
        event.accept()  # or the release would go to whoever took the press

    @override
    def keyPressEvent(self, event: QKeyEvent) -> None:
        if event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter, Qt.Key.Key_Space):
            self.clicked.emit()
        else:
            super().keyPressEvent(event)

    @override
    def focusInEvent(self, event: QFocusEvent) -> None:
        super().focusInEvent(event)
        self._has_ring = self._has_ring or is_by_keyboard(event)
        self.update()

    @override
    def focusOutEvent(self, event: QFocusEvent) -> None:
        super().focusOutEvent(event)
        self._has_ring = False
        self.update()

    @override
    def paintEvent(self, event: QPaintEvent) -> None:
        super().paintEvent(event)
        if self._has_ring:
            rect = QRectF(self.rect())
            color = self._theme.color("focus")
            draw_box(QPainter(self), rect, rect.height() / 2, line=color, width=RING)

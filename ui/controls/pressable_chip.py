"""A chip that can be pressed, by pointer or key."""

from __future__ import annotations

from PySide6.QtCore import QRectF, Qt, Signal
from PySide6.QtGui import QFocusEvent, QKeyEvent, QMouseEvent, QPainter, QPaintEvent
from PySide6.QtWidgets import QWidget
from typing_extensions import override

from ui.controls.button import is_by_keyboard
from ui.controls.chip import Chip, Tone
from ui.controls.painting import RING, draw_box
from ui.theme.theme import Theme


class PressableChip(Chip):
    """A sign that leads somewhere; the arguments are those of `Chip`.

    Signals:
        clicked: by pointer or key.
    """

    clicked = Signal()

    def __init__(
        self,
        theme: Theme,
        text: str,
        *,
        short: str = "",
        icon: str = "",
        tone: Tone = "neutral",
        tooltip: str = "",
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(
            theme, text, short=short, icon=icon, tone=tone, tooltip=tooltip, parent=parent
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

"""A small window over a button: what pops up by the composer stands in one."""

from __future__ import annotations

from PySide6.QtCore import QPoint, QRectF, Qt
from PySide6.QtGui import QKeyEvent, QPainter, QPaintEvent
from PySide6.QtWidgets import QFrame, QWidget
from typing_extensions import override

from ui.controls.painting import draw_box
from ui.theme.theme import Theme
from ui.theme.tokens import Space


class Popover(QFrame):
    """Stands over a button until Esc, or a click elsewhere; deleted when it closes.

    Args:
        theme: the look.
        name: what it is, for screen readers.
        width: in logical px at a text size of 100 %.
        parent: the button's room.
    """

    def __init__(self, theme: Theme, name: str, width: int, parent: QWidget) -> None:
        super().__init__(parent, Qt.WindowType.Popup | Qt.WindowType.FramelessWindowHint)
        self._theme = theme
        self._width = width
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        self.setAccessibleName(name)

    def place_over(self, anchor: QWidget) -> None:
        """Take a place over a widget, inside the screen, and be shown."""
        screen = anchor.screen().availableGeometry()
        width = min(self._theme.scaled(self._width), screen.width())
        self.resize(width, self.sizeHint().height())
        layout = self.layout()
        if layout is not None and layout.hasHeightForWidth():
            self.resize(width, layout.totalHeightForWidth(width))
        corner = anchor.mapToGlobal(QPoint(0, -self.height() - Space.TINY))
        x = min(max(screen.left(), corner.x()), screen.right() - width)
        self.move(x, max(screen.top(), corner.y()))
        self.show()

    @override
    def keyPressEvent(self, event: QKeyEvent) -> None:
        if event.key() == Qt.Key.Key_Escape:
            self.close()
        else:
            super().keyPressEvent(event)

    @override
    def paintEvent(self, event: QPaintEvent) -> None:
        del event
        draw_box(
            QPainter(self),
            QRectF(self.rect()),
            0,  # round corners would show the desktop's ground where nothing blends windows
            fill=self._theme.color("raised"),
            line=self._theme.color("edge"),
        )

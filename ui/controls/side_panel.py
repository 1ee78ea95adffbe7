"""A panel at the right of a room: beside it, or over it where there is little room."""

from __future__ import annotations

from typing import Final

from PySide6.QtCore import QEvent, QRectF, Qt, Signal
from PySide6.QtGui import QKeyEvent, QPainter, QPaintEvent
from PySide6.QtWidgets import QApplication, QWidget
from shiboken6 import isValid
from typing_extensions import override

from ui.controls.painting import draw_box
from ui.theme.theme import Theme
from ui.theme.tokens import Size

WIDTH: Final = 420
BESIDE_FROM: Final = 1000
"""In a narrower room (px at 100 %) it lies over what is there."""


class SidePanel(QWidget):
    """Comes and goes, takes the focus and gives it back; Esc leaves it.

    Signals:
        room_taken: (px: int) so much at the right belongs to the panel and not to the room.

    Args:
        theme: the look.
        room: what it stands beside or over; has to call `place` when it changes its size.
    """

    room_taken = Signal(int)

    def __init__(self, theme: Theme, room: QWidget) -> None:
        super().__init__(room)
        self._theme = theme
        self._room = room
        self._before: QWidget | None = None
        theme.changed.connect(self.place)

    @property
    def is_beside(self) -> bool:
        """Whether there is room beside what is there."""
        return self._room.width() >= self._theme.scaled(BESIDE_FROM)

    def come(self) -> None:
        """Show up; the focus that was elsewhere comes back with `leave`."""
        if self.isHidden():
            self._before = QApplication.focusWidget()
        self.show()
        self.raise_()
        self.place()

    def leave(self) -> None:
        """Go away and give the focus back."""
        if self.isHidden():
            return
        had_focus = self.isAncestorOf(QApplication.focusWidget() or self)
        self.hide()
        self.room_taken.emit(0)
        before, self._before = self._before, None
        if had_focus and before is not None and isValid(before) and before.isVisible():
            before.setFocus(Qt.FocusReason.OtherFocusReason)

    def place(self) -> None:
        """Take the right side, or all of it where the room is narrow."""
        if self.isHidden():
            return
        whole = self._room.rect()
        width = self._theme.scaled(WIDTH)
        if not self.is_beside and whole.width() < width + Size.WINDOW_MIN // 2:
            width = whole.width()
        self.setGeometry(whole.width() - width, 0, width, whole.height())
        self.room_taken.emit(width if self.is_beside else 0)

    @override
    def event(self, event: QEvent) -> bool:
        # Esc means this panel while the focus is in it, not Stop.
        is_override = event.type() == QEvent.Type.ShortcutOverride
        if is_override and isinstance(event, QKeyEvent) and event.key() == Qt.Key.Key_Escape:
            event.accept()
            return True
        return super().event(event)

    @override
    def keyPressEvent(self, event: QKeyEvent) -> None:
        if event.key() == Qt.Key.Key_Escape:
            self.leave()
        else:
            super().keyPressEvent(event)

    @override
    def paintEvent(self, event: QPaintEvent) -> None:
        del event
        painter = QPainter(self)
        draw_box(painter, QRectF(self.rect()), 0, fill=self._theme.color("surface"))
        painter.fillRect(0, 0, 1, self.height(), self._theme.color("border"))

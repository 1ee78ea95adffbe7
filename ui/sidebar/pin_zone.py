"""Where chats are dropped to be pinned while none is: it lies over the search field meanwhile."""

from __future__ import annotations

from PySide6.QtCore import QPoint, QRectF, Qt, Signal
from PySide6.QtGui import QDragEnterEvent, QDragLeaveEvent, QDropEvent, QPainter, QPaintEvent
from PySide6.QtWidgets import QWidget
from typing_extensions import override

from app.words import Words
from ui.controls.painting import draw_box
from ui.sidebar.dragging import Load
from ui.sidebar.wishes import PinChats
from ui.theme.theme import Theme
from ui.theme.tokens import Radius, Size, Space, TypeSize


class PinZone(QWidget):
    """Takes chats that are dragged; hidden at other times.

    Signals:
        wished: (wish: PinChats) chats were dropped.
    """

    wished = Signal(object)

    def __init__(self, theme: Theme, words: Words, parent: QWidget) -> None:
        super().__init__(parent)
        self._theme = theme
        self._is_over = False
        self._said = words("Drop here to pin")
        self.setAccessibleName(self._said)
        self.setAcceptDrops(True)
        self.hide()

    def offer(self, load: Load | None, over: QWidget) -> None:
        """Stand over a widget while chats are dragged; None ends that."""
        self._is_over = False
        self.setGeometry(over.geometry())
        self.setVisible(load is not None and bool(load.chats))
        self.raise_()

    @override
    def dragEnterEvent(self, event: QDragEnterEvent) -> None:
        if Load.unpack(event.mimeData()) is not None:
            self._mark(is_over=True)
            event.acceptProposedAction()

    @override
    def dragLeaveEvent(self, event: QDragLeaveEvent) -> None:
        super().dragLeaveEvent(event)
        self._mark(is_over=False)

    @override
    def dropEvent(self, event: QDropEvent) -> None:
        self._mark(is_over=False)
        load = Load.unpack(event.mimeData())
        if load is not None and load.chats:
            event.acceptProposedAction()
            self.wished.emit(PinChats(load.chats, is_pinned=True))

    @override
    def paintEvent(self, event: QPaintEvent) -> None:
        del event
        painter, theme = QPainter(self), self._theme
        box, width, dashed = QRectF(self.rect()), 2.0 if self._is_over else 1.0, not self._is_over
        fill = theme.color("soft" if self._is_over else "side")
        accent = theme.color("accent")
        draw_box(painter, box, Radius.BUTTON, fill=fill, line=accent, width=width, dashed=dashed)
        painter.setFont(theme.fonts.text(TypeSize.CODE))
        painter.setPen(accent)
        # At the left: what is dragged hangs at the right of the pointer.
        size = theme.scaled(Size.ICON_SMALL)
        icon = theme.pixmap("pin", "accent", Size.ICON_SMALL, self.devicePixelRatio())
        painter.drawPixmap(QPoint(Space.ROOM, (self.height() - size) // 2), icon)
        room = self.rect().adjusted(Space.ROOM + size + Space.GAP, 0, -Space.GAP, 0)
        painter.drawText(room, int(Qt.AlignmentFlag.AlignVCenter), self._said)

    def _mark(self, *, is_over: bool) -> None:
        self._is_over = is_over
        self.update()

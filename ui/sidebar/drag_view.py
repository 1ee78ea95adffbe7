"""A list whose chats and folders can be dragged, with the place where they would fall shown."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from PySide6.QtCore import QModelIndex, QPoint, QRectF, QSize, Qt, Signal
from PySide6.QtGui import (
    QDrag,
    QDragEnterEvent,
    QDragLeaveEvent,
    QDragMoveEvent,
    QDropEvent,
    QFontMetrics,
    QMouseEvent,
    QPainter,
    QPaintEvent,
    QPixmap,
)
from PySide6.QtWidgets import QAbstractItemView, QListView, QWidget
from typing_extensions import override

from ui.controls.painting import draw_box
from ui.sidebar.chat_list import ChatListModel, chat_count
from ui.sidebar.dragging import DropPlace, Load, drop_place
from ui.theme.theme import Theme
from ui.theme.tokens import Radius, Size, Space, TypeSize

_LINE: Final = 2.0
_WIDEST: Final = 220


class DragView(QListView):
    """The part of the list that has to do with dragging.

    Signals:
        dragged: (load: Load | None) something begins to be dragged; None: no longer.
        wished: (wish: ShelfWish) what a drop asks for; one signal for each of its parts.
    """

    dragged = Signal(object)
    wished = Signal(object)

    def __init__(self, model: ChatListModel, theme: Theme, parent: QWidget | None) -> None:
        super().__init__(parent)
        self.shelf = model
        self._theme = theme
        self._pressed = QModelIndex()
        self.drop_place: DropPlace | None = None
        self.setDragEnabled(True)
        self.setAcceptDrops(True)
        self.setDragDropMode(QAbstractItemView.DragDropMode.DragDrop)
        self.setDefaultDropAction(Qt.DropAction.MoveAction)
        self.setDropIndicatorShown(False)  # it is painted here
        self.setAutoScroll(True)

    def load_of(self, index: QModelIndex) -> Load | None:
        """What is dragged when a row is: it, or all chats that are selected."""
        row = self.shelf.row(index)
        if row is None:
            return None
        if row.chat is None:
            return Load(folder_id=row.folder.id) if row.folder and row.is_folder else None
        rows = (self.shelf.row(one) for one in self.selectedIndexes())
        selected = [one.chat.id for one in rows if one is not None and one.chat is not None]
        return Load(tuple(selected) if row.chat.id in selected else (row.chat.id,))

    @override
    def mousePressEvent(self, event: QMouseEvent) -> None:
        self._pressed = self.indexAt(event.position().toPoint())
        super().mousePressEvent(event)

    @override
    def startDrag(self, supportedActions: Qt.DropAction) -> None:
        load = self.load_of(self._pressed)
        if load is None:
            return
        drag = QDrag(self)
        drag.setMimeData(load.pack())
        drag.setPixmap(self._picture(load))
        drag.setHotSpot(QPoint(-Space.ROOM, -Space.TINY))
        self.dragged.emit(load)
        drag.exec(supportedActions, Qt.DropAction.MoveAction)
        self.dragged.emit(None)
        self._mark(None)

    @override
    def dragEnterEvent(self, event: QDragEnterEvent) -> None:
        if Load.unpack(event.mimeData()) is not None:
            event.acceptProposedAction()
        else:
            event.ignore()

    @override
    def dragMoveEvent(self, event: QDragMoveEvent) -> None:
        super().dragMoveEvent(event)  # scrolls at the edges
        place = self._place_of(event)
        self._mark(place)
        if place is not None:
            event.acceptProposedAction()
        else:
            event.ignore()

    @override
    def dragLeaveEvent(self, event: QDragLeaveEvent) -> None:
        super().dragLeaveEvent(event)
        self._mark(None)

    @override
    def dropEvent(self, event: QDropEvent) -> None:
        place = self._place_of(event)
        self._mark(None)
        self.stopAutoScroll()
        if place is None:
            event.ignore()
            return
        event.acceptProposedAction()
        for wish in place.wishes:
            self.wished.emit(wish)

    @override
    def paintEvent(self, event: QPaintEvent) -> None:
        super().paintEvent(event)
        if self.drop_place is not None:
            self._paint_place(self.drop_place)

    def _place_of(self, event: QDropEvent) -> DropPlace | None:
        load = Load.unpack(event.mimeData())
        if load is None:
            return None
        at = event.position().toPoint()
        index = self.indexAt(at)
        is_lower = index.isValid() and at.y() > self.visualRect(index).center().y()
        number = index.row() if index.isValid() else -1
        return drop_place(self.shelf, load, number, is_lower_half=is_lower)

    def _mark(self, place: DropPlace | None) -> None:
        if place != self.drop_place:
            self.drop_place = place
            self.viewport().update()

    def _paint_place(self, place: DropPlace) -> None:
        painter = QPainter(self.viewport())
        accent = self._theme.color("accent")
        first = self.visualRect(self.shelf.index(place.first))
        last = self.visualRect(self.shelf.index(place.last))
        if place.is_line:
            y = first.top() if first.isValid() else last.bottom()
            line = QRectF(0, y - _LINE / 2, self.viewport().width(), _LINE)
            draw_box(painter, line, _LINE / 2, fill=accent)
            return
        fill = self._theme.color("accent")
        fill.setAlpha(28)
        box = QRectF(first.united(last)).adjusted(0, 1, 0, -1)
        draw_box(painter, box, Radius.BUTTON, fill=fill, line=accent, width=_LINE)

    def _picture(self, load: Load) -> QPixmap:
        """What hangs at the pointer: a title, or how many there are."""
        text = self._said(load)
        ratio, height = self.devicePixelRatio(), self._theme.scaled(Size.CHIP)
        font = self._theme.fonts.text(TypeSize.CODE)
        metrics = QFontMetrics(font)
        text = metrics.elidedText(text, Qt.TextElideMode.ElideRight, self._theme.scaled(_WIDEST))
        size = QSize(metrics.horizontalAdvance(text) + 2 * Space.ROOM, height + Space.SMALL)
        picture = QPixmap(size * ratio)
        picture.setDevicePixelRatio(ratio)
        picture.fill(Qt.GlobalColor.transparent)
        painter = QPainter(picture)
        rect = QRectF(0, 0, size.width(), size.height())
        fill, line = self._theme.color("raised"), self._theme.color("edge")
        draw_box(painter, rect, Radius.BUTTON, fill=fill, line=line)
        painter.setFont(font)
        painter.setPen(self._theme.color("text"))
        painter.drawText(rect, int(Qt.AlignmentFlag.AlignCenter), text)
        painter.end()
        return picture

    def _said(self, load: Load) -> str:
        if len(load.chats) > 1:
            return chat_count(self.shelf.words, len(load.chats))
        folders = (one.name for one in self.shelf.folders if one.id == load.folder_id)
        return next(_titles(self.shelf, load), next(folders, ""))


def _titles(model: ChatListModel, load: Load) -> Iterator[str]:
    return (chat.title for chat in model.chats(load.chats))

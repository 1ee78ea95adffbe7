"""How a row of the chat list looks, and the field in which a chat gets another title."""

from __future__ import annotations

from typing import Final

from PySide6.QtCore import QAbstractItemModel, QEvent, QObject, QRect, QRectF, QSize, Qt, Signal
from PySide6.QtGui import QFontMetrics, QKeyEvent, QPainter
from PySide6.QtWidgets import (
    QLineEdit,
    QStyle,
    QStyledItemDelegate,
    QStyleOptionViewItem,
    QWidget,
)
from typing_extensions import override

from app.chats.values import Chat
from app.words import Words
from ui.controls.painting import RING, draw_box
from ui.sidebar.chat_list import ChatRole, Index, mark_at
from ui.sidebar.chat_marks import mark_room, paint_mark
from ui.theme.theme import Theme
from ui.theme.tokens import Radius, Size, TypeSize

MAX_TITLE_CHARACTERS: Final = 200
_BAR: Final = 3
_TEXT_X: Final = 10


class ChatRowDelegate(QStyledItemDelegate):
    """Paint headings and chats; edit a title in place.

    Signals:
        renamed: (chat: Chat, title: str) the user ended editing with Return.

    Attributes:
        has_ring: paint the keyboard focus ring on the current row.
    """

    renamed = Signal(object, str)

    def __init__(self, theme: Theme, words: Words, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._theme = theme
        self._words = words
        self.has_ring = False

    @override
    def sizeHint(self, option: QStyleOptionViewItem, index: Index) -> QSize:
        is_heading = index.data(ChatRole.CHAT) is None
        height = Size.SECTION_LABEL if is_heading else Size.ROW
        gap = 4 if is_heading else 2
        return QSize(10, self._theme.scaled(height) + gap)

    @override
    def paint(self, painter: QPainter, option: QStyleOptionViewItem, index: Index) -> None:
        rect: QRect = option.rect
        state: QStyle.StateFlag = option.state
        painter.save()
        if index.data(ChatRole.CHAT) is None:
            self._paint_heading(painter, rect, str(index.data()))
        else:
            self._paint_chat(painter, rect.adjusted(0, 1, 0, -1), state, index)
        painter.restore()

    @override
    def createEditor(
        self, parent: QWidget, option: QStyleOptionViewItem, index: Index
    ) -> QLineEdit:
        field = QLineEdit(parent)
        field.setProperty("look", "field")
        field.setAccessibleName(self._words("Title of the chat"))
        field.setMaxLength(MAX_TITLE_CHARACTERS)
        field.setFont(self._theme.fonts.text(TypeSize.CONTROL))
        return field

    @override
    def setEditorData(self, editor: QWidget, index: Index) -> None:
        if isinstance(editor, QLineEdit):
            editor.setText(str(index.data()))
            editor.selectAll()

    @override
    def setModelData(self, editor: QWidget, model: QAbstractItemModel, index: Index) -> None:
        chat = index.data(ChatRole.CHAT)
        if isinstance(editor, QLineEdit) and isinstance(chat, Chat):
            title = " ".join(editor.text().split())
            if title and title != chat.title:
                self.renamed.emit(chat, title)

    @override
    def updateEditorGeometry(
        self, editor: QWidget, option: QStyleOptionViewItem, index: Index
    ) -> None:
        rect: QRect = option.rect
        editor.setGeometry(rect.adjusted(0, 1, 0, -1))

    @override
    def eventFilter(self, editor: QObject, event: QEvent) -> bool:
        # Tab would open the next row for editing; here it ends the editing instead.
        tabs = (Qt.Key.Key_Tab, Qt.Key.Key_Backtab)
        is_press = event.type() == QEvent.Type.KeyPress
        if is_press and isinstance(event, QKeyEvent) and event.key() in tabs:
            self.commitData.emit(editor)
            self.closeEditor.emit(editor, QStyledItemDelegate.EndEditHint.NoHint)
            return True
        return super().eventFilter(editor, event)

    def _paint_heading(self, painter: QPainter, rect: QRect, text: str) -> None:
        painter.setFont(self._theme.fonts.text(TypeSize.SMALL))
        painter.setPen(self._theme.color("muted"))
        box = rect.adjusted(_TEXT_X, 4, -_TEXT_X, 0)
        painter.drawText(box, int(Qt.AlignmentFlag.AlignVCenter), text)

    def _paint_chat(
        self, painter: QPainter, rect: QRect, state: QStyle.StateFlag, index: Index
    ) -> None:
        colors = self._theme.colors
        is_open = bool(index.data(ChatRole.IS_OPEN))
        box = QRectF(rect)
        if is_open:
            fill = self._theme.color("pressed" if colors.is_dark else "hover")
            line = self._theme.color("edge") if colors.is_high_contrast else None
            draw_box(painter, box, Radius.BUTTON, fill=fill, line=line)
            bar = QRectF(rect.x(), rect.y() + 9, _BAR, rect.height() - 18)
            draw_box(painter, bar, _BAR / 2, fill=self._theme.color("accent"))
        elif state & QStyle.StateFlag.State_MouseOver:
            draw_box(painter, box, Radius.BUTTON, fill=self._theme.color("hover"))
        if self.has_ring and state & QStyle.StateFlag.State_HasFocus:
            focus = self._theme.color("focus")
            draw_box(painter, box, Radius.BUTTON, line=focus, width=RING)
        font = self._theme.fonts.text(TypeSize.CONTROL)
        painter.setFont(font)
        painter.setPen(self._theme.color("text"))
        room = rect.adjusted(_TEXT_X, 0, -_TEXT_X, 0)
        if (mark := mark_at(index)) is not None:
            paint_mark(painter, self._theme, mark, room)
            painter.setPen(self._theme.color("text"))
            room.setRight(room.right() - mark_room(self._theme))
        text = QFontMetrics(font).elidedText(
            str(index.data()), Qt.TextElideMode.ElideRight, room.width()
        )
        painter.drawText(room, int(Qt.AlignmentFlag.AlignVCenter), text)

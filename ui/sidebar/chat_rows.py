"""How a row of the list looks, and the field in which a chat or folder gets another name."""

from __future__ import annotations

from typing import Final

from PySide6.QtCore import QAbstractItemModel, QEvent, QObject, QRect, QSize, Qt, Signal
from PySide6.QtGui import QHelpEvent, QKeyEvent, QPainter
from PySide6.QtWidgets import (
    QAbstractItemView,
    QLineEdit,
    QStyle,
    QStyledItemDelegate,
    QStyleOptionViewItem,
    QToolTip,
    QWidget,
)
from typing_extensions import override

from app.chats.shelves import MOST_CHARACTERS
from app.words import Words
from ui.sidebar.chat_list import ChatListModel, Index
from ui.sidebar.chat_marks import mark_text
from ui.sidebar.row_painting import RowLook, RowPainting
from ui.sidebar.shelf_rows import ShelfRow
from ui.theme.theme import Density, Theme
from ui.theme.tokens import Size, TypeSize

MAX_TITLE_CHARACTERS: Final = 200
_COMPACT: Final = 28  # px: less than the smallest target of a pointer, 24, it must not be


class ChatRowDelegate(QStyledItemDelegate):
    """Paint headings, folders and chats; edit a name in place.

    All rows are equally high, so that ten thousand of them are laid out at once.

    Signals:
        renamed: (thing: Chat | Folder, name: str) the user ended editing with Return.

    Attributes:
        has_ring: paint the keyboard focus ring on the current row.
        has_many: several chats are selected, so that it must be seen which.
    """

    renamed = Signal(object, str)

    def __init__(self, theme: Theme, words: Words, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._theme = theme
        self._words = words
        self.has_ring = self.has_many = False
        self._painting = RowPainting(theme)

    @override
    def sizeHint(self, option: QStyleOptionViewItem, index: Index) -> QSize:
        is_compact = self._theme.density is Density.COMPACT
        return QSize(10, self._theme.scaled(_COMPACT if is_compact else Size.ROW) + 2)

    @override
    def paint(self, painter: QPainter, option: QStyleOptionViewItem, index: Index) -> None:
        rect: QRect = option.rect
        state: QStyle.StateFlag = option.state
        row, model = _row(index), index.model()
        if row is None or not isinstance(model, ChatListModel):
            return
        painter.save()
        look = RowLook(
            is_open=model.is_open(row),
            is_hovered=bool(state & QStyle.StateFlag.State_MouseOver),
            is_selected=self.has_many and bool(state & QStyle.StateFlag.State_Selected),
            has_ring=self.has_ring and bool(state & QStyle.StateFlag.State_HasFocus),
            mark=model.mark(row),
        )
        self._painting.paint(painter, rect, row, look)
        painter.restore()

    @override
    def helpEvent(
        self,
        event: QHelpEvent,
        view: QAbstractItemView,
        option: QStyleOptionViewItem,
        index: Index,
    ) -> bool:
        row, model = _row(index), index.model()
        if event.type() != QEvent.Type.ToolTip or not isinstance(model, ChatListModel):
            return super().helpEvent(event, view, option, index)
        told = [row.text] if row is not None and (row.chat is not None or row.is_folder) else []
        if row is not None and row.chat is not None and row.chat.tags:
            told.append(" ".join(f"#{tag}" for tag in row.chat.tags))
        mark = model.mark(row) if row is not None else None
        told += [mark_text(self._words, mark)] if mark is not None else []
        QToolTip.showText(event.globalPos(), "\n".join(told), view)
        return True

    @override
    def createEditor(
        self, parent: QWidget, option: QStyleOptionViewItem, index: Index
    ) -> QLineEdit:
        field = QLineEdit(parent)
        field.setProperty("look", "field")
        row = _row(index)
        is_folder = row is not None and row.is_folder
        name = self._words("Name of the folder") if is_folder else self._words("Title of the chat")
        field.setAccessibleName(name)
        field.setMaxLength(MOST_CHARACTERS if is_folder else MAX_TITLE_CHARACTERS)
        field.setFont(self._theme.fonts.text(TypeSize.CONTROL))
        return field

    @override
    def setEditorData(self, editor: QWidget, index: Index) -> None:
        if isinstance(editor, QLineEdit):
            editor.setText(str(index.data()))
            editor.selectAll()

    @override
    def setModelData(self, editor: QWidget, model: QAbstractItemModel, index: Index) -> None:
        row = _row(index)
        if isinstance(editor, QLineEdit) and row is not None:
            name = " ".join(editor.text().split())
            if name and name != row.text:
                self.renamed.emit(row.chat or row.folder, name)

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


def _row(index: Index) -> ShelfRow | None:
    model = index.model() if index.isValid() else None
    return model.row(index) if isinstance(model, ChatListModel) else None

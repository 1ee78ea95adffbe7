"""The list of chats with its keys, its context menu and renaming in place."""

from __future__ import annotations

from typing import Final

from PySide6.QtCore import QEvent, QModelIndex, Qt, Signal
from PySide6.QtGui import QContextMenuEvent, QFocusEvent, QKeyEvent
from PySide6.QtWidgets import (
    QAbstractItemDelegate,
    QAbstractItemView,
    QFrame,
    QListView,
    QMenu,
    QToolTip,
    QWidget,
)
from typing_extensions import override

from app.chats.ids import ChatId
from app.chats.values import Chat
from app.words import Words
from ui.sidebar.chat_list import ChatListModel, ChatRole, Index, mark_at
from ui.sidebar.chat_marks import mark_text
from ui.sidebar.chat_rows import ChatRowDelegate
from ui.theme.theme import Theme
from ui.theme.tokens import Size

_OPEN_KEYS: Final = (Qt.Key.Key_Return, Qt.Key.Key_Enter, Qt.Key.Key_Space)
_MOUSE_REASONS: Final = (
    Qt.FocusReason.MouseFocusReason,
    Qt.FocusReason.PopupFocusReason,
    Qt.FocusReason.ActiveWindowFocusReason,
)


class ChatListView(QListView):
    """Choose, rename and delete chats.

    Keys: arrows move, Return opens, F2 renames, Delete deletes.

    Signals:
        chat_chosen: (chat_id: ChatId) show it.
        rename_requested: (chat_id: ChatId, title: str) never blank.
        delete_requested: (chat_id: ChatId) take it away.
    """

    chat_chosen = Signal(object)
    rename_requested = Signal(object, str)
    delete_requested = Signal(object)

    def __init__(
        self, model: ChatListModel, theme: Theme, words: Words, parent: QWidget | None = None
    ) -> None:
        super().__init__(parent)
        self._chats = model
        self._theme = theme
        self._words = words
        self._rows = ChatRowDelegate(theme, words, self)
        self._postponed: tuple[tuple[Chat, ...], ChatId | None] | None = None
        self._open: ChatId | None = None
        self.setModel(model)
        self.setItemDelegate(self._rows)
        self.setAccessibleName(words("Chats"))
        self.setFrameShape(QFrame.Shape.NoFrame)
        self.viewport().setAutoFillBackground(False)
        self.setMouseTracking(True)
        self.setUniformItemSizes(False)
        self.setEditTriggers(QAbstractItemView.EditTrigger.NoEditTriggers)
        self.setVerticalScrollMode(QAbstractItemView.ScrollMode.ScrollPerPixel)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setMinimumHeight(2 * Size.ROW)
        self.clicked.connect(self._choose)
        self._rows.renamed.connect(lambda chat, title: self.rename_requested.emit(chat.id, title))
        theme.changed.connect(self.scheduleDelayedItemsLayout)

    def show_chats(self, chats: tuple[Chat, ...], open_chat: ChatId | None) -> None:
        """Show a snapshot; waits while a title is being edited, so that no typing is lost."""
        if self.state() == QAbstractItemView.State.EditingState:
            self._postponed = (chats, open_chat)
            return
        cursor = _chat_at(self.currentIndex())
        row = self.currentIndex().row()
        scrolled = self.verticalScrollBar().value()
        self._chats.set_chats(chats, open_chat)
        if open_chat != self._open or cursor is None:
            self._open = open_chat
            self.setCurrentIndex(self._chats.index_of(open_chat))
            return
        kept = self._chats.index_of(cursor.id)
        self.setCurrentIndex(kept if kept.isValid() else self._chat_near(row))
        self.verticalScrollBar().setValue(scrolled)

    def rename(self, chat_id: ChatId) -> None:
        """Open a field over a chat's title."""
        index = self._chats.index_of(chat_id)
        if index.isValid():
            self.setCurrentIndex(index)
            self.edit(index)

    def first_chat(self) -> Chat | None:
        """The first chat that is shown."""
        return _chat_at(self._chat_near(0))

    def make_menu(self, chat: Chat) -> QMenu:
        """What can be done with a chat."""
        menu = QMenu(self)
        menu.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        icon = self._theme.pixmap("pencil", "muted", Size.ICON_SMALL, self.devicePixelRatio())
        rename = menu.addAction(icon, self._words("Rename"))
        rename.setShortcut("F2")
        rename.triggered.connect(lambda: self.rename(chat.id))
        icon = self._theme.pixmap("trash-2", "muted", Size.ICON_SMALL, self.devicePixelRatio())
        delete = menu.addAction(icon, self._words("Delete"))
        delete.setShortcut("Del")
        delete.triggered.connect(lambda: self.delete_requested.emit(chat.id))
        return menu

    @override
    def closeEditor(self, editor: QWidget, hint: QAbstractItemDelegate.EndEditHint) -> None:
        super().closeEditor(editor, hint)
        if self._postponed is not None:
            chats, open_chat = self._postponed
            self._postponed = None
            self.show_chats(chats, open_chat)

    @override
    def keyPressEvent(self, event: QKeyEvent) -> None:
        chat = _chat_at(self.currentIndex())
        key = event.key()
        if self.state() == QAbstractItemView.State.EditingState:
            return  # keys that the field did not want, Return above all
        if chat is not None and key in _OPEN_KEYS:
            self.chat_chosen.emit(chat.id)
        elif chat is not None and key == Qt.Key.Key_F2:
            self.rename(chat.id)
        elif chat is not None and key == Qt.Key.Key_Delete:
            self.delete_requested.emit(chat.id)
        else:
            super().keyPressEvent(event)

    @override
    def contextMenuEvent(self, event: QContextMenuEvent) -> None:
        index = self.indexAt(event.pos())
        position = event.globalPos()
        if event.reason() == QContextMenuEvent.Reason.Keyboard:
            index = self.currentIndex()
            position = self.viewport().mapToGlobal(self.visualRect(index).center())
        chat = _chat_at(index)
        if chat is not None:
            self.make_menu(chat).popup(position)

    @override
    def focusInEvent(self, event: QFocusEvent) -> None:
        self._rows.has_ring = event.reason() not in _MOUSE_REASONS
        super().focusInEvent(event)
        if not self.currentIndex().isValid():
            self.setCurrentIndex(self._chat_near(0))

    @override
    def focusOutEvent(self, event: QFocusEvent) -> None:
        self._rows.has_ring = False
        super().focusOutEvent(event)

    @override
    def viewportEvent(self, event: QEvent) -> bool:
        if event.type() == QEvent.Type.ToolTip:
            self._tell_whole_title(event)
            return True
        return super().viewportEvent(event)

    def _tell_whole_title(self, event: QEvent) -> None:
        position = event.pos()  # type: ignore[attr-defined] # it is a QHelpEvent
        index = self.indexAt(position)
        chat, mark = _chat_at(index), mark_at(index)
        told = [chat.title] if chat else []
        told += [mark_text(self._words, mark)] if mark is not None else []
        QToolTip.showText(event.globalPos(), "\n".join(told), self)  # type: ignore[attr-defined]

    def _chat_near(self, row: int) -> QModelIndex:
        """The chat in a row, else the next one below, else the next one above."""
        last = self._chats.rowCount()
        for number in (*range(row, last), *range(min(row, last) - 1, -1, -1)):
            index = self._chats.index(number)
            if _chat_at(index) is not None:
                return index
        return QModelIndex()

    def _choose(self, index: QModelIndex) -> None:
        chat = _chat_at(index)
        if chat is not None:
            self.chat_chosen.emit(chat.id)


def _chat_at(index: Index) -> Chat | None:
    chat = index.data(ChatRole.CHAT) if index.isValid() else None
    return chat if isinstance(chat, Chat) else None

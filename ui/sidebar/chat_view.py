"""The list of chats and folders with its keys, its menus and renaming in place."""

from __future__ import annotations

from typing import Final

from PySide6.QtCore import QItemSelection, QItemSelectionModel, QModelIndex, Qt, Signal
from PySide6.QtGui import QContextMenuEvent, QFocusEvent, QKeyEvent, QMouseEvent
from PySide6.QtWidgets import (
    QAbstractItemDelegate,
    QAbstractItemView,
    QFrame,
    QMenu,
    QWidget,
)
from typing_extensions import override

from app.chats.changes import ChatsChanged
from app.chats.ids import ChatId, FolderId
from app.chats.values import Chat, Folder
from app.words import Words
from ui.sidebar.chat_list import ChatListModel
from ui.sidebar.chat_rows import ChatRowDelegate
from ui.sidebar.drag_view import DragView
from ui.sidebar.shelf_keys import ShelfKeys
from ui.sidebar.shelf_menus import ShelfMenus
from ui.sidebar.shelf_rows import ShelfRow
from ui.sidebar.tag_words import folded
from ui.sidebar.wishes import (
    AddFolder,
    DeleteChats,
    FoldFolder,
    PinChats,
    RenameFolder,
    ShelfWish,
    TagChats,
)
from ui.theme.theme import Theme
from ui.theme.tokens import Size

_MOUSE_REASONS: Final = (
    Qt.FocusReason.MouseFocusReason,
    Qt.FocusReason.PopupFocusReason,
    Qt.FocusReason.ActiveWindowFocusReason,
)
_ADDING: Final = Qt.KeyboardModifier.ControlModifier | Qt.KeyboardModifier.ShiftModifier


class ChatListView(DragView):
    """Choose, sort, rename and delete chats and folders.

    A click opens a chat, with Ctrl or Shift it selects one more.  The keys are `ShelfKeys`.

    Signals:
        chat_chosen: (chat_id: ChatId) show it.
        rename_requested: (chat_id: ChatId, title: str) never blank.
        delete_requested: (chat_id: ChatId) take it away.
        wished: (wish: ShelfWish) all else that is wanted of chats and folders.
    """

    chat_chosen = Signal(object)
    rename_requested = Signal(object, str)
    delete_requested = Signal(object)

    def __init__(
        self, model: ChatListModel, theme: Theme, words: Words, parent: QWidget | None = None
    ) -> None:
        super().__init__(model, theme, parent)
        self._words = words
        self._rows = ChatRowDelegate(theme, words, self)
        self._postponed: ChatsChanged | None = None
        self._open: ChatId | None = None
        self._known_folders: set[FolderId] | None = None
        self._to_rename: ChatId | None = None
        self._modifiers = Qt.KeyboardModifier.NoModifier
        self._menus = ShelfMenus(self, model, theme, words, self.wish)
        self._keys = ShelfKeys(self, model)
        self.setModel(model)
        self.setItemDelegate(self._rows)
        self.setAccessibleName(words("Chats"))
        self.setFrameShape(QFrame.Shape.NoFrame)
        self.viewport().setAutoFillBackground(False)
        self.setMouseTracking(True)
        self.setUniformItemSizes(True)
        self.setSelectionMode(QAbstractItemView.SelectionMode.ExtendedSelection)
        self.setEditTriggers(QAbstractItemView.EditTrigger.NoEditTriggers)
        self.setVerticalScrollMode(QAbstractItemView.ScrollMode.ScrollPerPixel)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setMinimumHeight(2 * Size.ROW)
        self.clicked.connect(self._on_clicked)
        self._rows.renamed.connect(self._on_renamed)
        theme.changed.connect(self.scheduleDelayedItemsLayout)

    # ---- what is shown

    def show_chats(self, change: ChatsChanged) -> None:
        """Show a snapshot; waits while a name is being edited, so that no typing is lost."""
        if self.state() == QAbstractItemView.State.EditingState:
            self._postponed = change
            return
        current = self.shelf.row(self.currentIndex())
        number, scrolled = self.currentIndex().row(), self.verticalScrollBar().value()
        selected = self.selected_chats()
        self.shelf.set_chats(change)
        if change.current != self._open or current is None:
            self._open = change.current
            self.go_to(self.shelf.index_of(change.current))
        else:
            self._keep_place(current, number, selected)
            self.verticalScrollBar().setValue(scrolled)
        self._edit_new_folder()
        index = self.shelf.index_of(self._to_rename)
        if index.isValid():
            self._to_rename = None
            self.rename_at(index)

    def first_chat(self) -> Chat | None:
        """The first chat that is shown."""
        count = self.shelf.rowCount()
        rows = (self.shelf.row_at(number) for number in range(count))
        return next((row.chat for row in rows if row is not None and row.chat is not None), None)

    # ---- what is chosen

    def selected_chats(self) -> tuple[ChatId, ...]:
        """The chats that are selected, in the order of the list."""
        found = sorted(self.selectedIndexes(), key=QModelIndex.row)
        rows = (self.shelf.row(index) for index in found)
        return tuple(row.chat.id for row in rows if row is not None and row.chat is not None)

    def chosen_chats(self, row: ShelfRow) -> tuple[Chat, ...]:
        """The chats that something done to a row is done to: it, or all that are selected."""
        if row.chat is None:
            return ()
        selected = self.selected_chats()
        return self.shelf.chats(selected) if row.chat.id in selected else (row.chat,)

    def choose(self, row: ShelfRow) -> None:
        """Open a chat; open or close a folder."""
        if row.chat is not None:
            self.chat_chosen.emit(row.chat.id)
        elif row.folder is not None and row.is_folder and not self.shelf.is_filtered:
            self.wish(FoldFolder(row.folder.id, not row.folder.is_open))

    def wish(self, wanted: ShelfWish) -> None:
        """Say what the user wants."""
        if isinstance(wanted, DeleteChats) and len(wanted.chats) == 1:
            self.delete_requested.emit(wanted.chats[0])
            return
        if isinstance(wanted, AddFolder):
            self._known_folders = {folder.id for folder in self.shelf.folders}
        self.wished.emit(wanted)

    def pin(self, open_chat: ChatId | None) -> None:
        """Pin what is selected here while the focus is, else the chat that is shown; or unpin."""
        row = self.shelf.row(self.currentIndex()) if self.hasFocus() else None
        found = self.shelf.chats((open_chat,) if open_chat is not None else ())
        chats = self.chosen_chats(row) if row is not None else found
        if chats:
            is_pinned = all(chat.is_pinned for chat in chats)
            self.wish(PinChats(tuple(chat.id for chat in chats), not is_pinned))

    def untag_all(self, tag: str) -> None:
        """Take a tag off all chats that have it."""
        tagged = self.shelf.chats_tagged((folded(tag),))
        self.wish(TagChats(tuple(sorted(tagged)), tag, is_on=False))

    def rename(self, chat_id: ChatId) -> None:
        """Open a field over a chat's title; a closed folder around it is opened first."""
        index = self.shelf.index_of(chat_id)
        around = self.shelf.folder_around(chat_id)
        if not index.isValid() and around is not None:
            self._to_rename = chat_id
            self.wish(FoldFolder(around.id, is_open=True))
        self.rename_at(index)

    def go_to(self, index: QModelIndex) -> None:
        """Put the cursor somewhere and select that alone, whatever keys are held down."""
        chosen = QItemSelectionModel.SelectionFlag.ClearAndSelect
        self.selectionModel().setCurrentIndex(index, chosen)

    def rename_at(self, index: QModelIndex) -> None:
        """Open a field over a name."""
        if index.isValid():
            self.go_to(index)
            self.edit(index)

    # ---- menus

    def make_menu(self, row: ShelfRow | None) -> QMenu:
        """What can be done with a row, or where there is none."""
        chats = self.chosen_chats(row) if row is not None else ()
        if chats:
            return self._menus.of_chats(chats, lambda: self.rename(chats[0].id))
        if row is not None and row.folder is not None and row.is_folder:
            index = self.shelf.index_of_folder(row.folder)
            return self._menus.of_folder(row.folder, lambda: self.rename_at(index))
        return self._menus.of_nothing()

    @override
    def contextMenuEvent(self, event: QContextMenuEvent) -> None:
        index, position = self.indexAt(event.pos()), event.globalPos()
        if event.reason() == QContextMenuEvent.Reason.Keyboard:
            index = self.currentIndex()
            position = self.viewport().mapToGlobal(self.visualRect(index).center())
        self.make_menu(self.shelf.row(index)).popup(position)

    # ---- keys, pointer and focus

    @override
    def keyPressEvent(self, event: QKeyEvent) -> None:
        if self.state() == QAbstractItemView.State.EditingState:
            return  # keys that the field did not want, Return above all
        if not self._keys.press(event):
            super().keyPressEvent(event)

    @override
    def mousePressEvent(self, event: QMouseEvent) -> None:
        self._modifiers = event.modifiers()
        super().mousePressEvent(event)

    @override
    def selectionChanged(self, selected: QItemSelection, deselected: QItemSelection) -> None:
        super().selectionChanged(selected, deselected)
        self._rows.has_many = len(self.selectedIndexes()) > 1
        self.viewport().update()

    @override
    def focusInEvent(self, event: QFocusEvent) -> None:
        self._rows.has_ring = event.reason() not in _MOUSE_REASONS
        super().focusInEvent(event)
        if not self.currentIndex().isValid():
            self.go_to(self._near(0))

    @override
    def focusOutEvent(self, event: QFocusEvent) -> None:
        self._rows.has_ring = False
        super().focusOutEvent(event)

    @override
    def closeEditor(self, editor: QWidget, hint: QAbstractItemDelegate.EndEditHint) -> None:
        super().closeEditor(editor, hint)
        if self._postponed is not None:
            change, self._postponed = self._postponed, None
            self.show_chats(change)

    def _on_clicked(self, index: QModelIndex) -> None:
        row = self.shelf.row(index)
        if row is not None and not self._modifiers & _ADDING:
            self.choose(row)

    def _on_renamed(self, thing: Chat | Folder, name: str) -> None:
        if isinstance(thing, Folder):
            self.wish(RenameFolder(thing.id, name))
        else:
            self.rename_requested.emit(thing.id, name)

    def _keep_place(self, current: ShelfRow, number: int, selected: tuple[ChatId, ...]) -> None:
        """The cursor and the selection stay on what they were on, wherever it is now."""
        kept = self.shelf.index_of_row(current)
        self.go_to(kept if kept.isValid() else self._near(number))
        if len(selected) > 1:
            chosen = QItemSelection()
            for index in filter(QModelIndex.isValid, map(self.shelf.index_of, selected)):
                chosen.select(index, index)
            self.selectionModel().select(chosen, QItemSelectionModel.SelectionFlag.Select)

    def _edit_new_folder(self) -> None:
        """A folder that was just made has its name asked for where it stands."""
        known = self._known_folders
        if known is None:
            return
        new = [folder for folder in self.shelf.folders if folder.id not in known]
        if new:
            self._known_folders = None
            index = self.shelf.index_of_folder(new[-1])
            self.scrollTo(index)
            self.setFocus(Qt.FocusReason.OtherFocusReason)
            self.rename_at(index)

    def _near(self, number: int) -> QModelIndex:
        """What can be chosen in a row, else the next such row below, else above."""
        last = self.shelf.rowCount()
        for at in (*range(number, last), *range(min(number, last) - 1, -1, -1)):
            index = self.shelf.index(at)
            if self.shelf.flags(index) & Qt.ItemFlag.ItemIsEnabled:
                return index
        return QModelIndex()

"""The keys of the sidebar's list, beyond those that every list has."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from PySide6.QtCore import QModelIndex, Qt
from PySide6.QtGui import QKeyEvent

from ui.sidebar.chat_list import ChatListModel
from ui.sidebar.shelf_menus import place_above, place_below
from ui.sidebar.shelf_rows import ShelfRow
from ui.sidebar.wishes import DeleteChats, DeleteFolder, FoldFolder

if TYPE_CHECKING:
    from ui.sidebar.chat_view import ChatListView

_OPEN_KEYS: Final = (Qt.Key.Key_Return, Qt.Key.Key_Enter, Qt.Key.Key_Space)
_CTRL, _ALT = Qt.KeyboardModifier.ControlModifier, Qt.KeyboardModifier.AltModifier


class ShelfKeys:
    """Return opens, F2 renames, Delete deletes, Esc ends a selection.

    On a folder Left and Right close and open it, Alt+Up and Alt+Down move it; Left in a folder
    leads to its name.

    Args:
        view: the list.
        model: what is in it.
    """

    def __init__(self, view: ChatListView, model: ChatListModel) -> None:
        self._view = view
        self._model = model

    def press(self, event: QKeyEvent) -> bool:
        """Take a key; False where it is none of these."""
        row = self._model.row(self._view.currentIndex())
        key, modifiers = event.key(), event.modifiers()
        if row is None:
            return False
        if key in _OPEN_KEYS and not modifiers & _CTRL:
            self._view.choose(row)
        elif key == Qt.Key.Key_F2:
            self._view.rename_at(self._view.currentIndex())
        elif key == Qt.Key.Key_Delete:
            self._delete(row)
        elif key == Qt.Key.Key_Escape and len(self._view.selected_chats()) > 1:
            self._view.go_to(self._view.currentIndex())
        elif key in (Qt.Key.Key_Left, Qt.Key.Key_Right) and not modifiers:
            self._step(row, is_open=key == Qt.Key.Key_Right)
        elif key in (Qt.Key.Key_Up, Qt.Key.Key_Down) and modifiers & _ALT and row.is_folder:
            self._move(row, is_up=key == Qt.Key.Key_Up)
        else:
            return False
        return True

    def _delete(self, row: ShelfRow) -> None:
        chats = self._view.chosen_chats(row)
        if chats:
            self._view.wish(DeleteChats(tuple(chat.id for chat in chats)))
        elif row.folder is not None and row.is_folder:
            self._view.wish(DeleteFolder(row.folder.id))

    def _step(self, row: ShelfRow, *, is_open: bool) -> None:
        """Into a folder, or out of it."""
        if row.folder is None:
            return
        if row.is_folder and row.is_open != is_open and not self._model.is_filtered:
            self._view.wish(FoldFolder(row.folder.id, is_open))
        elif row.is_folder and is_open and row.chat_count:
            index = self._view.currentIndex()
            self._go(self._model.index(index.row() + 1))
        elif row.is_inside and not is_open:
            self._go(self._model.index_of_folder(row.folder))

    def _move(self, row: ShelfRow, *, is_up: bool) -> None:
        if row.folder is not None:
            order = [folder.id for folder in self._model.folders]
            place = (place_above if is_up else place_below)(order, row.folder.id)
            if place is not None:
                self._view.wish(place)

    def _go(self, index: QModelIndex) -> None:
        self._view.go_to(index)

"""The way from the sidebar's list to the shelves of the chat service."""

from __future__ import annotations

from PySide6.QtCore import QObject

from ui.chat_commands import Shelving, Trashing
from ui.sidebar.sidebar import Sidebar
from ui.sidebar.wishes import (
    AddFolder,
    ChatInFolder,
    DeleteChats,
    DeleteFolder,
    FoldFolder,
    MoveChats,
    PinChats,
    PlaceFolder,
    RenameFolder,
    ShelfWish,
    TagChats,
)


class ShelfDoor(QObject):
    """Asks the service for what the user wants of folders, pins and tags.

    Args:
        shelves: the service's.
        trash: takes chats away.
        sidebar: where it is wanted; owns this.
    """

    def __init__(self, shelves: Shelving, trash: Trashing, sidebar: Sidebar) -> None:
        super().__init__(sidebar)
        self._shelves = shelves
        self._trash = trash
        self._sidebar = sidebar
        sidebar.chats.wished.connect(self._ask)

    def _ask(self, wish: ShelfWish) -> None:
        match wish:
            case MoveChats():
                self._shelves.move(wish.chats, wish.folder_id)
            case PinChats():
                self._shelves.pin(wish.chats, is_pinned=wish.is_pinned)
            case TagChats():
                self._shelves.tag(wish.chats, wish.tag, is_on=wish.is_on)
            case DeleteChats():
                self._trash.delete_all(wish.chats)
            case _:
                self._ask_of_folder(wish)

    def _ask_of_folder(self, wish: ShelfWish) -> None:
        match wish:
            case ChatInFolder():
                self._sidebar.new_chat_requested.emit()
                self._shelves.begin_chat_in(wish.folder_id)
            case AddFolder():
                self._shelves.add_folder(wish.name, wish.chats)
            case RenameFolder():
                self._shelves.rename_folder(wish.folder_id, wish.name)
            case DeleteFolder():
                self._shelves.delete_folder(wish.folder_id)
            case PlaceFolder():
                self._shelves.place_folder(wish.folder_id, wish.before)
            case FoldFolder():
                self._shelves.fold(wish.folder_id, is_open=wish.is_open)
            case _:
                raise TypeError(wish)

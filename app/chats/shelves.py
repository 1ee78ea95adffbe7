"""Where chats stand in the sidebar: folders, pins and tags."""

from __future__ import annotations

import unicodedata
from collections.abc import Callable, Collection
from typing import Final

from app.chats.background import Background
from app.chats.changes import ShelfDeed, ShelfStep
from app.chats.ids import ChatId, FolderId, is_private
from app.chats.listing import ChatList
from app.chats.store import ChatStore
from app.chats.undo import UndoStack

MOST_CHARACTERS: Final = 60
"""Of a folder's name."""

MOST_TAG_CHARACTERS: Final = 30


class Shelves:
    """Sorts chats.  Confined to the service's thread; `ChatsChanged` follows every change.

    Args:
        background: where the store is.
        chats: the list, which is told anew.
        undo: remembers ways back.
    """

    def __init__(self, background: Background, chats: ChatList, undo: UndoStack) -> None:
        self._background = background
        self._chats = chats
        self._undo = undo

    # ---- folders

    def add_folder(self, name: str, chats: Collection[ChatId] = ()) -> None:
        """Make a folder behind the others, with these chats in it; a blank name makes none."""
        if wanted := folder_name(name):
            self._do(lambda store: store.shelves.add(wanted, chats))

    def rename_folder(self, folder_id: FolderId, name: str) -> None:
        """Give a folder another name; a blank one changes nothing."""
        if wanted := folder_name(name):
            self._do(lambda store: store.shelves.rename(folder_id, wanted))

    def delete_folder(self, folder_id: FolderId) -> None:
        """Take a folder away; its chats go back to the list, and `UndoOffered` follows."""
        now_ms, name = self._chats.clock_ms(), self._name_of(folder_id)
        step = ShelfStep(ShelfDeed.FOLDER_DELETED, name, at_ms=now_ms)

        def deleted(_: None) -> None:
            self._undo.offer(step, lambda: self._do(lambda store: store.shelves.restore(folder_id)))

        self._background.store(lambda store: store.shelves.delete(folder_id, now_ms), deleted)
        self._chats.refresh()

    def place_folder(self, folder_id: FolderId, before: FolderId | None) -> None:
        """Put a folder before another one; None puts it behind all."""
        self._do(lambda store: store.shelves.place(folder_id, before))

    def fold(self, folder_id: FolderId, *, is_open: bool) -> None:
        """List the chats of a folder, or hide them below its name."""
        self._do(lambda store: store.shelves.fold(folder_id, is_open=is_open))

    # ---- chats

    def move(self, chats: Collection[ChatId], folder_id: FolderId | None) -> None:
        """Put chats into a folder, and offer the way back; None takes them out of theirs.

        Private chats stay where they are: folders are kept on disk.
        """
        movable = tuple(one for one in chats if not is_private(one))

        def moved(was: dict[ChatId, FolderId | None]) -> None:
            if was:
                name = self._name_of(folder_id)
                at_ms = self._chats.clock_ms()
                step = ShelfStep(ShelfDeed.CHATS_MOVED, name, len(was), at_ms)
                self._undo.offer(step, lambda: self._do(lambda store: store.shelves.move_back(was)))

        self._background.store(lambda store: store.shelves.move(movable, folder_id), moved)
        self._chats.refresh()

    def pin(self, chats: Collection[ChatId], *, is_pinned: bool) -> None:
        """Put chats at the top of the list, or take them from there."""
        self._do(lambda store: store.shelves.pin(chats, is_pinned=is_pinned))

    def tag(self, chats: Collection[ChatId], tag: str, *, is_on: bool) -> None:
        """Put a tag on chats, or take it off; a blank one changes nothing."""
        if wanted := tag_name(tag):
            self._do(lambda store: store.shelves.tag(chats, self._as_known(wanted), is_on=is_on))

    def _as_known(self, tag: str) -> str:
        """The tag as it is written already, where it is."""
        known = (one for chat in self._chats.chats for one in chat.tags)
        return next((one for one in known if one.casefold() == tag.casefold()), tag)

    def _name_of(self, folder_id: FolderId | None) -> str:
        return next((one.name for one in self._chats.folders if one.id == folder_id), "")

    def _do(self, change: Callable[[ChatStore], object]) -> None:
        self._background.store(change)
        self._chats.refresh()


def folder_name(text: str) -> str:
    """A name as a folder can have it, or ""."""
    return " ".join(text.split())[:MOST_CHARACTERS].strip()


def tag_name(text: str) -> str:
    """A tag as a chat can have it, or "": one line without the sign before it."""
    words = unicodedata.normalize("NFC", " ".join(text.split())).lstrip("#").strip()
    return words[:MOST_TAG_CHARACTERS].strip()

"""Where chats stand in the sidebar: folders, pins and tags."""

from __future__ import annotations

import unicodedata
from collections.abc import Callable, Collection
from typing import Final

from app.chats.background import Background
from app.chats.changes import ChatChange, ChatOpened, ShelfDeed, ShelfStep
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
        subscribe: calls back with every change; among them is which chat is shown.
    """

    def __init__(
        self,
        background: Background,
        chats: ChatList,
        undo: UndoStack,
        subscribe: Callable[[Callable[[ChatChange], None]], object],
    ) -> None:
        self._background = background
        self._chats = chats
        self._undo = undo
        self._aim: FolderId | None = None
        subscribe(self._hear)

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

    def begin_chat_in(self, folder_id: FolderId) -> None:
        """The new chat that is shown now goes into this folder, once something is said in it."""
        self._aim = folder_id

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
        """Put a tag on chats, or take it off with a way back; a blank one changes nothing."""
        known = self._as_known(tag_name(tag))
        if known and is_on:
            self._do(lambda store: store.shelves.tag(chats, known, is_on=True))
        elif known:
            self._untag(known, chats)

    def _untag(self, tag: str, chats: Collection[ChatId]) -> None:
        had = tuple(
            one.id
            for one in self._chats.chats
            if one.id in chats and tag.casefold() in map(str.casefold, one.tags)
        )
        step = ShelfStep(ShelfDeed.TAG_REMOVED, tag, len(had), self._chats.clock_ms())

        def removed(_: None) -> None:
            self._undo.offer(step, lambda: self.tag(had, tag, is_on=True))

        if had:
            self._background.store(lambda store: store.shelves.tag(had, tag, is_on=False), removed)
            self._chats.refresh()

    def _as_known(self, tag: str) -> str:
        """The tag as it is written already, where it is."""
        known = (one for chat in self._chats.chats for one in chat.tags)
        return next((one for one in known if one.casefold() == tag.casefold()), tag)

    def _hear(self, change: ChatChange) -> None:
        """A chat that is told of without messages is one that was just begun."""
        if not isinstance(change, ChatOpened):
            return
        aim, self._aim = self._aim, None
        if aim is not None and change.chat is not None and not change.messages:
            chat_id = change.chat.id
            self._do(lambda store: store.shelves.move((chat_id,), aim))

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

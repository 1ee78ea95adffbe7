"""Where chats stand in the sidebar: folders, pins and tags."""

from __future__ import annotations

import unicodedata
from collections.abc import Callable, Collection
from typing import Final

from app.chats.background import Background
from app.chats.ids import ChatId, FolderId
from app.chats.listing import ChatList
from app.chats.store import ChatStore

MOST_CHARACTERS: Final = 60
"""Of a folder's name."""

MOST_TAG_CHARACTERS: Final = 30


class Shelves:
    """Sorts chats.  Confined to the service's thread; `ChatsChanged` follows every change.

    Args:
        background: where the store is.
        chats: the list, which is told anew.
    """

    def __init__(self, background: Background, chats: ChatList) -> None:
        self._background = background
        self._chats = chats

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
        """Take a folder away; its chats go back to the list."""
        now_ms = self._chats.clock_ms()
        self._do(lambda store: store.shelves.delete(folder_id, now_ms))

    def place_folder(self, folder_id: FolderId, before: FolderId | None) -> None:
        """Put a folder before another one; None puts it behind all."""
        self._do(lambda store: store.shelves.place(folder_id, before))

    def fold(self, folder_id: FolderId, *, is_open: bool) -> None:
        """List the chats of a folder, or hide them below its name."""
        self._do(lambda store: store.shelves.fold(folder_id, is_open=is_open))

    # ---- chats

    def move(self, chats: Collection[ChatId], folder_id: FolderId | None) -> None:
        """Put chats into a folder; None takes them out of theirs."""
        self._do(lambda store: store.shelves.move(chats, folder_id))

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

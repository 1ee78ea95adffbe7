"""Folders, pins and tags of a service without a store."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass, replace
from typing import Any, Protocol

from app.chats.ids import ChatId, FolderId
from app.chats.values import Chat, Folder


class Listed(Protocol):
    """Who has the list."""

    chats: list[Chat]
    folders: list[Folder]
    commands: list[tuple[object, ...]]

    def tell_chats(self) -> None: ...


@dataclass
class FakeShelves:
    """Sorts the chats of a list as the real shelves do."""

    of: Listed

    def add_folder(self, name: str, chats: Collection[ChatId] = ()) -> None:
        self.of.folders.append(Folder(FolderId(len(self.of.folders) + 1), name))
        self.move(chats, self.of.folders[-1].id)

    def rename_folder(self, folder_id: FolderId, name: str) -> None:
        self._change_folder(folder_id, name=name)

    def delete_folder(self, folder_id: FolderId) -> None:
        self.of.folders = [one for one in self.of.folders if one.id != folder_id]
        self.of.tell_chats()

    def place_folder(self, folder_id: FolderId, before: FolderId | None) -> None:
        moved = next(one for one in self.of.folders if one.id == folder_id)
        self.of.folders.remove(moved)
        order = [one.id for one in self.of.folders]
        self.of.folders.insert(order.index(before) if before else len(order), moved)
        self.of.tell_chats()

    def begin_chat_in(self, folder_id: FolderId) -> None:
        self.of.commands.append(("begin_chat_in", folder_id))

    def fold(self, folder_id: FolderId, *, is_open: bool) -> None:
        self._change_folder(folder_id, is_open=is_open)

    def move(self, chats: Collection[ChatId], folder_id: FolderId | None) -> None:
        self._change_chats(chats, folder_id=folder_id)

    def pin(self, chats: Collection[ChatId], *, is_pinned: bool) -> None:
        self._change_chats(chats, is_pinned=is_pinned)

    def tag(self, chats: Collection[ChatId], tag: str, *, is_on: bool) -> None:
        self._change_chats(chats, tags=(tag,) if is_on else ())

    def delete_all(self, chat_ids: Collection[ChatId]) -> None:
        self.of.commands.append(("delete_all", tuple(chat_ids)))
        self.of.chats = [one for one in self.of.chats if one.id not in chat_ids]
        self.of.tell_chats()

    def _change_folder(self, folder_id: FolderId, **fields: Any) -> None:
        self.of.folders = [
            replace(one, **fields) if one.id == folder_id else one for one in self.of.folders
        ]
        self.of.tell_chats()

    def _change_chats(self, chats: Collection[ChatId], **fields: Any) -> None:
        self.of.chats = [
            replace(one, **fields) if one.id in chats else one for one in self.of.chats
        ]
        self.of.tell_chats()

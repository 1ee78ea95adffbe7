"""Chats and folders that are dragged: what is carried, and where it would fall.

Only numbers are carried, never words: nothing can be dropped into another program.
"""

from __future__ import annotations

import json
import os
from dataclasses import dataclass
from typing import Final

from PySide6.QtCore import QMimeData

from app.chats.ids import ChatId, FolderId
from app.chats.values import Chat, Folder
from ui.sidebar.chat_list import ChatListModel
from ui.sidebar.shelf_rows import ShelfRow
from ui.sidebar.wishes import Chats, MoveChats, PinChats, PlaceFolder, ShelfWish

MIME_TYPE: Final = "application/x-sotto-shelf"


@dataclass(frozen=True, slots=True)
class Load:
    """What is dragged: chats, or one folder."""

    chats: Chats = ()
    folder_id: FolderId | None = None

    def pack(self) -> QMimeData:
        """As Qt carries it."""
        data = QMimeData()
        fields = {"chats": list(self.chats), "folder": self.folder_id, "process": os.getpid()}
        data.setData(MIME_TYPE, json.dumps(fields).encode())
        return data

    @classmethod
    def unpack(cls, data: QMimeData) -> Load | None:
        """What Qt carries; None where it is anything else, or of another history."""
        if not data.hasFormat(MIME_TYPE):
            return None
        try:
            fields = json.loads(bytes(data.data(MIME_TYPE).data()))
            chats = tuple(ChatId(int(one)) for one in fields["chats"])
            folder = fields["folder"]
            if fields["process"] != os.getpid():
                return None
            return cls(chats, FolderId(int(folder)) if folder is not None else None)
        except (ValueError, TypeError, KeyError):
            return None


@dataclass(frozen=True, slots=True)
class DropPlace:
    """Where what is dragged would fall.

    Attributes:
        wishes: what the drop asks for; never empty.
        first, last: the rows that are marked, by their numbers.
        is_line: only a line above `first` is marked, or below `last` where that is less.
    """

    wishes: tuple[ShelfWish, ...]
    first: int
    last: int
    is_line: bool = False


def drop_place(
    model: ChatListModel, load: Load, number: int, *, is_lower_half: bool
) -> DropPlace | None:
    """Where a load falls when it is let go over a row; None where nothing would change.

    Args:
        model: the list.
        load: what is dragged.
        number: of the row; -1 is below all.
        is_lower_half: the pointer is in the lower half of the row.
    """
    row = model.row_at(number)
    if load.folder_id is not None:
        folder = row.folder if row is not None else None
        is_pinned = row is not None and _area(model, number) == "pinned"
        before = _folder_before(model, row, folder, is_lower_half=is_lower_half, is_top=is_pinned)
        return _between(model, load.folder_id, before)
    chats = model.chats(load.chats)
    if row is not None and row.folder is not None:
        return _into_folder(model, chats, row.folder)
    if row is not None and _area(model, number) == "pinned":
        new = tuple(chat.id for chat in chats if not chat.is_pinned)
        first, last = _stretch(model, number)
        return DropPlace((PinChats(new, is_pinned=True),), first, last) if new else None
    return _into_list(model, chats)


def _into_folder(model: ChatListModel, chats: tuple[Chat, ...], folder: Folder) -> DropPlace | None:
    wishes = _unpinned(chats)
    new = tuple(chat.id for chat in chats if chat.folder_id != folder.id)
    if new:
        wishes.append(MoveChats(new, folder.id))
    first = model.index_of_folder(folder).row()
    last = first
    while (row := model.row_at(last + 1)) is not None and row.is_inside:
        last += 1
    return DropPlace(tuple(wishes), first, last) if wishes else None


def _into_list(model: ChatListModel, chats: tuple[Chat, ...]) -> DropPlace | None:
    wishes = _unpinned(chats)
    new = tuple(chat.id for chat in chats if chat.folder_id is not None)
    if new:
        wishes.append(MoveChats(new, None))
    count = model.rowCount()
    first = next((at for at in range(count) if _area(model, at) == "days"), count)
    return DropPlace(tuple(wishes), first, count - 1, is_line=first >= count) if wishes else None


def _unpinned(chats: tuple[Chat, ...]) -> list[ShelfWish]:
    """A chat that is put somewhere else by hand is to be seen there."""
    pinned = tuple(chat.id for chat in chats if chat.is_pinned)
    return [PinChats(pinned, is_pinned=False)] if pinned else []


def _folder_before(
    model: ChatListModel,
    row: ShelfRow | None,
    folder: Folder | None,
    *,
    is_lower_half: bool,
    is_top: bool,
) -> FolderId | None:
    """The folder that the dragged one would stand before; None is behind all."""
    order = [one.id for one in model.folders]
    if folder is None or row is None:
        return order[0] if is_top and order else None
    at = order.index(folder.id)
    if row.is_folder and not is_lower_half:
        return order[at]
    return order[at + 1] if at + 1 < len(order) else None


def _between(
    model: ChatListModel, folder_id: FolderId, before: FolderId | None
) -> DropPlace | None:
    order = [one.id for one in model.folders]
    if folder_id not in order:
        return None
    at = order.index(folder_id)
    stands_before = order[at + 1] if at + 1 < len(order) else None
    if before in (folder_id, stands_before):
        return None
    wishes = (PlaceFolder(folder_id, before),)
    if before is not None:
        first = model.index_of_folder(model.folders[order.index(before)]).row()
        return DropPlace(wishes, first, first, is_line=True)
    count = model.rowCount()
    end = next((at for at in range(count) if _area(model, at) == "days"), count)
    return DropPlace(wishes, end, end - 1, is_line=True)


def _area(model: ChatListModel, number: int) -> str:
    """What part of the list a row is in: "pinned", "folders" or "days"."""
    row = model.row_at(number)
    if row is not None and row.folder is not None:
        return "folders"
    below = model.row_at(number + 1)  # a heading is told by what is below it
    chat = row.chat if row is not None and row.chat is not None else below and below.chat
    return "pinned" if chat is not None and chat.is_pinned else "days"


def _stretch(model: ChatListModel, number: int) -> tuple[int, int]:
    """The first and last row of the pinned chats."""
    first = last = number
    while first > 0 and _area(model, first - 1) == "pinned":
        first -= 1
    while last + 1 < model.rowCount() and _area(model, last + 1) == "pinned":
        last += 1
    return first, last

"""What a user wants done with chats and folders of the sidebar.  Frozen values."""

from __future__ import annotations

from dataclasses import dataclass

from app.chats.ids import ChatId, FolderId

Chats = tuple[ChatId, ...]


@dataclass(frozen=True, slots=True)
class MoveChats:
    """Put chats into a folder; None takes them out of theirs."""

    chats: Chats
    folder_id: FolderId | None


@dataclass(frozen=True, slots=True)
class PinChats:
    """Put chats at the top, or take them from there."""

    chats: Chats
    is_pinned: bool


@dataclass(frozen=True, slots=True)
class TagChats:
    """Put a tag on chats, or take it off."""

    chats: Chats
    tag: str
    is_on: bool


@dataclass(frozen=True, slots=True)
class DeleteChats:
    """Take several chats away."""

    chats: Chats


@dataclass(frozen=True, slots=True)
class AddFolder:
    """Make a folder with these chats in it."""

    name: str
    chats: Chats = ()


@dataclass(frozen=True, slots=True)
class RenameFolder:
    """Give a folder another name, which is not blank."""

    folder_id: FolderId
    name: str


@dataclass(frozen=True, slots=True)
class DeleteFolder:
    """Take a folder away; its chats stay."""

    folder_id: FolderId


@dataclass(frozen=True, slots=True)
class PlaceFolder:
    """Put a folder before another one; None puts it behind all."""

    folder_id: FolderId
    before: FolderId | None


@dataclass(frozen=True, slots=True)
class FoldFolder:
    """List a folder's chats, or hide them."""

    folder_id: FolderId
    is_open: bool


@dataclass(frozen=True, slots=True)
class ChatInFolder:
    """Begin a chat in a folder."""

    folder_id: FolderId


ShelfWish = (
    ChatInFolder
    | MoveChats
    | PinChats
    | TagChats
    | DeleteChats
    | AddFolder
    | RenameFolder
    | DeleteFolder
    | PlaceFolder
    | FoldFolder
)

"""What was deleted and can be brought back.  Frozen values."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

from app.chats.changes import DeletedMessages, UndoSubject
from app.chats.ids import ChatId
from app.chats.values import Chat

KEEP_DELETED_MS: Final = 30 * 24 * 60 * 60 * 1000
"""What was deleted can be brought back for 30 days."""


@dataclass(frozen=True, slots=True)
class TrashedChat:
    """A deleted chat.

    Attributes:
        deleted_ms: Unix time in milliseconds, UTC.
    """

    chat: Chat
    deleted_ms: int

    @property
    def purge_ms(self) -> int:
        """Unix time in milliseconds after which it is destroyed, at the next look."""
        return self.deleted_ms + KEEP_DELETED_MS


@dataclass(frozen=True, slots=True)
class BroughtBack:
    """Parts of a chat that are there again.

    Attributes:
        chat_id: whose.
        numbers: of their deletions: the one that was asked for, and those of what it follows.
    """

    chat_id: ChatId
    numbers: frozenset[int]

    def has(self, subject: UndoSubject) -> bool:
        """Whether something that could be undone is among them."""
        return isinstance(subject, DeletedMessages) and subject.number in self.numbers

"""What was deleted and can be brought back.  Frozen values."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

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

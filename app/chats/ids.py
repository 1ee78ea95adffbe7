"""What chats and messages are known by."""

from __future__ import annotations

from typing import Final, NewType

ChatId = NewType("ChatId", int)
MessageId = NewType("MessageId", int)
FolderId = NewType("FolderId", int)

FIRST_PRIVATE: Final = 2**30
"""Chats and messages that are kept in memory only have ids from here on, so that an id says where
it belongs.  No history on disk gets as far; it fits the 32 bits of a Qt signal."""


def is_private(number: int) -> bool:
    """Whether what has this id is kept in memory only."""
    return number >= FIRST_PRIVATE

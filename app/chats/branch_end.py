"""The end of a long branch, which is shown before the whole is read.  Storage thread only."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

from app.chats.database import Database
from app.chats.ids import ChatId
from app.chats.rows import SELECT_MESSAGES, read_messages
from app.chats.values import Message

LONG_MESSAGES: Final = 300
"""Shorter branches are read at once."""

END_MESSAGES: Final = 24
"""More than any window shows at its end."""

_WITH_BRANCH: Final = """
    WITH RECURSIVE branch (id, parent, number) AS (
        SELECT id, parent_id, 1 FROM message WHERE chat_id = ?1
            AND id = (SELECT leaf_id FROM chat WHERE id = ?1)
        UNION ALL
        SELECT message.id, message.parent_id, number + 1
            FROM branch JOIN message ON message.id = branch.parent
    )
"""
_LENGTH: Final = f"{_WITH_BRANCH} SELECT max(number) FROM branch"  # noqa: S608 - our own words
_END: Final = (
    f"{_WITH_BRANCH} {SELECT_MESSAGES} WHERE id IN"  # noqa: S608 - as above
    " (SELECT id FROM branch WHERE number <= ?2) ORDER BY id"
)


@dataclass(frozen=True, slots=True)
class BranchEnd:
    """The last messages of a branch.

    Attributes:
        earlier: how many stand before them.
    """

    messages: tuple[Message, ...]
    earlier: int


def branch_end(database: Database, chat_id: ChatId) -> BranchEnd | None:
    """The end of the branch that a chat shows; None where it is short.

    Raises:
        StorageError: SQLite refuses.
    """
    found = database.rows(_LENGTH, (chat_id,))
    length = max((row[0] or 0 for row in found), default=0)
    if length < LONG_MESSAGES:
        return None
    end = read_messages(database, _END, (chat_id, END_MESSAGES))
    return BranchEnd(end, length - len(end))

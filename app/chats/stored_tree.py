"""The tree of a chat's messages in the database: its forks and the branch that is shown.

Storage thread only.
"""

from __future__ import annotations

from itertools import groupby
from typing import Any, Final

from app.chats.branch_places import Forks
from app.chats.database import Database
from app.chats.ids import ChatId, MessageId
from app.chats.rows import SELECT_MESSAGES, gone, read_messages, remember_branch
from app.chats.values import Chat, Message

# At each message the way that was shown last, else the newest.  A child's id is greater than
# its parent's, so the last one that is reached has the greatest.
_LEAF_BELOW: Final = """
    WITH RECURSIVE way (id) AS (
        SELECT ?1
        UNION ALL
        SELECT coalesce(
            (SELECT child.id FROM message AS child
                WHERE child.id = message.shown_child_id AND child.deletion_id IS NULL),
            (SELECT max(child.id) FROM message AS child
                WHERE child.chat_id = message.chat_id AND child.parent_id = message.id
                AND child.deletion_id IS NULL))
        FROM way JOIN message ON message.id = way.id
    )
    SELECT max(id) FROM way
"""


class StoredTree:
    """Each method is one transaction, as in `ChatStore`.

    A deleted message, and what follows it, is in no fork and on no branch.

    Args:
        database: the history's.
    """

    def __init__(self, database: Database) -> None:
        self._database = database

    def forks(self, chat_id: ChatId) -> Forks:
        """Where a chat forks."""
        # `+` keeps SQLite from looking for the parents one by one: reading the chat's part of
        # the index from end to end is faster.
        rows = self._database.rows(
            "SELECT parent_id, id FROM message WHERE chat_id = ?1 AND deletion_id IS NULL"
            " AND +coalesce(parent_id, 0) IN (SELECT coalesce(parent_id, 0) FROM message"
            " WHERE chat_id = ?1 AND deletion_id IS NULL GROUP BY parent_id"
            " HAVING count(*) > 1) ORDER BY parent_id, id",
            (chat_id,),
        )
        groups = groupby(rows, key=lambda row: row[0])
        return {parent: tuple(MessageId(row[1]) for row in group) for parent, group in groups}

    def siblings(self, message_id: MessageId) -> tuple[Message, ...]:
        """A message and those that could stand in its place, the oldest first; () if deleted."""
        place = self._database.rows(
            "SELECT chat_id, parent_id FROM message WHERE id = ? AND deletion_id IS NULL",
            (message_id,),
        )
        return read_messages(
            self._database,
            f"{SELECT_MESSAGES} WHERE chat_id = ? AND parent_id IS ? AND deletion_id IS NULL"
            " ORDER BY id",
            place[0] if place else (None, None),
        )

    def show(self, chat_id: ChatId, message_id: MessageId) -> None:
        """Make the branch that was shown last below a message the chat's branch.

        Raises:
            StorageError: there is no such message in this chat, or it was deleted.
        """
        with self._database.transaction():
            found = self._database.rows(
                "SELECT 1 FROM message WHERE chat_id = ? AND id = ? AND deletion_id IS NULL",
                (chat_id, message_id),
            )
            if not found:
                raise gone()
            move_leaf(self._database, chat_id, leaf_below(self._database, message_id))

    def copy(self, chat_id: ChatId, leaf_id: MessageId, made_ms: int) -> Chat:
        """Make a chat of the branch that ends with a message (`app.chats.chat_copy`).

        Raises:
            StorageError: the chat or the message is no longer there.
        """
        from app.chats.chat_copy import copy_chat  # noqa: PLC0415 - few starts need it

        with self._database.transaction():
            return copy_chat(self._database, chat_id, leaf_id, made_ms)


def leaf_below(database: Database, message_id: MessageId) -> MessageId:
    """The end of the branch that was shown last below a message, or the message itself."""
    rows: list[tuple[Any, ...]] = database.rows(_LEAF_BELOW, (message_id,))
    return MessageId(rows[0][0])


def move_leaf(database: Database, chat_id: ChatId, leaf_id: MessageId | None) -> None:
    """Show another branch of a chat, and remember the one there was.  In a transaction.

    Args:
        database: the history.
        chat_id: whose branch.
        leaf_id: its new end; None is the place before any message.
    """
    remember_branch(database, chat_id, leaf_id)
    database.rows("UPDATE chat SET leaf_id = ? WHERE id = ?", (leaf_id, chat_id))

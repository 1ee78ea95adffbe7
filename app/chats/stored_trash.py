"""What was deleted, in the database: whole chats and parts of chats.  Storage thread only."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any, Final

from app.chats.changes import DeletedMessages
from app.chats.database import Database
from app.chats.ids import ChatId, MessageId
from app.chats.rows import (
    SELECT_CHATS,
    SELECT_MESSAGES,
    gone,
    read_messages,
    remember_branch,
    to_chat,
)
from app.chats.stored_tree import leaf_below
from app.chats.trash_values import BroughtBack, TrashedChat

_SHOWN_CHARACTERS: Final = 200

# CROSS keeps SQLite from going through the whole chat for each message below.
_BELOW: Final = """
    WITH RECURSIVE below (id) AS (
        SELECT ?1 UNION ALL
        SELECT message.id FROM below CROSS JOIN message
            ON message.chat_id = ?2 AND message.parent_id = below.id
    )
"""
_MARK_BELOW: Final = f"""{_BELOW} UPDATE message SET deletion_id = ?3
    WHERE id IN (SELECT id FROM below) AND deletion_id IS NULL
"""  # noqa: S608 - our own words
_PURGE_BELOW: Final = f"{_BELOW} DELETE FROM message WHERE id IN (SELECT id FROM below)"  # noqa: S608 - as above
_SELECT_DELETIONS: Final = """
    SELECT id, chat_id, message_id, deleted_ms,
        (SELECT count(*) FROM message WHERE deletion_id = deletion.id),
        (SELECT deleted_ms IS NOT NULL FROM chat WHERE id = chat_id) AS is_of_deleted_chat
    FROM deletion
"""


class StoredTrash:
    """Each method is one transaction, as in `ChatStore`.

    Args:
        database: the history's.
        scour: destroys what is left elsewhere of messages that are gone, and empties the log.
    """

    def __init__(self, database: Database, scour: Callable[[], object]) -> None:
        self._database = database
        self._scour = scour

    def chats(self) -> tuple[TrashedChat, ...]:
        """The deleted chats, the one that was deleted last first."""
        columns = SELECT_CHATS.replace(" FROM chat", ", deleted_ms FROM chat")
        rows = self._database.rows(
            f"{columns} WHERE deleted_ms IS NOT NULL ORDER BY deleted_ms DESC, id DESC"
        )
        return tuple(TrashedChat(to_chat(row[:-1]), row[-1]) for row in rows)

    def parts(self) -> tuple[DeletedMessages, ...]:
        """The deleted parts of chats that are there, the one that was deleted last first."""
        rows = self._database.rows(
            f"{_SELECT_DELETIONS} WHERE NOT is_of_deleted_chat ORDER BY id DESC"
        )
        return tuple(self._part(row) for row in rows)

    def delete_messages(self, message_id: MessageId, deleted_ms: int) -> DeletedMessages:
        """Take a message and all that follows it out of sight; its chat stays.

        Where they were on the branch that is shown, a sibling takes its place, the one before it
        rather than the one behind; else the branch ends before it.

        Raises:
            StorageError: there is no such message, or it was deleted in the meantime.
        """
        with self._database.transaction():
            rows = self._database.rows(
                "SELECT chat_id, parent_id FROM message WHERE id = ? AND deletion_id IS NULL"
                " AND EXISTS (SELECT 1 FROM chat WHERE id = chat_id AND deleted_ms IS NULL)",
                (message_id,),
            )
            if not rows:
                raise gone()
            chat_id, parent_id = rows[0]
            # All of the branch there is, so that undoing this comes back to its very end.
            remember_branch(self._database, chat_id, None)
            number = self._database.rows(
                "INSERT INTO deletion (chat_id, message_id, deleted_ms) VALUES (?, ?, ?)"
                " RETURNING id",
                (chat_id, message_id, deleted_ms),
            )[0][0]
            self._database.rows(_MARK_BELOW, (message_id, chat_id, number))
            self._leave(chat_id, parent_id, message_id)
            row = self._database.rows(f"{_SELECT_DELETIONS} WHERE id = ?", (number,))[0]
            return self._part(row)

    def restore_messages(self, number: int) -> BroughtBack:
        """Bring a deleted part back, and show it.

        Where a message before it was deleted as well, that part comes back, too: nothing can be
        seen without what it follows.

        Raises:
            StorageError: it was purged in the meantime, or is back already.
        """
        with self._database.transaction():
            chat_id, message_id, above = self._mark_as_back(number)
            numbers = {number}
            while above is not None:
                numbers.add(above)
                _, _, above = self._mark_as_back(above)
            leaf = leaf_below(self._database, message_id)
            remember_branch(self._database, chat_id, leaf)
            self._database.rows("UPDATE chat SET leaf_id = ? WHERE id = ?", (leaf, chat_id))
            return BroughtBack(chat_id, frozenset(numbers))

    def _mark_as_back(self, number: int) -> tuple[ChatId, MessageId, int | None]:
        """Undo a deletion; returns its chat, its message and the deletion of what that follows."""
        rows = self._database.rows(
            "DELETE FROM deletion WHERE id = ? RETURNING chat_id, message_id", (number,)
        )
        if not rows:
            raise gone()
        self._database.rows(
            "UPDATE message SET deletion_id = NULL WHERE deletion_id = ?", (number,)
        )
        chat_id, message_id = rows[0]
        above = self._database.rows(
            "SELECT parent.deletion_id FROM message JOIN message AS parent"
            " ON parent.id = message.parent_id WHERE message.id = ?",
            (message_id,),
        )
        return chat_id, message_id, above[0][0] if above else None

    def purge_chat(self, chat_id: ChatId) -> None:
        """Destroy a deleted chat; one that is not deleted, or not there, is left alone."""
        with self._database.transaction():
            self._database.rows(
                "DELETE FROM chat WHERE id = ? AND deleted_ms IS NOT NULL", (chat_id,)
            )
        self._scour()

    def purge_messages(self, number: int) -> None:
        """Destroy a deleted part, with what was deleted below it before."""
        with self._database.transaction():
            self._purge_parts(
                self._database.rows(
                    "DELETE FROM deletion WHERE id = ? RETURNING message_id, chat_id", (number,)
                )
            )
        self._scour()

    def purge(self, before_ms: int) -> int:
        """Destroy what was deleted before a time; returns how many chats and parts.

        What they held is overwritten in the file and its log; in a large history the last of
        their words go from the index of the search soon afterwards.
        """
        with self._database.transaction():
            chats = self._database.rows(
                "DELETE FROM chat WHERE deleted_ms < ? RETURNING id", (before_ms,)
            )
            parts = self._database.rows(
                "DELETE FROM deletion WHERE deleted_ms < ? RETURNING message_id, chat_id",
                (before_ms,),
            )
            self._purge_parts(parts)
        if chats or parts:
            self._scour()
        return len(chats) + len(parts)

    def _purge_parts(self, parts: Sequence[tuple[Any, ...]]) -> None:
        """Destroy all from these messages (with their chats) on."""
        for part in parts:
            self._database.rows(_PURGE_BELOW, part)
        if parts:  # what was deleted below them before went with them
            self._database.rows(
                "DELETE FROM deletion WHERE NOT EXISTS"
                " (SELECT 1 FROM message WHERE message.id = message_id)"
            )

    def _leave(self, chat_id: int, parent_id: MessageId | None, message_id: MessageId) -> None:
        """If a chat's branch has just lost its end, give it another one."""
        is_lost = self._database.rows(
            "SELECT 1 FROM chat JOIN message ON message.id = leaf_id"
            " WHERE chat.id = ? AND deletion_id IS NOT NULL",
            (chat_id,),
        )
        if not is_lost:
            return
        near = self._database.rows(
            "SELECT id FROM message WHERE chat_id = ? AND parent_id IS ? AND deletion_id IS NULL"
            " ORDER BY id > ?3, abs(id - ?3) LIMIT 1",
            (chat_id, parent_id, message_id),
        )
        leaf = leaf_below(self._database, near[0][0]) if near else parent_id
        self._database.rows("UPDATE chat SET leaf_id = ? WHERE id = ?", (leaf, chat_id))

    def _part(self, row: tuple[Any, ...]) -> DeletedMessages:
        number, chat_id, message_id, deleted_ms, count, _ = row
        chat = to_chat(self._database.rows(f"{SELECT_CHATS} WHERE id = ?", (chat_id,))[0])
        (message,) = read_messages(self._database, f"{SELECT_MESSAGES} WHERE id = ?", (message_id,))
        text = " ".join(message.text.split())[:_SHOWN_CHARACTERS]
        return DeletedMessages(number, chat, message_id, message.role, text, count, deleted_ms)

"""Chats and messages in the database.  Storage thread only; rows never leave this module."""

from __future__ import annotations

import json
from dataclasses import asdict, replace
from typing import Any, Final

from app.chats.database import Database, StorageError
from app.chats.values import (
    Chat,
    ChatId,
    Message,
    MessageId,
    MessageRole,
    MessageStatus,
    Problem,
)
from app.chats.writer import Writer
from engine.analysis_filter import ThoughtPiece, WithheldKind
from engine.events import Usage
from engine.harmony.messages import Effort

_SELECT_CHATS: Final = "SELECT id, title, created_ms, updated_ms, leaf_id FROM chat"
_SELECT_MESSAGES: Final = (
    "SELECT id, chat_id, parent_id, role, text, created_ms, status, effort, preamble,"
    " thoughts, usage, problem FROM message"
)
_WITH_BRANCH: Final = """
    WITH RECURSIVE branch (id, parent) AS (
        SELECT id, parent_id FROM message WHERE chat_id = ?1
            AND id = coalesce(?2, (SELECT leaf_id FROM chat WHERE id = ?1))
        UNION ALL
        SELECT message.id, message.parent_id FROM branch JOIN message ON message.id = branch.parent
    )
"""
# Not a join: SQLite would read all messages of all chats and look each up in the branch.
_IN_BRANCH: Final = "WHERE id IN (SELECT id FROM branch)"


class ChatStore:
    """Read and write chats; every method is one transaction, committed when it returns.

    Several processes may have a store over the same file.

    Args:
        database: opened on the storage thread; closed by `close`.
        writer: who this store is to other processes.

    Raises:
        StorageError: from every method, when SQLite refuses; then nothing was changed.
    """

    def __init__(self, database: Database, writer: Writer | None = None) -> None:
        self._database = database
        self._writer = str(writer or Writer.of_this_process())

    # ---- chats

    def chats(self) -> tuple[Chat, ...]:
        """All chats that are not deleted, the one with the newest message first."""
        rows = self._database.rows(
            f"{_SELECT_CHATS} WHERE deleted_ms IS NULL ORDER BY updated_ms DESC, id DESC"
        )
        return tuple(_chat(row) for row in rows)

    def chat(self, chat_id: ChatId) -> Chat | None:
        """A chat that is not deleted."""
        rows = self._database.rows(
            f"{_SELECT_CHATS} WHERE id = ? AND deleted_ms IS NULL", (chat_id,)
        )
        return _chat(rows[0]) if rows else None

    def find_chat_by_title(self, title: str) -> Chat | None:
        """The chat of exactly this title; of several, the one with the newest message."""
        rows = self._database.rows(
            f"{_SELECT_CHATS} WHERE title = ? AND deleted_ms IS NULL"
            " ORDER BY updated_ms DESC, id DESC LIMIT 1",
            (title,),
        )
        return _chat(rows[0]) if rows else None

    def create_chat(self, title: str, created_ms: int) -> Chat:
        """Add an empty chat.

        Args:
            title: not empty.
            created_ms: Unix time in milliseconds, UTC.
        """
        with self._database.transaction():
            return self._insert_chat(title, created_ms)

    def rename_chat(self, chat_id: ChatId, title: str) -> None:
        """Give a chat another title, which is not empty."""
        with self._database.transaction():
            self._database.rows(
                "UPDATE chat SET title = ? WHERE id = ?", (_storable(title), chat_id)
            )

    def delete_chat(self, chat_id: ChatId, deleted_ms: int) -> None:
        """Take a chat out of sight; `restore_chat` brings it back until it is purged."""
        with self._database.transaction():
            self._database.rows(
                "UPDATE chat SET deleted_ms = ? WHERE id = ? AND deleted_ms IS NULL",
                (deleted_ms, chat_id),
            )

    def restore_chat(self, chat_id: ChatId) -> None:
        """Bring a deleted chat back with everything in it."""
        with self._database.transaction():
            self._database.rows("UPDATE chat SET deleted_ms = NULL WHERE id = ?", (chat_id,))

    def purge_deleted(self, before_ms: int) -> int:
        """Destroy the chats that were deleted before a time; returns how many.

        What they held is overwritten in the file and in its write-ahead log.
        """
        with self._database.transaction():
            gone = self._database.rows(
                "DELETE FROM chat WHERE deleted_ms < ? RETURNING id", (before_ms,)
            )
        if gone:
            self._database.fold_log()
        return len(gone)

    # ---- messages

    def append_user(
        self,
        chat_id: ChatId | None,
        parent_id: MessageId | None,
        text: str,
        effort: Effort,
        created_ms: int,
        *,
        title: str,
    ) -> tuple[Chat, Message]:
        """Add what the user wrote, as it is, and make it the end of the chat's branch.

        Args:
            chat_id: None makes a new chat in the same transaction.
            parent_id: the message it follows; None for a first one.
            text: kept exactly; only halves of surrogate pairs, which are no characters and
                cannot be encoded, become U+FFFD.
            effort: reasoning effort asked for.
            created_ms: Unix time in milliseconds, UTC.
            title: of the new chat; not empty.

        Raises:
            StorageError: the chat was deleted in the meantime, or `parent_id` is not in it.
        """
        with self._database.transaction():
            chat = self._insert_chat(title, created_ms) if chat_id is None else None
            message = self._insert_message(
                Message(
                    id=_UNKNOWN_ID,
                    chat_id=chat.id if chat else _known(chat_id),
                    parent_id=parent_id,
                    role=MessageRole.USER,
                    text=_storable(text),
                    created_ms=created_ms,
                    effort=effort,
                )
            )
            return self._touch(message), message

    def begin_answer(self, parent_id: MessageId, effort: Effort, created_ms: int) -> Message:
        """Add an empty answer that is being written, as the end of the chat's branch.

        Args:
            parent_id: the user's message it answers.
            effort: reasoning effort used.
            created_ms: Unix time in milliseconds, UTC.

        Raises:
            StorageError: there is no such message, or its chat was deleted in the meantime.
        """
        with self._database.transaction():
            rows = self._database.rows("SELECT chat_id FROM message WHERE id = ?", (parent_id,))
            if not rows:
                raise _gone()
            message = self._insert_message(
                Message(
                    id=_UNKNOWN_ID,
                    chat_id=ChatId(rows[0][0]),
                    parent_id=parent_id,
                    role=MessageRole.ASSISTANT,
                    text="",
                    created_ms=created_ms,
                    status=MessageStatus.STREAMING,
                    effort=effort,
                )
            )
            self._touch(message)
            return message

    def update_answer(self, message: Message) -> None:
        """Store an answer as far as it is.

        Changes nothing where the answer has reached its final state or its chat was purged.
        """
        self._write_answer(replace(message, status=MessageStatus.STREAMING), self._writer)

    def finish_answer(self, message: Message) -> None:
        """Store the whole of an answer with its final status, usage and problem.

        Changes nothing where the answer has reached its final state or its chat was purged.

        Raises:
            ValueError: the status says that the answer is still being written.
        """
        if message.status is MessageStatus.STREAMING:
            raise ValueError("an answer that ends needs a final status")
        self._write_answer(message, None)

    def branch(self, chat_id: ChatId, leaf_id: MessageId | None = None) -> tuple[Message, ...]:
        """The messages from the first to a leaf; () where there are none.

        Args:
            chat_id: whose tree.
            leaf_id: the last message; None takes the branch that was last shown.
        """
        rows = self._database.rows(
            f"{_WITH_BRANCH} {_SELECT_MESSAGES} {_IN_BRANCH} ORDER BY id",
            (chat_id, leaf_id),
        )
        return tuple(_message(row) for row in rows)

    def children(self, message_id: MessageId) -> tuple[Message, ...]:
        """The messages that follow a message, the oldest first: its branches."""
        parents = self._database.rows("SELECT chat_id FROM message WHERE id = ?", (message_id,))
        rows = self._database.rows(
            f"{_SELECT_MESSAGES} WHERE chat_id = ? AND parent_id = ? ORDER BY id",
            (parents[0][0] if parents else None, message_id),
        )
        return tuple(_message(row) for row in rows)

    def first_messages(self, chat_id: ChatId) -> tuple[Message, ...]:
        """The messages a chat can begin with, the oldest first: several after an edit."""
        rows = self._database.rows(
            f"{_SELECT_MESSAGES} WHERE chat_id = ? AND parent_id IS NULL ORDER BY id",
            (chat_id,),
        )
        return tuple(_message(row) for row in rows)

    def set_leaf(self, chat_id: ChatId, leaf_id: MessageId) -> None:
        """Show another branch of a chat from now on.

        Raises:
            StorageError: there is no such message in this chat.
        """
        with self._database.transaction():
            changed = self._database.rows(
                "UPDATE chat SET leaf_id = ?2 WHERE id = ?1 AND EXISTS"
                " (SELECT 1 FROM message WHERE chat_id = ?1 AND id = ?2) RETURNING id",
                (chat_id, leaf_id),
            )
            if not changed:
                raise _gone()

    # ---- beginning and end

    def mark_interrupted(self) -> int:
        """Mark the answers whose writers died; call it once at start.  Returns how many.

        Answers that another living process is writing are left alone.
        """
        in_progress = "SELECT DISTINCT writer FROM message WHERE status = 'streaming'"
        with self._database.transaction():
            writers = [str(row[0]) for row in self._database.rows(in_progress)]
            dead = [writer for writer in writers if not Writer.parse(writer).is_alive()]
            return sum(self._interrupt(writer) for writer in dead)

    def close(self) -> None:
        """Mark what this store was still writing as interrupted and let go of the file."""
        try:
            with self._database.transaction():
                self._interrupt(self._writer)
        finally:
            self._database.close()

    # ---- inside a transaction

    def _insert_chat(self, title: str, created_ms: int) -> Chat:
        rows = self._database.rows(
            "INSERT INTO chat (title, created_ms, updated_ms) VALUES (?, ?, ?)"
            " RETURNING id, title, created_ms, updated_ms, leaf_id",
            (_storable(title), created_ms, created_ms),
        )
        return _chat(rows[0])

    def _insert_message(self, message: Message) -> Message:
        writer = self._writer if message.status is MessageStatus.STREAMING else None
        parent = message.parent_id
        rows = self._database.rows(
            "INSERT INTO message (chat_id, parent_id, role, text, created_ms, status, effort,"
            " writer) SELECT ?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8"
            " WHERE EXISTS (SELECT 1 FROM chat WHERE id = ?1 AND deleted_ms IS NULL)"
            " AND (?2 IS NULL OR EXISTS (SELECT 1 FROM message WHERE chat_id = ?1 AND id = ?2))"
            " RETURNING id",
            (
                message.chat_id,
                parent,
                message.role.value,
                message.text,
                message.created_ms,
                message.status.value,
                message.effort.value,
                writer,
            ),
        )
        if not rows:
            raise _gone()
        return replace(message, id=MessageId(rows[0][0]))

    def _touch(self, message: Message) -> Chat:
        """Make a new message the end of its chat's branch and its chat the newest."""
        rows = self._database.rows(
            "UPDATE chat SET leaf_id = ?2, updated_ms = max(updated_ms, ?3) WHERE id = ?1"
            " RETURNING id, title, created_ms, updated_ms, leaf_id",
            (message.chat_id, message.id, message.created_ms),
        )
        return _chat(rows[0])

    def _write_answer(self, message: Message, writer: str | None) -> None:
        """A final state stays; only INTERRUPTED gives way, for its writer may have lived on."""
        with self._database.transaction():
            self._database.rows(
                "UPDATE message SET text = ?, preamble = ?, thoughts = ?, status = ?, usage = ?,"
                " problem = ?, writer = ? WHERE id = ? AND status IN ('streaming', 'interrupted')",
                (
                    _storable(message.text),
                    _storable(message.preamble),
                    _thoughts_json(message.thoughts),
                    message.status.value,
                    json.dumps(asdict(message.usage)),
                    json.dumps(asdict(message.problem)) if message.problem else None,
                    writer,
                    message.id,
                ),
            )

    def _interrupt(self, writer: str) -> int:
        changed = self._database.rows(
            "UPDATE message SET status = 'interrupted', writer = NULL"
            " WHERE status = 'streaming' AND writer = ? RETURNING id",
            (writer,),
        )
        return len(changed)


_UNKNOWN_ID: Final = MessageId(0)


def _known(chat_id: ChatId | None) -> ChatId:
    assert chat_id is not None  # noqa: S101 - the caller made a chat in that case
    return chat_id


def _gone() -> StorageError:
    return StorageError(
        "This chat or message is no longer there.", "It may have been deleted in another window."
    )


def _storable(text: str) -> str:
    """The same text; SQLite's UTF-8 has no place for halves of surrogate pairs."""
    return text.encode("utf-16", "surrogatepass").decode("utf-16", "replace")


def _thoughts_json(pieces: tuple[ThoughtPiece, ...]) -> str:
    return json.dumps(
        [[_storable(piece.text), *piece.withheld] for piece in pieces], ensure_ascii=False
    )


def _chat(row: tuple[Any, ...]) -> Chat:
    return Chat(*row)


def _message(row: tuple[Any, ...]) -> Message:
    thoughts, usage, problem = row[9:]
    # Most messages have none of the three; a long chat opens a third faster for looking.
    return Message(
        id=row[0],
        chat_id=row[1],
        parent_id=row[2],
        role=MessageRole(row[3]),
        text=row[4],
        created_ms=row[5],
        status=MessageStatus(row[6]),
        effort=Effort(row[7]),
        preamble=row[8],
        thoughts=_thoughts(thoughts) if thoughts != "[]" else (),
        usage=Usage(**json.loads(usage)) if usage != "{}" else Usage(),
        problem=Problem(**json.loads(problem)) if problem is not None else None,
    )


def _thoughts(stored: str) -> tuple[ThoughtPiece, ...]:
    return tuple(
        ThoughtPiece(text, tuple(WithheldKind(kind) for kind in withheld))
        for text, *withheld in json.loads(stored)
    )

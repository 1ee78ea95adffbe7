"""Chats and messages in the database.  Storage thread only; no row leaves it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import Final

from app.attachments.values import AttachedFile
from app.chats.answer_forms import AnswerForms
from app.chats.call_rows import storable
from app.chats.chat_files import ChatFiles
from app.chats.database import Database
from app.chats.drafts import Drafts
from app.chats.ids import ChatId, MessageId
from app.chats.message_files import write_files
from app.chats.private_chats import PrivateChats
from app.chats.rows import (
    SELECT_CHATS,
    SELECT_MESSAGES,
    gone,
    insert_chat,
    insert_message,
    interrupt,
    interrupt_dead,
    read_messages,
    take_up,
    to_chat,
    touch,
    write_answer,
)
from app.chats.stored_archive import StoredArchive
from app.chats.stored_shelves import StoredShelves
from app.chats.stored_trash import StoredTrash
from app.chats.stored_tree import StoredTree, move_leaf
from app.chats.summary_rows import StoredSummaries
from app.chats.tool_results import ToolResults
from app.chats.values import Chat, Message, MessageRole, MessageStatus
from app.chats.writer import Writer
from app.permissions.stored import StoredPermissions
from app.search.finding import Finder
from engine.harmony.messages import Effort

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

    Args:
        database: opened on the storage thread, closed by `close`; some rooms have tables in it.
        writer: who this store is to other processes, which may have one over the same file.

    Raises:
        StorageError: from every method, when SQLite refuses; then nothing was changed.
    """

    def __init__(self, database: Database, writer: Writer | None = None) -> None:
        self.database = self._database = database
        self.answer_forms, self.drafts = AnswerForms(database), Drafts(database)
        self.tool_results, self.files = ToolResults(database), ChatFiles(database)
        self.permissions, self.summaries = StoredPermissions(database), StoredSummaries(database)
        self.shelves, self.search = StoredShelves(database), Finder(database)
        self.archive, self.private = StoredArchive(database), PrivateChats(database)
        self.tree = StoredTree(database)
        self.trash = StoredTrash(database, lambda: self.search.index.scour(_SCOUR_SECONDS))
        self._writer = str(writer or Writer.of_this_process())

    # ---- chats

    def chats(self) -> tuple[Chat, ...]:
        """All chats that are not deleted, the one with the newest message first."""
        rows = self._database.rows(
            f"{SELECT_CHATS} WHERE deleted_ms IS NULL ORDER BY updated_ms DESC, id DESC"
        )
        return tuple(to_chat(row) for row in rows)

    def chat(self, chat_id: ChatId) -> Chat | None:
        """A chat that is not deleted."""
        rows = self._database.rows(
            f"{SELECT_CHATS} WHERE id = ? AND deleted_ms IS NULL", (chat_id,)
        )
        return to_chat(rows[0]) if rows else None

    def find_chat_by_title(self, title: str) -> Chat | None:
        """The chat of exactly this title; of several, the one with the newest message."""
        rows = self._database.rows(
            f"{SELECT_CHATS} WHERE title = ? AND deleted_ms IS NULL"
            " ORDER BY updated_ms DESC, id DESC LIMIT 1",
            (title,),
        )
        return to_chat(rows[0]) if rows else None

    def create_chat(self, title: str, created_ms: int) -> Chat:
        """Add an empty chat.

        Args:
            title: not empty.
            created_ms: Unix time in milliseconds, UTC.
        """
        with self._database.transaction():
            return insert_chat(self._database, title, created_ms)

    def rename_chat(self, chat_id: ChatId, title: str) -> None:
        """Give a chat the title that the user chose; it is not empty."""
        with self._database.transaction():
            statement = "UPDATE chat SET title = ?, title_by = 'user' WHERE id = ?"
            self._database.rows(statement, (storable(title), chat_id))

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
        """Destroy what was deleted before a time; returns how many chats and parts of chats."""
        self.shelves.purge(before_ms)
        return self.trash.purge(before_ms)

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
        files: Sequence[AttachedFile] = (),
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
            files: what goes with it.

        Raises:
            StorageError: the chat was deleted in the meantime, or `parent_id` is not in it.
        """
        with self._database.transaction():
            chat = insert_chat(self._database, title, created_ms) if chat_id is None else None
            message = insert_message(
                self._database,
                Message(
                    id=_UNKNOWN_ID,
                    chat_id=chat.id if chat else _known(chat_id),
                    parent_id=parent_id,
                    role=MessageRole.USER,
                    text=storable(text),
                    created_ms=created_ms,
                    effort=effort,
                ),
                writer=None,
            )
            return touch(self._database, message), write_files(self._database, message, files)

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
                raise gone()
            message = insert_message(
                self._database,
                Message(
                    id=_UNKNOWN_ID,
                    chat_id=ChatId(rows[0][0]),
                    parent_id=parent_id,
                    role=MessageRole.ASSISTANT,
                    text="",
                    created_ms=created_ms,
                    status=MessageStatus.STREAMING,
                    effort=effort,
                ),
                writer=self._writer,
            )
            touch(self._database, message)
            return message

    def take_up_answer(self, message_id: MessageId, at_ms: int) -> Message:
        """An answer that broke off at the end of its chat's branch is being written again.

        Args:
            message_id: of the answer.
            at_ms: Unix time in milliseconds, UTC.

        Raises:
            StorageError: it was deleted, is whole or being written, or something follows it.
        """
        with self._database.transaction():
            return take_up(self._database, message_id, self._writer, at_ms)

    def update_answer(self, message: Message) -> None:
        """Store an answer as far as it is.

        Changes nothing where the answer has reached its final state or its chat was purged.
        """
        unfinished = replace(message, status=MessageStatus.STREAMING)
        with self._database.transaction():
            write_answer(self._database, unfinished, self._writer)

    def finish_answer(self, message: Message) -> None:
        """Store the whole of an answer with its final status, usage and problem.

        Changes nothing where the answer has reached its final state or its chat was purged.

        Raises:
            ValueError: the status says that the answer is still being written.
        """
        if message.status is MessageStatus.STREAMING:
            raise ValueError("an answer that ends needs a final status")
        with self._database.transaction():
            write_answer(self._database, message, writer=None)

    def branch(self, chat_id: ChatId, leaf_id: MessageId | None = None) -> tuple[Message, ...]:
        """The messages from the first to a leaf; () where there are none.

        Args:
            chat_id: whose tree.
            leaf_id: the last message; None takes the branch that was last shown.
        """
        return read_messages(
            self._database,
            f"{_WITH_BRANCH} {SELECT_MESSAGES} {_IN_BRANCH} ORDER BY id",
            (chat_id, leaf_id),
        )

    def set_leaf(self, chat_id: ChatId, leaf_id: MessageId | None) -> None:
        """Show another branch of a chat from now on; None is the place before any message.

        Raises:
            StorageError: there is no such message in this chat, or it was deleted.
        """
        with self._database.transaction():
            is_there = self._database.rows(
                "SELECT 1 FROM chat WHERE id = ?1 AND (?2 IS NULL OR EXISTS (SELECT 1 FROM message"
                " WHERE chat_id = ?1 AND id = ?2 AND deletion_id IS NULL))",
                (chat_id, leaf_id),
            )
            if not is_there:
                raise gone()
            move_leaf(self._database, chat_id, leaf_id)

    # ---- beginning and end

    def mark_interrupted(self) -> int:
        """Mark the answers whose writers died; call it once at start.  Returns how many.

        Answers that another living process is writing are left alone.
        """
        with self._database.transaction():
            return interrupt_dead(self._database)

    def close(self) -> None:
        """Mark what this store was still writing as interrupted and let go of the file."""
        try:
            with self._database.transaction():
                interrupt(self._database, self._writer)
        finally:
            self._database.close()


_SCOUR_SECONDS: Final = 0.5
_UNKNOWN_ID: Final = MessageId(0)


def _known(chat_id: ChatId | None) -> ChatId:
    assert chat_id is not None  # noqa: S101 - the caller made a chat in that case
    return chat_id

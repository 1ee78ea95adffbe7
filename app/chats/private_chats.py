"""Chats that are kept in memory only, until Sotto is closed.  Storage thread only."""

from __future__ import annotations

from dataclasses import replace

from app.chats.call_rows import storable
from app.chats.database import Database
from app.chats.ids import FIRST_PRIVATE, ChatId
from app.chats.rows import gone, insert_chat
from app.chats.stored_archive import StoredArchive
from app.chats.values import Chat


class PrivateChats:
    """Begins private chats and moves them into the history.

    Args:
        database: the history's, with its part in memory (`app.chats.split_database`).
    """

    def __init__(self, database: Database) -> None:
        self._database = database

    def begin(self, title: str, created_ms: int) -> Chat:
        """A new private chat; one that is still empty is given again.

        Args:
            title: until its first message.
            created_ms: Unix time in milliseconds, UTC.

        Raises:
            StorageError: this history has no part in memory.
        """
        with self._database.privately():
            empty = self._database.rows(
                "SELECT id, created_ms FROM chat WHERE id >= ? AND deleted_ms IS NULL AND NOT"
                " EXISTS (SELECT 1 FROM message WHERE chat_id = chat.id) LIMIT 1",
                (FIRST_PRIVATE,),
            )
            if empty:
                return Chat(ChatId(empty[0][0]), title, empty[0][1], empty[0][1])
            return insert_chat(self._database, title, created_ms)

    def entitle(self, chat: Chat, title: str) -> Chat:
        """Give a private chat the title that other chats have from the beginning."""
        with self._database.transaction():
            self._database.rows(
                "UPDATE chat SET title = ? WHERE id = ? AND title_by = 'words'",
                (storable(title), chat.id),
            )
        return replace(chat, title=title)

    def keep(self, chat_id: ChatId) -> ChatId:
        """Move a private chat into the history on disk; returns its new id.

        Raises:
            StorageError: it is no longer there, or cannot be written; then it stays private.
        """
        archive = StoredArchive(self._database)
        chat = archive.read(chat_id)
        if chat is None:
            raise gone()
        kept = archive.insert(chat)
        with self._database.transaction():
            self._database.rows("DELETE FROM chat WHERE id = ?", (chat_id,))
        return kept

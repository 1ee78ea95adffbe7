"""The files that tools work on in a chat, in the database.  Storage thread only."""

from __future__ import annotations

from dataclasses import dataclass

from app.chats.database import Database
from app.chats.ids import ChatId


@dataclass(frozen=True, slots=True)
class ChatFile:
    """A file without its content.

    Attributes:
        name: path in the chat's folder, with "/" between its parts.
        size: in bytes.
        changed_ms: Unix time in milliseconds.
    """

    name: str
    size: int
    changed_ms: int


class ChatFiles:
    """Files by chat and name; each method is one transaction, as in `ChatStore`.

    A chat that was purged meanwhile has no files: nothing is kept for it.

    Args:
        database: the history's.
    """

    def __init__(self, database: Database) -> None:
        self._database = database

    def list(self, chat_id: ChatId) -> tuple[ChatFile, ...]:
        """All files of a chat, by name."""
        rows = self._database.rows(
            "SELECT name, length(data), changed_ms FROM chat_file WHERE chat_id = ? ORDER BY name",
            (chat_id,),
        )
        return tuple(ChatFile(*row) for row in rows)

    def read(self, chat_id: ChatId, name: str) -> bytes | None:
        """What is in a file; None where there is none."""
        rows = self._database.rows(
            "SELECT data FROM chat_file WHERE chat_id = ? AND name = ?", (chat_id, name)
        )
        return bytes(rows[0][0]) if rows else None

    def write(self, chat_id: ChatId, file: ChatFile, data: bytes) -> None:
        """Keep a file, in place of one of this name."""
        with self._database.transaction():
            self._database.rows(
                "INSERT OR REPLACE INTO chat_file (chat_id, name, changed_ms, data)"
                " SELECT ?1, ?2, ?3, ?4 WHERE EXISTS (SELECT 1 FROM chat WHERE id = ?1)",
                (chat_id, file.name, file.changed_ms, data),
            )

    def delete(self, chat_id: ChatId, name: str) -> None:
        """Remove a file."""
        with self._database.transaction():
            self._database.rows(
                "DELETE FROM chat_file WHERE chat_id = ? AND name = ?", (chat_id, name)
            )

    def begin_notebook(self, chat_id: ChatId) -> bool:
        """Note that a chat has a notebook; True if it had one before."""
        with self._database.transaction():
            had = self._database.rows("SELECT 1 FROM notebook WHERE chat_id = ?", (chat_id,))
            self._database.rows(
                "INSERT INTO notebook (chat_id) SELECT ?1"
                " WHERE EXISTS (SELECT 1 FROM chat WHERE id = ?1) ON CONFLICT DO NOTHING",
                (chat_id,),
            )
        return bool(had)

"""What the answers of chats keep to, in the database.  Storage thread only."""

from __future__ import annotations

from app.chats.call_rows import storable
from app.chats.database import Database
from app.chats.ids import ChatId
from app.chats.rows import stored_format
from engine.harmony.messages import ResponseFormat


class AnswerForms:
    """Schema and instructions of each chat; each method is one transaction, as in `ChatStore`.

    Args:
        database: the history's.
    """

    def __init__(self, database: Database) -> None:
        self._database = database

    def keep(self, chat_id: ChatId, response_format: ResponseFormat | None) -> None:
        """Bind the answers of a chat from now on, or leave them free (None)."""
        with self._database.transaction():
            self._database.rows(
                "UPDATE chat SET response_format = ? WHERE id = ?",
                (stored_format(response_format), chat_id),
            )

    def instruct(self, chat_id: ChatId, text: str) -> None:
        """Give a chat instructions of its own from now on; "" takes them away."""
        with self._database.transaction():
            self._database.rows(
                "UPDATE chat SET instructions = ? WHERE id = ?", (storable(text), chat_id)
            )

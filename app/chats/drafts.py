"""What was typed and not sent, in the database.  Storage thread only."""

from __future__ import annotations

from app.chats.call_rows import storable
from app.chats.database import Database
from app.chats.draft_files import DraftFiles
from app.chats.ids import ChatId


class Drafts:
    """One text for each chat; each method is one transaction, as in `ChatStore`.

    Args:
        database: the history's.
    """

    def __init__(self, database: Database) -> None:
        self._database = database
        self.files = DraftFiles(database)
        """The files that wait with the texts."""

    def keep(self, chat_id: ChatId | None, text: str) -> None:
        """Keep what is typed in a chat; "" forgets it, and so does a chat that was purged.

        Args:
            chat_id: None for a chat that is not there yet.
            text: kept exactly, as in `ChatStore.append_user`.
        """
        with self._database.transaction():
            self._database.rows("DELETE FROM draft WHERE chat_id IS ?", (chat_id,))
            self._database.rows(
                "INSERT INTO draft (chat_id, text) SELECT ?1, ?2 WHERE ?2 <> ''"
                " AND (?1 IS NULL OR EXISTS (SELECT 1 FROM chat WHERE id = ?1))",
                (chat_id, storable(text)),
            )

    def all(self) -> dict[ChatId | None, str]:
        """The texts by chat; None is a chat that is not there yet."""
        return dict(self._database.rows("SELECT chat_id, text FROM draft"))

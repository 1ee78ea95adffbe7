"""The checks of messages in the database.  Storage thread only."""

from __future__ import annotations

import json
from dataclasses import asdict, replace

from app.chats.call_rows import storable
from app.chats.database import Database
from app.chats.ids import MessageId
from app.chats.rows import SELECT_MESSAGES, gone, read_whole_messages
from app.chats.values import Message
from app.safeguard.message_check import MessageCheck


class StoredChecks:
    """Each method is one transaction, as in `ChatStore`.

    Args:
        database: the history's.
    """

    def __init__(self, database: Database) -> None:
        self._database = database

    def keep(self, message_id: MessageId, check: MessageCheck) -> None:
        """Keep what a check came to, with the message."""
        with self._database.transaction():
            self._write(message_id, check)

    def appeal(self, message_id: MessageId) -> Message:
        """Note that the user decided otherwise; returns the message with all it says.

        Raises:
            StorageError: there is no such message, or it was not checked.
        """
        with self._database.transaction():
            found = read_whole_messages(
                self._database, f"{SELECT_MESSAGES} WHERE id = ?", (message_id,)
            )
            if not found or found[0].check is None:
                raise gone()
            check = replace(found[0].check, is_appealed=True)
            self._write(message_id, check)
        return replace(found[0], check=check)

    def _write(self, message_id: MessageId, check: MessageCheck) -> None:
        self._database.rows(
            "UPDATE message SET checked = ? WHERE id = ?",
            (storable(json.dumps(asdict(check), ensure_ascii=False)), message_id),
        )

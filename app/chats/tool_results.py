"""What tools made besides text, in the database.  Storage thread only."""

from __future__ import annotations

import json
from collections.abc import Sequence
from typing import Any, Final

from app.chats.call_rows import storable, stored_list
from app.chats.database import Database
from app.chats.ids import ChatId, MessageId
from app.chats.rows import gone
from app.tools.values import Attachment, AttachmentRef, SourcePage

MOST_PAGES: Final = 100
"""So many pages of a branch are handed out; more would take long to read at each turn."""


class ToolResults:
    """Attachments and pages of calls; each method is one transaction, as in `ChatStore`.

    They are deleted with the message they belong to.

    Args:
        database: the history's.
    """

    def __init__(self, database: Database) -> None:
        self._database = database

    def keep(
        self,
        message_id: MessageId,
        number: int,
        attachments: Sequence[Attachment],
        page: SourcePage | None,
    ) -> tuple[AttachmentRef, ...]:
        """Store what a call made; returns the attachments without their bytes.

        Args:
            message_id: the answer that made the call.
            number: of the call in it.
            attachments: in the order in which they are shown.
            page: what it put on the stack of pages.

        Raises:
            StorageError: the message is no longer there.
        """
        with self._database.transaction():
            if not self._database.rows("SELECT 1 FROM message WHERE id = ?", (message_id,)):
                raise gone()
            if page is not None:
                self._keep_page(message_id, number, page)
            return tuple(self._keep_attachment(message_id, number, one) for one in attachments)

    def attachment(self, attachment_id: int) -> Attachment | None:
        """An attachment with its bytes."""
        rows = self._database.rows(
            "SELECT name, media_type, data, text FROM attachment WHERE id = ?", (attachment_id,)
        )
        return Attachment(rows[0][0], rows[0][1], bytes(rows[0][2]), rows[0][3]) if rows else None

    def page(self, message_id: MessageId, number: int) -> SourcePage | None:
        """The page that a call opened."""
        rows = self._database.rows(
            "SELECT cursor, url, title, lines, links FROM source_page"
            " WHERE message_id = ? AND number = ?",
            (message_id, number),
        )
        return _to_page(rows[0]) if rows else None

    def pages(self, chat_id: ChatId, leaf_id: MessageId) -> tuple[SourcePage, ...]:
        """The pages that calls in a branch opened, the oldest first; at most `MOST_PAGES`.

        Args:
            chat_id: whose tree.
            leaf_id: the last message of the branch.
        """
        rows = self._database.rows(
            "WITH RECURSIVE branch (id, parent) AS ("
            " SELECT id, parent_id FROM message WHERE chat_id = ?1 AND id = ?2 UNION ALL"
            " SELECT message.id, message.parent_id FROM branch"
            " JOIN message ON message.id = branch.parent)"
            " SELECT cursor, url, title, lines, links FROM source_page"
            " WHERE message_id IN (SELECT id FROM branch)"
            " ORDER BY message_id DESC, number DESC LIMIT ?3",
            (chat_id, leaf_id, MOST_PAGES),
        )
        return tuple(_to_page(row) for row in reversed(rows))

    def switch(self, chat_id: ChatId, tools: Sequence[str]) -> None:
        """Switch these tools on in a chat, and all others off."""
        with self._database.transaction():
            self._database.rows(
                "UPDATE chat SET tools = ? WHERE id = ?", (stored_list(tools), chat_id)
            )

    def _keep_attachment(
        self, message_id: MessageId, number: int, one: Attachment
    ) -> AttachmentRef:
        rows = self._database.rows(
            "INSERT INTO attachment (message_id, number, name, media_type, text, data)"
            " VALUES (?, ?, ?, ?, ?, ?) RETURNING id, name, media_type, text",
            (
                message_id,
                number,
                storable(one.name),
                storable(one.media_type),
                storable(one.text),
                one.data,
            ),
        )
        made, name, media_type, text = rows[0]
        return AttachmentRef(made, name, media_type, len(one.data), text)

    def _keep_page(self, message_id: MessageId, number: int, page: SourcePage) -> None:
        self._database.rows(
            "INSERT OR REPLACE INTO source_page"
            " (message_id, number, cursor, url, title, lines, links) VALUES (?, ?, ?, ?, ?, ?, ?)",
            (
                message_id,
                number,
                page.cursor,
                storable(page.url),
                storable(page.title),
                stored_list(page.lines),
                stored_list(page.links),
            ),
        )


def _to_page(row: tuple[Any, ...]) -> SourcePage:
    cursor, url, title, lines, links = row
    return SourcePage(cursor, url, title, tuple(json.loads(lines)), tuple(json.loads(links)))

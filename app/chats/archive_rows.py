"""Whole chats out of the rows of the database and into them.

Everything is to be called inside a transaction, on the storage thread (`app.chats.stored_archive`).
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import asdict, replace
from typing import Any

from app.archive.values import (
    ArchivedAttachment,
    ArchivedChat,
    ArchivedFile,
    ArchivedMessage,
    ArchivedPage,
    source_of,
)
from app.chats.call_rows import storable, stored_list
from app.chats.database import Database
from app.chats.ids import FIRST_PRIVATE, ChatId, FolderId, MessageId
from app.chats.message_files import write_files
from app.chats.rows import (
    SELECT_CHATS,
    SELECT_MESSAGES,
    insert_chat,
    insert_message,
    read_messages,
    stored_format,
    to_chat,
    write_answer,
)
from app.chats.summary_rows import stored as stored_summary
from app.chats.values import Message, MessageRole, MessageStatus
from app.thoughts.summary_values import ThoughtsSummary
from app.tools.records import CallRecord


class ArchiveRows:
    """A chat with all that belongs to it.

    Args:
        database: the history's.
    """

    def __init__(self, database: Database) -> None:
        self._database = database

    def read(self, chat_id: ChatId) -> ArchivedChat | None:
        """A chat that is not deleted, with its whole tree; what is withheld stays here."""
        rows = self._database.rows(
            f"{SELECT_CHATS} WHERE id = ? AND deleted_ms IS NULL", (chat_id,)
        )
        if not rows:
            return None
        chat = to_chat(rows[0])
        messages = read_messages(
            self._database,
            f"{SELECT_MESSAGES} WHERE chat_id = ? AND deletion_id IS NULL ORDER BY id",
            (chat_id,),
        )
        made = {
            one.id: _archived(one, self._attachments(one.id), self._pages(one.id))
            for one in messages
        }
        return ArchivedChat(
            source=self._source(chat_id, chat.created_ms),
            title=chat.title,
            created_ms=chat.created_ms,
            updated_ms=chat.updated_ms,
            leaf=chat.leaf_id if chat.leaf_id in made else None,
            messages=tuple(made.values()),
            response_format=chat.response_format,
            tools=chat.tools,
            instructions=chat.instructions,
            title_by=chat.title_by,
            folder=self._folder(chat.folder_id),
            is_pinned=chat.is_pinned,
            tags=chat.tags,
            chat_files=self._files(chat_id),
        )

    def find(self, source: str) -> ChatId | None:
        """The chat of this source, if it is there and not deleted."""
        rows = self._database.rows(
            "SELECT chat.id FROM imported JOIN chat ON chat.id = chat_id"
            " WHERE source = ? AND deleted_ms IS NULL",
            (storable(source),),
        )
        if rows:
            return ChatId(rows[0][0])
        kind, _, rest = source.partition(":")
        created = rest.partition(":")[0]
        if kind != "sotto" or not created.isdecimal():
            return None
        begun = self._database.rows(
            "SELECT id FROM chat WHERE created_ms = ? AND deleted_ms IS NULL", (int(created),)
        )
        same = (ChatId(row[0]) for row in begun)
        return next((one for one in same if self._own_source(one, int(created)) == source), None)

    # ---- reading

    def _source(self, chat_id: ChatId, created_ms: int) -> str:
        rows = self._database.rows("SELECT source FROM imported WHERE chat_id = ?", (chat_id,))
        return str(rows[0][0]) if rows else self._own_source(chat_id, created_ms)

    def _own_source(self, chat_id: ChatId, created_ms: int) -> str:
        rows = self._database.rows(
            "SELECT text FROM message WHERE chat_id = ? ORDER BY id LIMIT 1", (chat_id,)
        )
        return source_of(created_ms, str(rows[0][0]) if rows else "")

    def _attachments(self, message_id: MessageId) -> tuple[ArchivedAttachment, ...]:
        rows = self._database.rows(
            "SELECT id, number, name, media_type, data, text FROM attachment"
            " WHERE message_id = ? ORDER BY id",
            (message_id,),
        )
        return tuple(
            ArchivedAttachment(number, call, name, kind, bytes(data), text)
            for number, call, name, kind, data, text in rows
        )

    def _pages(self, message_id: MessageId) -> tuple[ArchivedPage, ...]:
        rows = self._database.rows(
            "SELECT number, cursor, url, title, lines, links FROM source_page"
            " WHERE message_id = ? ORDER BY number",
            (message_id,),
        )
        return tuple(
            ArchivedPage(
                number, cursor, url, title, tuple(json.loads(lines)), tuple(json.loads(links))
            )
            for number, cursor, url, title, lines, links in rows
        )

    def _files(self, chat_id: ChatId) -> tuple[ArchivedFile, ...]:
        rows = self._database.rows(
            "SELECT name, changed_ms, data FROM chat_file WHERE chat_id = ? ORDER BY name",
            (chat_id,),
        )
        return tuple(ArchivedFile(name, changed, bytes(data)) for name, changed, data in rows)

    def _folder(self, folder_id: FolderId | None) -> str:
        rows = self._database.rows("SELECT name FROM folder WHERE id = ?", (folder_id,))
        return str(rows[0][0]) if rows else ""

    # ---- writing

    def insert(self, chat: ArchivedChat) -> ChatId:
        """Add a chat, whether it is there or not."""
        made = insert_chat(self._database, chat.title or "…", _time(chat.created_ms))
        ids: dict[int, MessageId] = {}
        for one in chat.messages:
            ids[one.id] = self._insert_message(made.id, one, ids)
        tools = stored_list(chat.tools) if chat.tools is not None else None
        self._database.rows(
            "UPDATE chat SET updated_ms = ?, leaf_id = ?, response_format = ?, tools = ?,"
            " instructions = ?, title_by = ?, folder_id = ?, is_pinned = ?, tags = ? WHERE id = ?",
            (
                _time(chat.updated_ms),
                ids[chat.leaf] if chat.leaf is not None else None,
                stored_format(chat.response_format),
                tools,
                storable(chat.instructions),
                chat.title_by.value,
                self._folder_named(chat.folder) if chat.folder else None,
                chat.is_pinned,
                stored_list(sorted(chat.tags)),
                made.id,
            ),
        )
        for file in chat.chat_files:
            self._database.rows(
                "INSERT OR REPLACE INTO chat_file (chat_id, name, changed_ms, data)"
                " VALUES (?, ?, ?, ?)",
                (made.id, storable(file.name) or "file", _time(file.changed_ms), file.data),
            )
        self._database.rows(
            "INSERT OR REPLACE INTO imported (source, chat_id) VALUES (?, ?)",
            (storable(chat.source), made.id),
        )
        return made.id

    def _folder_named(self, name: str) -> int:
        """The folder of this name, made if it is not there."""
        rows = self._database.rows(
            "SELECT id FROM folder WHERE name = ? AND deleted_ms IS NULL", (storable(name),)
        ) or self._database.rows(
            "INSERT INTO folder (name, position) VALUES"
            " (?, (SELECT coalesce(max(position), 0) + 1 FROM folder)) RETURNING id",
            (storable(name),),
        )
        return int(rows[0][0])

    def _insert_message(
        self, chat_id: ChatId, one: ArchivedMessage, ids: Mapping[int, MessageId]
    ) -> MessageId:
        is_answer = one.role is MessageRole.ASSISTANT
        message = Message(
            id=MessageId(0),
            chat_id=chat_id,
            parent_id=ids[one.parent] if one.parent is not None else None,
            role=one.role,
            text=storable(one.text),
            created_ms=_time(one.created_ms),
            status=MessageStatus.STREAMING if is_answer else MessageStatus.COMPLETE,
            effort=one.effort,
        )
        made = insert_message(self._database, message, writer=None).id
        if one.files:
            write_files(self._database, replace(message, id=made), one.files)
        if not is_answer:
            self._set_rest(made, one)
            return made
        attachments = {old.id: self._insert_attachment(made, old) for old in one.attachments}
        for page in one.pages:
            self._insert_page(made, page)
        whole = replace(
            message,
            id=made,
            status=one.status,
            preamble=one.preamble,
            thoughts=one.thoughts,
            usage=one.usage,
            problem=one.problem,
            calls=tuple(_with_attachments(call, attachments) for call in one.calls),
        )
        write_answer(self._database, whole, writer=None)
        self._set_rest(made, one)
        return made

    def _set_rest(self, message_id: MessageId, one: ArchivedMessage) -> None:
        check = json.dumps(asdict(one.check), ensure_ascii=False) if one.check else ""
        self._database.rows(
            "UPDATE message SET format_name = ?, summary = ?, checked = ? WHERE id = ?",
            (storable(one.format_name), one.summary or None, storable(check), message_id),
        )

    def _insert_attachment(self, message_id: MessageId, one: ArchivedAttachment) -> int:
        rows = self._database.rows(
            "INSERT INTO attachment (message_id, number, name, media_type, text, data)"
            " VALUES (?, ?, ?, ?, ?, ?) RETURNING id",
            (
                message_id,
                one.number,
                storable(one.name),
                storable(one.media_type),
                storable(one.text),
                one.data,
            ),
        )
        return int(rows[0][0])

    def _insert_page(self, message_id: MessageId, page: ArchivedPage) -> None:
        self._database.rows(
            "INSERT OR REPLACE INTO source_page"
            " (message_id, number, cursor, url, title, lines, links) VALUES (?, ?, ?, ?, ?, ?, ?)",
            (
                message_id,
                page.number,
                page.cursor,
                storable(page.url),
                storable(page.title),
                stored_list(page.lines),
                stored_list(page.links),
            ),
        )


def _archived(
    message: Message,
    attachments: tuple[ArchivedAttachment, ...],
    pages: tuple[ArchivedPage, ...],
) -> ArchivedMessage:
    is_open = message.status is MessageStatus.STREAMING
    return ArchivedMessage(
        id=message.id,
        parent=message.parent_id,
        role=message.role,
        text=message.text,
        created_ms=message.created_ms,
        # Whoever reads the file finds an answer that goes no further.
        status=MessageStatus.INTERRUPTED if is_open else message.status,
        effort=message.effort,
        preamble=message.preamble,
        thoughts=message.thoughts,
        summary=_summary(message.summary),
        usage=message.usage,
        problem=message.problem,
        format_name=message.format_name,
        calls=message.calls,
        check=message.check,
        attachments=attachments,
        pages=pages,
        files=message.files,
    )


def _summary(summary: ThoughtsSummary) -> str:
    return stored_summary(summary) if summary != ThoughtsSummary() else ""


def _with_attachments(call: CallRecord, ids: Mapping[int, Any]) -> CallRecord:
    """The call with what it made under its new numbers."""
    kept = tuple(replace(one, id=ids[one.id]) for one in call.attachments if one.id in ids)
    return replace(call, attachments=kept)


def _time(time_ms: int) -> int:
    """As it may be bound: times in January 1970 look like ids (`app.chats.split_database`)."""
    return time_ms if not FIRST_PRIVATE <= time_ms < 2 * FIRST_PRIVATE else FIRST_PRIVATE - 1

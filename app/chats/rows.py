"""How chats and messages lie in the database's rows, and the statements that write them.

Every function that writes is to be called inside a transaction.
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import asdict, replace
from typing import Any, Final

from app.chats.call_rows import calls_of, end_calls, storable, write_calls
from app.chats.database import Database, StorageError
from app.chats.ids import ChatId, MessageId
from app.chats.message_files import files_of
from app.chats.summary_rows import read as read_summary
from app.chats.values import Chat, Message, MessageRole, MessageStatus, Problem, TitleBy
from app.chats.writer import Writer
from app.safeguard.message_check import CheckState, MessageCheck
from app.thoughts.summary_values import ThoughtsSummary
from app.tools.records import CallRecord
from engine.analysis_filter import ThoughtPiece, WithheldKind
from engine.events import ThinkingCut, Usage
from engine.harmony.messages import Effort, ResponseFormat

SELECT_CHATS: Final = (
    "SELECT id, title, created_ms, updated_ms, leaf_id, response_format, tools, instructions,"
    " (SELECT folder.id FROM folder WHERE folder.id = chat.folder_id AND deleted_ms IS NULL),"
    " is_pinned, tags, title_by FROM chat"
)
"""Its rows are what `to_chat` reads; a folder that was deleted is none."""

SELECT_MESSAGES: Final = (
    "SELECT id, chat_id, parent_id, role, text, created_ms, status, effort, preamble,"
    " thoughts, usage, problem, format_name, summary, checked FROM message"
)
"""Its rows are what `to_message` reads."""


# Looked up and shared: a chat of ten thousand messages opens in a third of the time.
_ROLES: Final = {one.value: one for one in MessageRole}
_STATUSES: Final = {one.value: one for one in MessageStatus}
_EFFORTS: Final = {one.value: one for one in Effort}
_NO_USAGE: Final = Usage()
_NO_SUMMARY: Final = ThoughtsSummary()


def to_chat(row: tuple[Any, ...]) -> Chat:
    """The chat of a row of `SELECT_CHATS`."""
    wanted = ResponseFormat(**json.loads(row[5])) if row[5] is not None else None
    tools = tuple(json.loads(row[6])) if row[6] is not None else None
    return Chat(
        id=row[0],
        title=row[1],
        created_ms=row[2],
        updated_ms=row[3],
        leaf_id=row[4],
        response_format=wanted,
        tools=tools,
        instructions=row[7],
        folder_id=row[8],
        is_pinned=bool(row[9]),
        tags=tuple(json.loads(row[10])) if row[10] != "[]" else (),
        title_by=TitleBy(row[11]),
    )


def to_message(row: tuple[Any, ...], calls: tuple[CallRecord, ...] = ()) -> Message:
    """The message of a row of `SELECT_MESSAGES`, with its calls."""
    thoughts, usage, problem, format_name, summary, checked = row[9:]
    # Most messages have none of these; a long chat opens a third faster for looking.
    pieces = _thoughts(thoughts) if thoughts != "[]" else ()
    return Message(
        id=row[0],
        chat_id=row[1],
        parent_id=row[2],
        role=_ROLES[row[3]],
        text=row[4],
        created_ms=row[5],
        status=_STATUSES[row[6]],
        effort=_EFFORTS[row[7]],
        preamble=row[8],
        thoughts=pieces,
        usage=_usage(usage) if usage != "{}" else _NO_USAGE,
        problem=Problem(**json.loads(problem)) if problem is not None else None,
        format_name=format_name,
        calls=calls,
        summary=read_summary(summary, pieces) if summary is not None else _NO_SUMMARY,
        check=_check(checked) if checked else None,
    )


def read_messages(
    database: Database, statement: str, values: Sequence[object]
) -> tuple[Message, ...]:
    """The messages of a statement that begins with `SELECT_MESSAGES`, with calls and files.

    What is withheld of an answer does not leave the store this way.
    """
    found = read_whole_messages(database, statement, values)
    return tuple(message.veiled() for message in found)


def read_whole_messages(
    database: Database, statement: str, values: Sequence[object]
) -> tuple[Message, ...]:
    """The same with what is withheld, for one whom the user lets see it."""
    rows = database.rows(statement, values)
    calls = calls_of(database, [row[0] for row in rows])
    files = files_of(database, [row[0] for row in rows])
    found = (to_message(row, calls.get(row[0], ())) for row in rows)
    # Most messages have no files; a copy of each would take a third of the time of opening a chat.
    return tuple(replace(one, files=files[one.id]) if one.id in files else one for one in found)


def stored_format(response_format: ResponseFormat | None) -> str | None:
    """A response format as it lies in a row."""
    if response_format is None:
        return None
    return storable(json.dumps(asdict(response_format), ensure_ascii=False))


def gone() -> StorageError:
    """What to raise where a chat or message is no longer there."""
    return StorageError(
        "This chat or message is no longer there.", "It may have been deleted in another window."
    )


def insert_chat(database: Database, title: str, created_ms: int) -> Chat:
    """Add an empty chat."""
    rows = database.rows(
        "INSERT INTO chat (title, created_ms, updated_ms, title_by) VALUES (?, ?, ?, 'words')"
        " RETURNING id",
        (storable(title), created_ms, created_ms),
    )
    return _chat_of(database, rows[0][0])


def insert_message(database: Database, message: Message, writer: str | None) -> Message:
    """Add a message with its text; its own id is not looked at.

    An answer is bound to the response format that its chat has now.

    Args:
        database: the history.
        message: with storable text.
        writer: who goes on writing it; None where it is whole.

    Returns:
        The message with its id and the name of its format.

    Raises:
        StorageError: its chat or its parent was deleted, or its parent is not in that chat.
    """
    rows = database.rows(
        "INSERT INTO message (chat_id, parent_id, role, text, created_ms, status, effort,"
        " writer, format_name) SELECT ?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8,"
        " coalesce((SELECT json_extract(response_format, '$.name') FROM chat"
        " WHERE id = ?1 AND ?3 = 'assistant'), '')"
        " WHERE EXISTS (SELECT 1 FROM chat WHERE id = ?1 AND deleted_ms IS NULL)"
        " AND (?2 IS NULL OR EXISTS (SELECT 1 FROM message WHERE chat_id = ?1 AND id = ?2"
        " AND deletion_id IS NULL))"
        " RETURNING id, format_name",
        (
            message.chat_id,
            message.parent_id,
            message.role.value,
            message.text,
            message.created_ms,
            message.status.value,
            message.effort.value,
            writer,
        ),
    )
    if not rows:
        raise gone()
    return replace(message, id=MessageId(rows[0][0]), format_name=rows[0][1])


def touch(database: Database, message: Message) -> Chat:
    """Make a new message the end of its chat's branch and its chat the newest.

    Where it does not follow the end there was, the branch before is remembered.
    """
    remember_branch(database, message.chat_id, message.parent_id)
    database.rows(
        "UPDATE chat SET leaf_id = ?2, updated_ms = max(updated_ms, ?3) WHERE id = ?1",
        (message.chat_id, message.id, message.created_ms),
    )
    return _chat_of(database, message.chat_id)


def remember_branch(database: Database, chat_id: ChatId, leaf_id: MessageId | None) -> None:
    """Note at each fork which way the chat's branch takes, before another leaf is its end.

    Args:
        database: the history.
        chat_id: whose branch.
        leaf_id: where the new branch leaves the one there is; nothing to note at its end.
    """
    database.rows(
        "WITH RECURSIVE branch (id, parent) AS ("
        " SELECT id, parent_id FROM message WHERE chat_id = ?1"
        " AND id = (SELECT leaf_id FROM chat WHERE id = ?1 AND leaf_id IS NOT ?2) UNION ALL"
        " SELECT message.id, message.parent_id FROM branch"
        " JOIN message ON message.id = branch.parent)"
        " UPDATE message SET shown_child_id = branch.id FROM branch"
        " WHERE message.id = branch.parent AND shown_child_id IS NOT branch.id"
        " AND EXISTS (SELECT 1 FROM message AS other WHERE other.chat_id = ?1"
        " AND other.parent_id = message.id AND other.id <> branch.id)",
        (chat_id, leaf_id),
    )


def write_answer(database: Database, message: Message, writer: str | None) -> None:
    """Store an answer as it is, and who goes on writing it, if anyone.

    A final state stays; only INTERRUPTED gives way, for its writer may have lived on.
    """
    written = database.rows(
        "UPDATE message SET text = ?, preamble = ?, thoughts = ?, status = ?, usage = ?,"
        " problem = ?, writer = ? WHERE id = ? AND status IN ('streaming', 'interrupted')"
        " RETURNING id",
        (
            storable(message.text),
            storable(message.preamble),
            _thoughts_json(message.thoughts),
            message.status.value,
            json.dumps(asdict(message.usage)),
            json.dumps(asdict(message.problem)) if message.problem else None,
            writer,
            message.id,
        ),
    )
    if written:
        write_calls(database, message.id, message.calls)


def take_up(database: Database, message_id: MessageId, writer: str, at_ms: int) -> Message:
    """Make an answer that broke off one that is being written; returns it as it is then.

    Raises:
        StorageError: it cannot go on any more.
    """
    found = read_messages(
        database, f"{SELECT_MESSAGES} WHERE id = ? AND deletion_id IS NULL", (message_id,)
    )
    is_followed = found and database.rows(
        "SELECT 1 FROM message WHERE chat_id = ? AND parent_id = ? AND deletion_id IS NULL",
        (found[0].chat_id, message_id),
    )
    if not found or is_followed or not found[0].begun:
        raise StorageError(
            "This answer cannot go on any more.", "It may have gone on in another window."
        )
    (before,) = found
    database.rows(
        "UPDATE message SET status = 'streaming', writer = ?, text = ?, problem = NULL"
        " WHERE id = ?",
        (writer, before.begun, message_id),
    )
    touch(database, replace(before, created_ms=at_ms))
    return replace(before, status=MessageStatus.STREAMING, text=before.begun, problem=None)


def interrupt(database: Database, writer: str) -> int:
    """Mark as interrupted what a writer was still writing; returns how many answers."""
    changed = database.rows(
        "UPDATE message SET status = 'interrupted', writer = NULL"
        " WHERE status = 'streaming' AND writer = ? RETURNING id",
        (writer,),
    )
    for (message_id,) in changed:
        end_calls(database, message_id)
    return len(changed)


def interrupt_dead(database: Database) -> int:
    """Mark as interrupted what processes that are no more were writing; returns how many."""
    in_progress = "SELECT DISTINCT writer FROM message WHERE status = 'streaming'"
    writers = [str(row[0]) for row in database.rows(in_progress)]
    dead = [writer for writer in writers if not Writer.parse(writer).is_alive()]
    return sum(interrupt(database, writer) for writer in dead)


def _chat_of(database: Database, chat_id: ChatId) -> Chat:
    return to_chat(database.rows(f"{SELECT_CHATS} WHERE id = ?", (chat_id,))[0])


def _check(stored: str) -> MessageCheck:
    fields = json.loads(stored)
    return MessageCheck(**{**fields, "state": CheckState(fields["state"])})


def _usage(stored: str) -> Usage:
    fields = json.loads(stored)
    cut = ThinkingCut(fields.pop("thinking_cut", ThinkingCut.NONE))
    return Usage(**fields, thinking_cut=cut)


def _thoughts_json(pieces: tuple[ThoughtPiece, ...]) -> str:
    return json.dumps(
        [[storable(piece.text), *piece.withheld] for piece in pieces], ensure_ascii=False
    )


def _thoughts(stored: str) -> tuple[ThoughtPiece, ...]:
    return tuple(
        ThoughtPiece(text, tuple(WithheldKind(kind) for kind in withheld))
        for text, *withheld in json.loads(stored)
    )

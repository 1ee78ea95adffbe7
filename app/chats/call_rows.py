"""How calls of tools lie in the database's rows, and the statements that write them.

Every function that writes is to be called inside a transaction.
"""

from __future__ import annotations

import functools
import json
from collections.abc import Iterable, Sequence
from dataclasses import asdict, replace
from typing import TYPE_CHECKING

from app.chats.database import Database
from app.chats.ids import MessageId
from app.tools.records import CallRecord, CallStatus

if TYPE_CHECKING:
    from pydantic import TypeAdapter


@functools.cache
def _record_reader() -> TypeAdapter[CallRecord]:
    """Made when the first call is read: making it takes longer than reading a whole chat."""
    from pydantic import TypeAdapter  # noqa: PLC0415 - see above

    return TypeAdapter(CallRecord)


def storable(text: str) -> str:
    """The same text; SQLite's UTF-8 has no place for halves of surrogate pairs."""
    return text.encode("utf-16", "surrogatepass").decode("utf-16", "replace")


def stored_list(texts: Sequence[str]) -> str:
    """Texts as they lie in a row."""
    return storable(json.dumps(texts, ensure_ascii=False))


def write_calls(database: Database, message_id: MessageId, calls: Iterable[CallRecord]) -> None:
    """Store the calls of an answer as far as they are; what has not changed is left alone."""
    for call in calls:
        kept = replace(call, progress=None)
        database.rows(
            "INSERT INTO tool_call (message_id, number, status, record) VALUES (?, ?, ?, ?)"
            " ON CONFLICT DO UPDATE SET status = excluded.status, record = excluded.record"
            " WHERE (status, record) <> (excluded.status, excluded.record)",
            (
                message_id,
                call.number,
                call.status.value,
                storable(json.dumps(asdict(kept), ensure_ascii=False)),
            ),
        )


def end_calls(database: Database, message_id: MessageId) -> None:
    """Mark as stopped what was waiting or running when the program died."""
    database.rows(
        "UPDATE tool_call SET status = 'stopped'"
        " WHERE message_id = ? AND status IN ('waiting', 'paused', 'running')",
        (message_id,),
    )


def calls_of(database: Database, message_ids: Sequence[int]) -> dict[int, tuple[CallRecord, ...]]:
    """The calls of these messages, in order; messages without calls are left out."""
    rows = database.rows(
        "SELECT message_id, status, record FROM tool_call"
        " WHERE message_id IN (SELECT value FROM json_each(?)) ORDER BY message_id, number",
        (json.dumps(list(message_ids)),),
    )
    found: dict[int, tuple[CallRecord, ...]] = {}
    for message_id, status, record in rows:
        call = replace(_record_reader().validate_json(record), status=CallStatus(status))
        found[message_id] = (*found.get(message_id, ()), call)
    return found

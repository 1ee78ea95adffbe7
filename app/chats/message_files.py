"""Files of messages in the database.  Storage thread only.

The bytes of a file are not kept: what is kept is the text that the model got, with what it says
of itself (docs/decisions/034.md).
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import replace

from app.attachments.values import AttachedFile, FileKind, PartUnit
from app.chats.call_rows import storable
from app.chats.database import Database
from app.chats.ids import MessageId
from app.chats.values import Message


def write_files(database: Database, message: Message, files: Sequence[AttachedFile]) -> Message:
    """Store the files of a new message and give it with them; call it inside a transaction."""
    for number, file in enumerate(files, 1):
        about = {
            "unit": file.unit,
            "total": file.total,
            "ranges": file.ranges,
            "is_summary": file.is_summary,
            "tokens": file.tokens,
        }
        database.rows(
            "INSERT INTO message_file (message_id, number, name, kind, about, text)"
            " VALUES (?, ?, ?, ?, ?, ?)",
            (
                message.id,
                number,
                storable(file.name),
                file.kind.value,
                json.dumps(about),
                storable(file.text),
            ),
        )
    return replace(message, files=tuple(files))


def copy_files(database: Database, source: MessageId, target: MessageId) -> None:
    """Give a new message the files of another one; call it inside a transaction."""
    database.rows(
        "INSERT INTO message_file (message_id, number, name, kind, about, text)"
        " SELECT ?2, number, name, kind, about, text FROM message_file WHERE message_id = ?1",
        (source, target),
    )


def files_of(database: Database, message_ids: Sequence[int]) -> dict[int, tuple[AttachedFile, ...]]:
    """The files of these messages, in order; messages without files are left out."""
    rows = database.rows(
        "SELECT message_id, name, kind, about, text FROM message_file"
        " WHERE message_id IN (SELECT value FROM json_each(?)) ORDER BY message_id, number",
        (json.dumps(list(message_ids)),),
    )
    found: dict[int, tuple[AttachedFile, ...]] = {}
    for message_id, name, kind, about, text in rows:
        fields = json.loads(about)
        fields["unit"] = PartUnit(fields["unit"])
        fields["ranges"] = tuple((first, last) for first, last in fields["ranges"])
        file = AttachedFile(name, FileKind(kind), text, **fields)
        found[message_id] = (*found.get(message_id, ()), file)
    return found

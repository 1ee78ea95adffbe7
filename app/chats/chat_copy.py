"""A chat copied up to one of its messages.  Storage thread only, inside a transaction."""

from __future__ import annotations

import re
import secrets
from collections.abc import Collection
from dataclasses import replace
from typing import Final

from app.chats.archive_rows import ArchiveRows
from app.chats.database import Database
from app.chats.ids import ChatId, MessageId
from app.chats.rows import SELECT_CHATS, gone, to_chat
from app.chats.values import Chat, TitleBy

_NUMBERED: Final = re.compile(r"(.*?) \((\d{1,6})\)", re.DOTALL)


def copy_chat(database: Database, chat_id: ChatId, leaf_id: MessageId, made_ms: int) -> Chat:
    """Make a chat of one branch of another, which stays as it is.

    The copy has what was said with all that belongs to it, the options, the folder and tags and
    the files of the chat's folder.  It begins on the same day, so that the model has read it
    already.  Not copied are permissions, which were given to the one chat, the pin and the
    draft; the variables of a notebook are gone, as after a restart.

    Args:
        database: the history.
        chat_id: what to copy.
        leaf_id: the last message of the copy.
        made_ms: Unix time in milliseconds, UTC.

    Raises:
        StorageError: the chat or the message is no longer there.
    """
    rows = ArchiveRows(database)
    found = rows.read(chat_id)
    messages = {one.id: one for one in found.messages} if found is not None else {}
    if found is None or leaf_id not in messages:
        raise gone()
    branch, at = [messages[leaf_id]], messages[leaf_id].parent
    while at is not None:
        branch.append(messages[at])
        at = messages[at].parent
    copied = replace(
        found,
        source=f"sotto-copy:{secrets.token_hex(8)}",
        title=_title_beside(found.title, _titles(database)),
        updated_ms=made_ms,
        leaf=leaf_id,
        messages=tuple(reversed(branch)),
        title_by=TitleBy.USER,  # no other than the user changes what tells the two apart
        is_pinned=False,
    )
    copy_id = rows.insert(copied)
    database.rows(
        "INSERT INTO notebook (chat_id) SELECT ? FROM notebook WHERE chat_id = ?",
        (copy_id, chat_id),
    )
    return to_chat(database.rows(f"{SELECT_CHATS} WHERE id = ?", (copy_id,))[0])


def _titles(database: Database) -> frozenset[str]:
    return frozenset(
        row[0] for row in database.rows("SELECT title FROM chat WHERE deleted_ms IS NULL")
    )


def _title_beside(title: str, taken: Collection[str]) -> str:
    """A title like this one that no other chat has: `Rome (2)` beside `Rome`."""
    numbered = _NUMBERED.fullmatch(title)
    stem, number = (numbered[1], int(numbered[2])) if numbered else (title, 1)
    while (told := f"{stem} ({number + 1})") in taken:
        number += 1
    return told

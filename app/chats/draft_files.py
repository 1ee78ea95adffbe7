"""Files that wait in the composer, in the database.  Storage thread only."""

from __future__ import annotations

import functools
import json
from collections.abc import Sequence
from typing import TYPE_CHECKING

from app.attachments.parts import DraftFile
from app.chats.call_rows import storable
from app.chats.database import Database
from app.chats.ids import ChatId

if TYPE_CHECKING:
    from pydantic import TypeAdapter


@functools.cache
def _form() -> TypeAdapter[DraftFile]:
    """Made with the first file: making it takes longer than reading a whole chat."""
    from pydantic import TypeAdapter  # noqa: PLC0415 - see above

    return TypeAdapter(DraftFile)


class DraftFiles:
    """Some files for each chat; each method is one transaction, as in `ChatStore`.

    Args:
        database: the history's.
    """

    def __init__(self, database: Database) -> None:
        self._database = database

    def keep(self, chat_id: ChatId | None, files: Sequence[DraftFile]) -> None:
        """Keep the files that wait in a chat; none forgets them, and so does a purged chat.

        Args:
            chat_id: None for a chat that is not there yet.
            files: in order.
        """
        with self._database.transaction():
            self._database.rows("DELETE FROM draft_file WHERE chat_id IS ?", (chat_id,))
            for number, file in enumerate(files):
                self._database.rows(
                    "INSERT INTO draft_file (chat_id, number, record) SELECT ?1, ?2, ?3"
                    " WHERE ?1 IS NULL OR EXISTS (SELECT 1 FROM chat WHERE id = ?1)",
                    (chat_id, number, _record(file)),
                )

    def all(self) -> dict[ChatId | None, tuple[DraftFile, ...]]:
        """The files by chat; None is a chat that is not there yet."""
        found: dict[ChatId | None, tuple[DraftFile, ...]] = {}
        for chat_id, record in self._database.rows(
            "SELECT chat_id, record FROM draft_file ORDER BY chat_id, number"
        ):
            found[chat_id] = (*found.get(chat_id, ()), _form().validate_json(record))
        return found


def _record(file: DraftFile) -> str:
    plain = _form().dump_python(file, mode="json")
    return storable(json.dumps(plain, ensure_ascii=False))

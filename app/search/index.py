"""The index of what was said, in the database.  Storage thread only.

Triggers note which messages have to be indexed anew (table `unindexed`), so that every writer of
messages is followed, in this process or another, and that an answer being written costs nothing:
it is noted when it ends.  The notes are worked off in short steps.  The index holds words and
their places alone, not the texts (https://sqlite.org/fts5.html#contentless_delete_tables).
"""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import replace
from typing import Final

from app.chats.call_rows import storable
from app.chats.database import Database
from app.chats.message_files import files_of
from app.chats.rows import SELECT_MESSAGES, to_message
from app.chats.values import Message, MessageRole
from app.search.folding import Folding
from app.search.words import indexed

_AT_ONCE: Final = 20
"""Messages between two looks at the clock."""

_MERGED_PAGES: Final = 64

_FILE_CHARACTERS: Final = 100_000
"""So much of a file can be searched."""


class SearchIndex:
    """Keeps the index; each method is one transaction, or several short ones.

    Args:
        database: the history's.
        clock: seconds of a clock that never goes back.
    """

    def __init__(self, database: Database, clock: Callable[[], float] = time.monotonic) -> None:
        self._database = database
        self._clock = clock
        self.folding = Folding()

    def waiting(self) -> int:
        """How many messages are not in the index as they are."""
        return int(self._database.rows("SELECT count(*) FROM unindexed")[0][0])

    def has_work(self) -> bool:
        """Whether messages wait, or something is left of some that are gone."""
        rows = self._database.rows(
            "SELECT EXISTS (SELECT 1 FROM unindexed) OR EXISTS (SELECT 1 FROM unindexed_remains)"
        )
        return bool(rows[0][0])

    def work(self, seconds: float) -> bool:
        """Index the newest messages that wait, then scour; True if something is left to do.

        Args:
            seconds: about how long; 0.0 does the least that is worth a transaction.
        """
        end = self._clock() + seconds
        self._catch_up_until(end)
        return self.has_work() if self._clock() >= end else self._scour_until(end)

    def catch_up(self, seconds: float) -> None:
        """Index the newest messages that wait, for about so long."""
        self._catch_up_until(self._clock() + seconds)

    def scour(self, seconds: float) -> bool:
        """Destroy what is left of the words of messages that are gone; True if it is not done.

        A deleted message is only marked as deleted in the index; its words go when the parts of
        the index are merged.  What was freed by now is overwritten, also in the log.
        """
        is_more = self._scour_until(self._clock() + seconds)
        self._database.fold_log()
        return is_more

    def _catch_up_until(self, end: float) -> None:
        while self._index_some() and self._clock() < end:
            pass

    def _index_some(self) -> bool:
        """One transaction; False where nothing waited."""
        database = self._database
        if not database.rows("SELECT EXISTS (SELECT 1 FROM unindexed)")[0][0]:
            return False
        with database.transaction():
            found = database.rows(
                "DELETE FROM unindexed WHERE message_id IN (SELECT message_id FROM unindexed"
                " ORDER BY message_id DESC LIMIT ?) RETURNING message_id",
                (_AT_ONCE,),
            )
            marks = ", ".join("?" * len(found))
            ids = [row[0] for row in found]
            rows = database.rows(
                f"{SELECT_MESSAGES} WHERE id IN ({marks}) AND status <> 'streaming'", ids
            )
            files = files_of(database, ids)
            for row in rows:
                self._put(replace(to_message(row), files=files.get(row[0], ())))
        return True

    def _put(self, message: Message) -> None:
        text = "\n".join((*searched_texts(message), *searched_files(message)))
        self._database.rows("DELETE FROM message_index WHERE rowid = ?", (message.id,))
        if text:
            self._database.rows(
                "INSERT INTO message_index (rowid, text) VALUES (?, ?)",
                (message.id, storable(indexed(text, self.folding))),
            )

    def _scour_until(self, end: float) -> bool:
        database = self._database
        if not database.rows("SELECT EXISTS (SELECT 1 FROM unindexed_remains)")[0][0]:
            return False
        while self._merge():
            if self._clock() >= end:
                return True
        with database.transaction():
            database.rows("DELETE FROM unindexed_remains")
        database.fold_log()
        return False

    def _merge(self) -> bool:
        """Merge some pages of the index; False when it is in one piece.

        Fewer than two changes mean that nothing was merged
        (https://sqlite.org/fts5.html#the_merge_command).
        """
        database = self._database
        with database.transaction():
            before = database.rows("SELECT total_changes()")[0][0]
            database.rows(
                "INSERT INTO message_index (message_index, rank) VALUES ('merge', ?)",
                (-_MERGED_PAGES,),
            )
            return bool(database.rows("SELECT total_changes()")[0][0] - before >= 2)


def searched_texts(message: Message) -> tuple[str, ...]:
    """What a person can see of a message and search for; thoughts are not."""
    seen = message.veiled()
    if seen.role is MessageRole.USER:
        return (seen.text,)
    return tuple(text for text in (seen.preamble, seen.text) if text)


def searched_files(message: Message) -> tuple[str, ...]:
    """Names of its files and what the model got of them."""
    return tuple(f"{file.name}\n{file.text[:_FILE_CHARACTERS]}" for file in message.files)

"""Words that the user told the spell check to let pass, in the database.  Storage thread only."""

from __future__ import annotations

from app.chats.call_rows import storable
from app.chats.database import Database


class KnownWords:
    """Each method is one transaction, as in `ChatStore`.

    They are kept here and not in the system's word list, which is a plain file: names of people
    are among them.

    Args:
        database: the history's.
    """

    def __init__(self, database: Database) -> None:
        self._database = database

    def all(self) -> tuple[str, ...]:
        """All of them."""
        return tuple(str(row[0]) for row in self._database.rows("SELECT word FROM known_word"))

    def add(self, word: str) -> None:
        """Let one more pass."""
        with self._database.transaction():
            self._database.rows("INSERT OR IGNORE INTO known_word VALUES (?)", (storable(word),))

    def remove(self, word: str) -> None:
        """Mark it again."""
        with self._database.transaction():
            self._database.rows("DELETE FROM known_word WHERE word = ?", (storable(word),))

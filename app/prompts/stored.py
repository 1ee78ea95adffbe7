"""The user's own prompts in the database.  Storage thread only."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from app.chats.call_rows import storable
from app.chats.database import Database
from app.prompts.values import MAX_PROMPTS, Prompt, own_prompt, tidy_name, tidy_text


class StoredPrompts:
    """Each method is one transaction, as in `ChatStore`.

    Args:
        database: the history's: prompts say as much of a person as chats do.
    """

    def __init__(self, database: Database) -> None:
        self._database = database

    def all(self) -> tuple[Prompt, ...]:
        """All, the oldest first."""
        rows = self._database.rows("SELECT id, name, text FROM prompt ORDER BY id")
        return tuple(own_prompt(*row) for row in rows)

    def add(self, prompts: Iterable[tuple[str, str]]) -> int:
        """Add names with texts behind the others; returns how many there was room for.

        Those that are there already, word for word, and blank ones are left out.
        """
        with self._database.transaction():
            there = self.all()
            known = {(one.name, one.text) for one in there}
            wanted = ((storable(tidy_name(n)), storable(tidy_text(t))) for n, t in prompts)
            new = [one for one in dict.fromkeys(wanted) if all(one) and one not in known]
            new = new[: MAX_PROMPTS - len(there)]
            for one in new:
                self._database.rows("INSERT INTO prompt (name, text) VALUES (?, ?)", one)
        return len(new)

    def change(self, number: int, name: str, text: str) -> None:
        """Give a prompt another name and text, neither blank; one that is gone is left alone."""
        with self._database.transaction():
            self._database.rows(
                "UPDATE prompt SET name = ?, text = ? WHERE id = ?",
                (storable(tidy_name(name)), storable(tidy_text(text)), number),
            )

    def remove(self, number: int) -> None:
        """Take a prompt away; what was filled into its blanks stays for `put_back`."""
        with self._database.transaction():
            self._database.rows("DELETE FROM prompt WHERE id = ?", (number,))

    def put_back(self, prompt: Prompt) -> None:
        """Bring a prompt back to where it stood."""
        with self._database.transaction():
            self._database.rows(
                "INSERT OR IGNORE INTO prompt (id, name, text) VALUES (?, ?, ?)",
                (prompt.number, prompt.name, prompt.text),
            )

    def values_of(self, key: str) -> dict[str, str]:
        """What was last filled into the blanks of a prompt."""
        rows = self._database.rows("SELECT name, value FROM prompt_blank WHERE prompt = ?", (key,))
        return dict(rows)

    def keep_values(self, key: str, values: Mapping[str, str]) -> None:
        """Keep what was filled in now; what was before is forgotten, also of prompts long gone."""
        with self._database.transaction():
            self._database.rows(
                "DELETE FROM prompt_blank WHERE prompt = ?1 OR (prompt LIKE 'own:%' AND prompt"
                " NOT IN (SELECT 'own:' || id FROM prompt))",
                (key,),
            )
            for name, value in values.items():
                self._database.rows(
                    "INSERT INTO prompt_blank VALUES (?, ?, ?)",
                    (key, storable(name), storable(value)),
                )

"""The history on disk together with one in memory, for chats that leave nothing behind.

Ids say where a row belongs (`app.chats.ids`), so whoever works on the history works on both
without knowing of it.  Storage thread only.
"""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from typing import Any, Final

from typing_extensions import override

from app.chats.database import Database, open_memory_database
from app.chats.ids import FIRST_PRIVATE

_INSERT: Final = re.compile(r"\s*(WITH\b.*\)\s*)?(INSERT|REPLACE)\b", re.IGNORECASE | re.DOTALL)
_IDS: Final = re.compile(r"\[\s*\d+(\s*,\s*\d+)*\s*\]")
_ANY_OF: Final = re.compile(r"\bIN \(\?(, \?)*\)")
_TOLD_OF_ALL: Final = re.compile(r"\s*SELECT (EXISTS|count\(\*\))")
"""Says one thing of the whole history."""

_FOR_BOTH: Final = ("permission_clearing",)
"""Tables whose rows, which name no chat, mean what is done to both histories."""


class SplitDatabase(Database):
    """A history on disk that has another one in memory beside it, once there is a use for it.

    A statement goes to memory where one of its values is an id from there; a new row that names
    no id goes there inside `privately`, or where its transaction has touched memory before.
    Everything else, lists of ids too, is done on both, and the rows of both are given, those on
    disk first; of `EXISTS` and `count(*)` the one answer for both.

    Args:
        ordinary: the history on disk.
        open_private: makes the one in memory.
    """

    def __init__(
        self, ordinary: Database, open_private: Callable[[], Database] = open_memory_database
    ) -> None:
        # Not the base's: the connections are those of the two.
        self._ordinary = ordinary
        self._private: Database | None = None
        self._open_private = open_private
        self._is_private = False

    @override
    def rows(self, statement: str, values: Sequence[object] = ()) -> list[tuple[Any, ...]]:
        if self._private is None or statement.lstrip()[:6].upper() == "PRAGMA":
            return self._ordinary.rows(statement, values)
        if _names_private(values) and not _ANY_OF.search(statement):
            self._is_private = True
            return self._private.rows(statement, values)
        if _INSERT.match(statement) and not any(table in statement for table in _FOR_BOTH):
            target = self._private if self._is_private else self._ordinary
            return target.rows(statement, values)
        found = self._ordinary.rows(statement, values), self._private.rows(statement, values)
        if (one := _TOLD_OF_ALL.match(statement)) is None:
            return found[0] + found[1]
        first, second = found[0][0][0], found[1][0][0]
        return [(first + second if one[1] != "EXISTS" else int(first or second),)]

    @contextmanager
    @override
    def privately(self) -> Iterator[None]:
        if self._private is None:
            self._private = self._open_private()
            self._private.number_from(FIRST_PRIVATE)
        with self.transaction():
            self._is_private = True
            yield

    @contextmanager
    @override
    def transaction(self) -> Iterator[None]:
        if self._private is None:
            with self._ordinary.transaction():
                yield
            return
        self._is_private = False
        try:
            with self._ordinary.transaction(), self._private.transaction():
                yield
        finally:
            self._is_private = False

    @contextmanager
    @override
    def while_wanted(self, is_wanted: Callable[[], bool]) -> Iterator[None]:
        with self._ordinary.while_wanted(is_wanted):
            if self._private is None:
                yield
                return
            with self._private.while_wanted(is_wanted):
                yield

    @override
    def close(self) -> None:
        if self._private is not None:
            self._private.close()
        self._ordinary.close()


def _names_private(values: Sequence[object]) -> bool:
    """Whether one of the values is an id from memory, or all of a list of ids are."""
    return any(
        _is_private_id(value) if isinstance(value, int) else _are_private_ids(value)
        for value in values
    )


def _is_private_id(value: object) -> bool:
    return isinstance(value, int) and FIRST_PRIVATE <= value < 2 * FIRST_PRIVATE


def _are_private_ids(value: object) -> bool:
    if not isinstance(value, str) or not _IDS.fullmatch(value):
        return False
    return all(_is_private_id(one) for one in json.loads(value))

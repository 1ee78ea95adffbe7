"""What the palette offers, and which of it a few letters mean.  Knows nothing of widgets."""

from __future__ import annotations

import heapq
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field
from enum import IntEnum
from typing import Final

from app.text_match import Searchable, holds, match

MOST: Final = 60
"""Entries that are shown at once; nobody reads further."""
CHATS_WITHOUT_WORDS: Final = 8
_ALSO: Final = 6.0
_WORTH: Final = 0.4
_RECENT: Final = 3.0
_CANNOT: Final = 6.0


class EntryKind(IntEnum):
    """What an entry leads to, in the order in which equals stand."""

    ACTION = 0
    SETTING = 1
    CHAT = 2


@dataclass(frozen=True, slots=True)
class Entry:
    """One thing that can be done or opened, in the user's language.

    Attributes:
        id: tells entries of a kind apart, for what was used last.
        kind: what it leads to.
        title: its name.
        detail: where it belongs, shown beside it.
        key: its shortcut, or "".
        also: other words by which it may be looked for; not shown.
        why_not: why it cannot be done now, or "".
        run: does it.
    """

    id: str
    kind: EntryKind
    title: str
    detail: str
    key: str = ""
    also: str = ""
    why_not: str = ""
    run: Callable[[], object] = field(compare=False, default=lambda: None)


@dataclass(frozen=True, slots=True)
class Hit:
    """An entry that is meant, and which letters of its title were typed."""

    entry: Entry
    marks: tuple[int, ...] = ()


class EntryIndex:
    """Entries made ready to be found.

    Args:
        entries: all of them; chats come newest first.
        recent: ids of what was used last, the newest first.
    """

    def __init__(self, entries: Iterable[Entry], recent: Sequence[str] = ()) -> None:
        self._entries = tuple(entries)
        self._texts = tuple(
            (Searchable.of(one.title), Searchable.of(f"{one.detail} {one.also}"))
            for one in self._entries
        )
        self._recent = tuple(recent)

    def find(self, query: str) -> tuple[Hit, ...]:
        """The entries that a query means, the likeliest first.

        Args:
            query: as typed; a blank one gives what was used last, the actions, and some chats.
        """
        if not query.strip():
            return self._without_words()
        scored: list[tuple[float, int, Hit]] = []
        for place, entry in enumerate(self._entries):
            found = self._scored(place, query)
            if found is not None:
                scored.append((found[0], -place, Hit(entry, found[1])))
        best = heapq.nlargest(MOST, scored)
        least = best[0][0] * _WORTH if best else 0.0
        return tuple(hit for score, _, hit in best if score >= least)

    def _scored(self, place: int, query: str) -> tuple[float, tuple[int, ...]] | None:
        title, also = self._texts[place]
        entry = self._entries[place]
        if (met := match(query, title)) is not None:
            score, marks = met.score - 0.01 * len(entry.title), met.marks
        elif entry.kind is EntryKind.CHAT:
            return None
        elif holds(query, also):
            score, marks = _ALSO * len(query), ()
        else:
            return None
        score -= entry.kind + (_CANNOT if entry.why_not else 0.0)
        return score + (_RECENT if entry.id in self._recent else 0.0), marks

    def _without_words(self) -> tuple[Hit, ...]:
        known = {one.id: one for one in self._entries if one.kind is EntryKind.ACTION}
        recent = [known[id_] for id_ in self._recent if id_ in known]
        rest = [one for one in known.values() if one.id not in self._recent]
        chats = [one for one in self._entries if one.kind is EntryKind.CHAT]
        shown = [*recent, *rest, *chats[:CHATS_WITHOUT_WORDS]]
        return tuple(Hit(one) for one in shown)

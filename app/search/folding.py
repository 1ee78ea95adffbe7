"""Texts without what does not count in a search: case, accents, how letters are composed."""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass
from typing import Final

# A letter with the marks that stand on it, or a syllable spelled in single Korean letters, as
# file names of macOS have it.
_CLUSTER: Final = re.compile(
    "[\u1100-\u115f][\u1160-\u11a7]?[\u11a8-\u11ff]?|.[\u0300-\u036f\u1ab0-\u1aff\u20d0-\u20ff]*",
    re.DOTALL,
)


@dataclass(frozen=True, slots=True)
class Folded:
    """A folded text and the way back.

    Attributes:
        text: as it is compared.
        places: where each of its characters stands in the original, and the original's end;
            None where they stand at the same places.
    """

    text: str
    places: tuple[int, ...] | None = None

    def original(self, start: int, end: int) -> tuple[int, int]:
        """A stretch of `text`, not empty, as a stretch of the original."""
        if self.places is None:
            return start, end
        first = self.places[start]
        after = end
        # What one original character became is marked as a whole.
        while after < len(self.text) and self.places[after] == self.places[end - 1]:
            after += 1
        return first, self.places[after]


class _Folds(dict[int, str]):
    """One character folded by itself; remembered, since texts repeat them."""

    def __init__(self) -> None:
        super().__init__()
        self.uneven: set[str] = set()
        """Those that become none or several."""

    def __missing__(self, code: int) -> str:
        folded = self[code] = _fold(chr(code))
        if len(folded) != 1 or unicodedata.combining(chr(code)) or 0x1100 <= code <= 0x11FF:
            self.uneven.add(chr(code))
        return folded


def _fold(cluster: str) -> str:
    composed = unicodedata.normalize("NFC", cluster)
    if "\uac00" <= composed <= "\ud7a3":
        return composed
    parts = unicodedata.normalize("NFD", composed)
    bare = "".join(one for one in parts if not unicodedata.combining(one))
    return unicodedata.normalize("NFC", bare.casefold())


class Folding:
    """Folds texts.  One for each thread: it remembers the characters it has met."""

    def __init__(self) -> None:
        self._folds = _Folds()

    def fold(self, text: str) -> Folded:
        """A text as it is compared."""
        if text.isascii():
            return Folded(text.lower())
        simple = text.translate(self._folds)
        if self._folds.uneven.isdisjoint(text):
            return Folded(simple)
        parts: list[str] = []
        places: list[int] = []
        for match in _CLUSTER.finditer(text):
            folded = _fold(match[0])
            parts.append(folded)
            places.extend([match.start()] * len(folded))
        places.append(len(text))
        return Folded("".join(parts), tuple(places))

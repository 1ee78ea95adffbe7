"""Find the words that open a wallet: twelve or more in a row of BIP 39's English list.

The list is `resources/thoughts/seed_words.txt` (bitcoin/bips, bip-0039/english.txt, MIT).
It holds no "the", "and" or "of", so sentences do not run that long in it.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from app.thoughts.spans import Span
from engine.analysis_filter import WithheldKind

SHORTEST: Final = 12
"""Words of the shortest seed phrase."""

_ROW = re.compile(
    r"(?<![a-z])[a-z]{3,8}(?:(?:[\s,;|\-]{1,4}|\s{0,2}\d{1,2}\s?[.):]\s{0,2}){1,2}[a-z]{3,8}(?![a-z])){11}"
)
_WORD = re.compile(r"[a-z]+")


@dataclass(frozen=True, slots=True)
class SeedWords:
    """BIP 39's words.  Immutable; any thread."""

    words: frozenset[str]

    def find(self, lowered: str) -> Iterator[Span]:
        """The seed phrases in a folded text in small letters."""
        if not _ROW.search(lowered):
            return
        first = last = None
        length = 0
        for found in _WORD.finditer(lowered):
            goes_on = last is not None and not _STOP.search(lowered, last, found.start())
            if found[0] not in self.words or not goes_on:
                if first is not None and last is not None and length >= SHORTEST:
                    yield Span(first, last, WithheldKind.SECRET)
                first, length = None, 0
            if found[0] in self.words:
                first = found.start() if first is None else first
                length += 1
            last = found.end()
        if first is not None and last is not None and length >= SHORTEST:
            yield Span(first, last, WithheldKind.SECRET)


_STOP = re.compile(r"[^\s,;|\-\d.):]|[.:)](?<!\d[.:)])")


def load(path: Path) -> SeedWords:
    """Read the list.

    Raises:
        OSError: the file cannot be read.
    """
    return SeedWords(frozenset(path.read_text(encoding="utf-8").split()))

"""What somebody types into a search field, as what is looked for.

A word finds words that begin with it, "words in quotes" stand next to each other, and what
follows a minus must not be there.  Any text is a query; where it holds no letter or digit, it
finds nothing.
"""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass
from functools import cached_property
from itertools import pairwise
from typing import Final

from app.search.folding import Folding
from app.search.values import Marks
from app.search.words import JOINED, pairs

_MOST_WORDS: Final = 12
_LONGEST: Final = 300
"""Nobody types more; what is pasted is cut."""

_PART: Final = re.compile(r'(?P<no>(?<!\S)-)?(?:"(?P<quoted>[^"]*)"?|(?P<word>[^\s"]+))')
_PIECE: Final = re.compile(f"[{JOINED}]+|[^\\W_{JOINED}]+")
_START: Final = r"(?<![^\W_])"
_END: Final = r"(?![^\W_])"


@dataclass(frozen=True, slots=True)
class Term:
    """A word, or words in a row.

    Attributes:
        pieces: of letters that are joined (`app.search.words.JOINED`) or of others, folded.
        glued: for each piece but the first, whether nothing stood between it and the one before.
        is_exact: it stood in quotes, so that the last word must end where it ends.
    """

    pieces: tuple[str, ...]
    glued: tuple[bool, ...]
    is_exact: bool

    @property
    def match(self) -> str:
        """As a phrase of FTS5 (https://sqlite.org/fts5.html#full_text_query_syntax)."""
        tokens: list[str] = []
        for piece in self.pieces[:-1]:
            tokens += [*pairs(piece), piece[-1]] if _is_pair(piece) else [piece]
        last = self.pieces[-1]
        tokens += pairs(last) if _is_joined(last) else [last]
        is_open = len(last) == 1 if _is_joined(last) else not self.is_exact
        return f'"{" ".join(tokens)}"{" *" if is_open else ""}'

    @property
    def pattern(self) -> str:
        """As a regular expression over folded text."""
        parts = ["" if _is_joined(self.pieces[0]) else _START, re.escape(self.pieces[0])]
        for piece, is_glued in zip(self.pieces[1:], self.glued, strict=True):
            parts += [r"[\W_]*" if is_glued else r"[\W_]+", re.escape(piece)]
        if self.is_exact and not _is_joined(self.pieces[-1]):
            parts.append(_END)
        return "".join(parts)


@dataclass(frozen=True)
class Query:
    """What is looked for.

    Attributes:
        text: as it was typed, but for blanks around it.
        terms: all of them must be there.
        without: none of them may be there.
    """

    text: str
    terms: tuple[Term, ...]
    without: tuple[Term, ...] = ()

    @property
    def match(self) -> str:
        """For FTS5; "" where nothing is looked for."""
        if not self.terms:
            return ""
        wanted = " AND ".join(term.match for term in self.terms)
        unwanted = " OR ".join(term.match for term in self.without)
        return f"({wanted}) NOT ({unwanted})" if unwanted else wanted

    @cached_property
    def patterns(self) -> tuple[re.Pattern[str], ...]:
        """One for each term, over folded text."""
        return tuple(re.compile(term.pattern) for term in self.terms)

    @cached_property
    def whole_words(self) -> tuple[re.Pattern[str], ...]:
        """The same where they begin and end as a word does."""
        return tuple(re.compile(f"{_START}(?:{term.pattern}){_END}") for term in self.terms)

    def marks(self, text: str, folding: Folding) -> Marks:
        """Where the terms stand in a text; stretches that touch are one."""
        folded = folding.fold(text)
        found = sorted(
            folded.original(*match.span())
            for pattern in self.patterns
            for match in pattern.finditer(folded.text)
        )
        joined: list[tuple[int, int]] = []
        for start, end in found:
            if joined and start <= joined[-1][1]:
                joined[-1] = (joined[-1][0], max(end, joined[-1][1]))
            else:
                joined.append((start, end))
        return tuple(joined)


def parse(text: str) -> Query:
    """What a typed text looks for; never raises."""
    folding = Folding()
    terms: list[Term] = []
    without: list[Term] = []
    for part in _PART.finditer(unicodedata.normalize("NFC", text[:_LONGEST])):
        is_exact = part["quoted"] is not None
        term = _term(folding.fold(part["quoted"] or part["word"] or "").text, is_exact=is_exact)
        goal = without if part["no"] else terms
        if term is not None and term not in goal and len(goal) < _MOST_WORDS:
            goal.append(term)
    return Query(text[:_LONGEST].strip(), tuple(terms), tuple(without))


def _term(text: str, *, is_exact: bool) -> Term | None:
    found = list(_PIECE.finditer(text))
    glued = tuple(before.end() == after.start() for before, after in pairwise(found))
    return Term(tuple(piece[0] for piece in found), glued, is_exact) if found else None


def _is_joined(piece: str) -> bool:
    return bool(re.match(f"[{JOINED}]", piece))


def _is_pair(piece: str) -> bool:
    return len(piece) > 1 and _is_joined(piece)

"""Find passages of the system and developer messages, and talk about them.

A passage is eight words in a row of a guarded text (for scripts written without or with
free spaces: twelve characters), or a whole shorter line or sentence of it.  Works on folded
text (`folding.fold`) in small letters.  A paraphrase is not found; that is the work of a
later layer.
"""

from __future__ import annotations

import functools
import json
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from app.thoughts.folding import fold
from app.thoughts.guarded_text import GuardedText
from app.thoughts.spans import Span
from engine.analysis_filter import WithheldKind

PASSAGE_WORDS: Final = 8
_TAIL_WORDS: Final = 4
_SHORTEST_LINE_WORDS: Final = 3
_PASSAGE_CHARACTERS: Final = 12
_SHORTEST_LINE_CHARACTERS: Final = 6
_MOST_CHARACTERS: Final = 400_000  # of guarded text; keeps a turn's start under a second

_KIND: Final = WithheldKind.SYSTEM_TEXT
_WORD = re.compile(r"[^\W_]+")
_LINE_END = re.compile(r"[\n.!?。！？]+\s{0,4}")
_DENSE = re.compile(r"[가-힣ぁ-ヿ一-鿿]")
_QUOTES: Final = "\"'`“”‘’«»「」"


@dataclass(frozen=True, slots=True)
class SystemTextGuard:
    """Passages of guarded texts.  Immutable; any thread.

    Attributes:
        passages: eight words in a row, joined by spaces.
        tails: four words in a row; a text that ends with them may be inside a passage.
        lines: whole lines and sentences of fewer than eight words, by their length.
        starts: first words of all of these.
        dense_passages: twelve characters in a row without spaces and signs.
        dense_lines: whole shorter lines without spaces and signs.
    """

    passages: frozenset[str]
    tails: frozenset[str]
    lines: dict[int, frozenset[str]]
    starts: frozenset[str]
    dense_passages: frozenset[str]
    dense_lines: tuple[str, ...]

    def find(self, lowered: str, before: Sequence[str] = ()) -> Iterator[Span]:
        """Passages in a folded text in small letters.

        Args:
            lowered: the text.
            before: the last words of what came before it, so that a passage may begin there.
        """
        if not self.passages and not self.lines and not self.dense_lines:
            return
        found = list(_WORD.finditer(lowered))
        words = [*before, *(one[0] for one in found)]
        for first, word in enumerate(words):
            if word not in self.starts:
                continue
            for length in (PASSAGE_WORDS, *self.lines):
                last = first + length - 1 - len(before)
                if last < 0 or last >= len(found):
                    continue
                if " ".join(words[first : first + length]) in self._known(length):
                    start = found[max(0, first - len(before))].start()
                    span = Span(start, found[last].end(), _KIND)
                    if length >= _SHORTEST_LINE_WORDS or _is_quoted(lowered, span):
                        yield span
        if (self.dense_passages or self.dense_lines) and _DENSE.search(lowered):
            yield from self._dense(found)

    def open_tail(self, lowered: str) -> int | None:
        """Where a passage may have begun that the end of `lowered` has not finished, or None."""
        if not self.tails:
            return None
        found = list(_WORD.finditer(lowered[-160:]))
        words = [word[0] for word in found]
        if " ".join(words[-_TAIL_WORDS:]) not in self.tails:
            return None
        first = len(words) - _TAIL_WORDS
        while first > 0 and " ".join(words[first - 1 : first - 1 + _TAIL_WORDS]) in self.tails:
            first -= 1
        return max(0, len(lowered) - 160) + found[first].start()

    def _known(self, length: int) -> frozenset[str]:
        return self.passages if length == PASSAGE_WORDS else self.lines[length]

    def _dense(self, words: Sequence[re.Match[str]]) -> Iterator[Span]:
        """Passages in text without spaces, so that word spacing does not matter."""
        squeezed = "".join(word[0] for word in words)
        places = [place for word in words for place in range(word.start(), word.end())]
        for first in range(len(squeezed) - _PASSAGE_CHARACTERS + 1):
            if squeezed[first : first + _PASSAGE_CHARACTERS] in self.dense_passages:
                yield Span(places[first], places[first + _PASSAGE_CHARACTERS - 1] + 1, _KIND)
        for line in self.dense_lines:
            first = squeezed.find(line)
            while first >= 0:
                yield Span(places[first], places[first + len(line) - 1] + 1, _KIND)
                first = squeezed.find(line, first + len(line))


def _is_quoted(text: str, span: Span) -> bool:
    return text[span.start - 1 : span.start] in _QUOTES and text[span.start - 1 : span.start] != ""


@functools.lru_cache(maxsize=4)  # a chat keeps its instructions over many turns
def guard_for(guarded: GuardedText) -> SystemTextGuard:
    """Index guarded texts; linear time, about 1 ms for 1,000 words."""
    passages: set[str] = set()
    tails: set[str] = set()
    lines: dict[int, set[str]] = {}
    dense: set[str] = set()
    dense_lines: list[str] = []
    for text in (guarded.instructions, guarded.descriptions):
        folded = fold(text[:_MOST_CHARACTERS]).text.lower()
        words = words_of(folded)
        passages.update(_rows(words, PASSAGE_WORDS))
        tails.update(_rows(words, _TAIL_WORDS))
        if _DENSE.search(folded):
            dense.update(_dense_rows("".join(words)))
    for words in _short_lines(guarded.instructions[:_MOST_CHARACTERS]):
        joined = "".join(words)
        if _DENSE.search(joined):
            if len(joined) >= _SHORTEST_LINE_CHARACTERS:
                dense_lines.append(joined)
        else:
            lines.setdefault(len(words), set()).add(" ".join(words))
    return SystemTextGuard(
        passages=frozenset(passages),
        tails=frozenset(tails),
        lines={length: frozenset(known) for length, known in lines.items()},
        starts=frozenset(row.split(" ", 1)[0] for row in passages.union(*lines.values())),
        dense_passages=frozenset(dense),
        dense_lines=tuple(dict.fromkeys(dense_lines)),
    )


def words_of(lowered: str) -> list[str]:
    """The words of a folded text in small letters."""
    return _WORD.findall(lowered)


def _rows(words: Sequence[str], length: int) -> Iterator[str]:
    for first in range(len(words) - length + 1):
        yield " ".join(words[first : first + length])


def _dense_rows(squeezed: str) -> Iterator[str]:
    for first in range(len(squeezed) - _PASSAGE_CHARACTERS + 1):
        row = squeezed[first : first + _PASSAGE_CHARACTERS]
        if _DENSE.search(row):
            yield row


def _short_lines(text: str) -> Iterator[list[str]]:
    lowered = fold(text).text.lower()
    for line in (*lowered.split("\n"), *_LINE_END.split(lowered)):
        words = words_of(line)
        is_short = 2 <= len(words) < PASSAGE_WORDS and any(word.isalpha() for word in words)
        if is_short or (len(words) == 1 and _DENSE.search(line)):
            yield words


@dataclass(frozen=True, slots=True)
class PolicyTalk:
    """Patterns of sentences about the model's rules.  Immutable; any thread.

    Attributes:
        needs: a text without any of these cannot match; saves most of the time.
        patterns: the sentences.
    """

    needs: tuple[str, ...]
    patterns: tuple[re.Pattern[str], ...]

    def find(self, lowered: str) -> bool:
        """Whether a folded sentence in small letters talks about rules."""
        if not any(need in lowered for need in self.needs):
            return False
        even = _GAP.sub(" ", lowered)
        return any(pattern.search(even) for pattern in self.patterns)


_GAP = re.compile(r"[\s'’]")


def load_policy_talk(path: Path) -> PolicyTalk:
    """Read and compile the patterns.

    Raises:
        OSError: the file cannot be read.
        ValueError: the file is not JSON of the expected form.
    """
    lists = json.loads(path.read_text(encoding="utf-8"))
    return PolicyTalk(
        tuple(lists["needs"]),
        tuple(re.compile(pattern) for pattern in (*lists["english"], *lists["korean"])),
    )

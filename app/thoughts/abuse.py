"""Find slurs and insults in English and Korean by word lists.

A list knows spellings, not intentions: a quoted insult goes too, an unkind sentence of kind
words stays.  Works on folded text (`folding.fold`) in small letters.  The lists are
`resources/thoughts/abuse.*.json`.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

from app.thoughts.jamo import compose
from app.thoughts.spans import Span
from engine.analysis_filter import WithheldKind

_KIND: Final = WithheldKind.ABUSE
_SIGNS_FOR_LETTERS: Final = str.maketrans("0134578@$!|+€(", "oieastbasiitec")
_ONE_OR_L: Final = str.maketrans("1|!", "lll")
_WORD = re.compile(r"[\w@$][\w@$!|+€*'’]{1,40}", re.ASCII)
_SPELLED_OUT = re.compile(r"(?<!\w)[^\W_](?:[ ._*\-/]{1,2}[\w@$!|]){2,24}(?!\w)", re.ASCII)
_SPLIT_BY_DOT = re.compile(r"(?<![\w.])[a-z]{1,6}\.[a-z]{1,6}(?![\w./])")
_STRETCHED = re.compile(r"(.)\1{2,}")
_REPEATED = re.compile(r"(.)\1+")
_BETWEEN_LETTERS = re.compile(r"[ ._*\-/]")
_GAP = re.compile(r"[\s'’]")
_HANGUL_OR_DIGIT = re.compile(r"[0-9가-힣]")
_HANGUL_OR_JAMO = re.compile(r"[ㄱ-ㆎ가-힣]")
_BETWEEN_SYLLABLES: Final = r"[0-9_~!@#$%^&*.,'\"`|/\\\-+=·ㆍ]{0,3}"
_SHORTEST_SPELLED_OUT: Final = 4


@dataclass(frozen=True, slots=True)
class KoreanStems:
    """Stems by their first syllable, so that a text without any costs one search.

    Attributes:
        first: finds the first syllable of any stem.
        prefixes: finds an intensifier at the end of what stands before.
        patterns: what to try at such a place.
    """

    first: re.Pattern[str]
    prefixes: re.Pattern[str]
    patterns: Mapping[str, re.Pattern[str]]

    def find(self, text: str) -> Iterator[tuple[int, int]]:
        """Start and end of each stem."""
        for place in self.first.finditer(text):
            found = self.patterns[place[0]].match(text, place.start())
            if found and self._begins_word(text, found.start()):
                yield found.span()

    def _begins_word(self, text: str, start: int) -> bool:
        before = text[max(0, start - 4) : start]
        return not _HANGUL_OR_DIGIT.match(before[-1:]) or self.prefixes.search(before) is not None


@dataclass(frozen=True, slots=True)
class AbuseList:
    """Compiled word lists.  Immutable; any thread.

    Attributes:
        words: English words in small letters.
        allowed: innocent phrases; what lies inside one is no abuse.
        phrases: English phrases.
        stems: Korean stems.
        korean_phrases: Korean phrases and single letters.
    """

    words: frozenset[str]
    allowed: re.Pattern[str]
    phrases: tuple[re.Pattern[str], ...]
    stems: KoreanStems
    korean_phrases: tuple[re.Pattern[str], ...]

    def find(self, lowered: str) -> Iterator[Span]:
        """The slurs and insults in a folded text in small letters."""
        even = _GAP.sub(" ", lowered)
        innocent = [found.span() for found in self.allowed.finditer(even)]
        for start, end in self._english(lowered, even):
            if not any(first <= start and end <= last for first, last in innocent):
                yield Span(start, end, _KIND)
        if _HANGUL_OR_JAMO.search(lowered):
            for start, end in self.stems.find(lowered):
                yield Span(start, end, _KIND)
            yield from self._letter_by_letter(lowered)
            for pattern in self.korean_phrases:
                for found in pattern.finditer(even):
                    yield Span(*found.span(), _KIND)

    def _letter_by_letter(self, text: str) -> Iterator[Span]:
        composed = compose(text)
        if composed:
            for start, end in self.stems.find(composed[0]):
                yield Span(composed[1][start], composed[1][end], _KIND)

    def _english(self, lowered: str, even: str) -> Iterator[tuple[int, int]]:
        for found in _WORD.finditer(lowered):
            word = found[0].rstrip("!|+*'’").removesuffix("'s")
            if self._is_listed(word):
                yield found.start(), found.start() + len(word)
        for found in _SPELLED_OUT.finditer(lowered):
            yield from self._spelled_out(found)
        for found in _SPLIT_BY_DOT.finditer(lowered):
            if found[0].replace(".", "") in self.words:
                yield found.span()
        for pattern in self.phrases:
            for found in pattern.finditer(even):
                yield found.span()

    def _is_listed(self, word: str) -> bool:
        if word in self.words:
            return True
        if word.isdigit() or (word.isalpha() and not _STRETCHED.search(word)):
            return False
        return any(self._is_listed_plain(form) for form in _plain_forms(word))

    def _is_listed_plain(self, form: str) -> bool:
        if form in self.words or _STRETCHED.sub(r"\1\1", form) in self.words:
            return True
        if not _STRETCHED.search(form):
            return False
        return _STRETCHED.sub(r"\1", form) in self.words or _REPEATED.sub(r"\1", form) in self.words

    def _spelled_out(self, found: re.Match[str]) -> Iterator[tuple[int, int]]:
        """Words written letter by letter, "i d i o t", anywhere in such a row."""
        places = [
            place
            for place in range(found.start(), found.end())
            if not _BETWEEN_LETTERS.match(found.string, place)
        ]
        letters = "".join(found.string[place] for place in places).translate(_SIGNS_FOR_LETTERS)
        for first in range(len(letters)):
            for last in range(first + _SHORTEST_SPELLED_OUT, min(first + 14, len(letters)) + 1):
                if letters[first:last] in self.words:
                    yield places[first], places[last - 1] + 1


def _plain_forms(word: str) -> Iterator[str]:
    yield word
    if not word.isalpha():
        yield word.translate(_SIGNS_FOR_LETTERS)
        yield word.translate(_ONE_OR_L).translate(_SIGNS_FOR_LETTERS)
        yield word.replace("*", "").replace("_", "").translate(_SIGNS_FOR_LETTERS)
    if "*" in word:
        yield from (word.replace("*", vowel) for vowel in "aeiou")


def load(english: Path, korean: Path) -> AbuseList:
    """Read and compile the word lists.

    Raises:
        OSError: a file cannot be read.
        ValueError: a file is not JSON of the expected form.
    """
    first: dict[str, Any] = json.loads(english.read_text(encoding="utf-8"))
    second: dict[str, Any] = json.loads(korean.read_text(encoding="utf-8"))
    return AbuseList(
        words=frozenset(first["words"]),
        allowed=re.compile("|".join(_spaced(phrase) for phrase in first["allowed"])),
        phrases=tuple(re.compile(rf"(?<!\w)(?:{phrase})") for phrase in first["phrases"]),
        stems=_compiled_stems(second["prefixes"], second["stems"]),
        korean_phrases=(
            re.compile(_initials(second["initials"])),
            *(re.compile(phrase) for phrase in second["phrases"]),
        ),
    )


def _spaced(phrase: str) -> str:
    return r"\b" + r"[ \-]{1,2}".join(re.escape(word) for word in phrase.split())


def _compiled_stems(prefixes: list[str], stems: list[dict[str, str]]) -> KoreanStems:
    by_first: dict[str, list[str]] = {}
    for stem in stems:
        by_first.setdefault(stem["word"][0], []).append(_stem(**stem))
    return KoreanStems(
        first=re.compile(f"[{''.join(by_first)}]"),
        prefixes=re.compile(rf"(?:^|[^가-힣0-9])(?:{'|'.join(prefixes)})$"),
        patterns={first: re.compile("|".join(forms)) for first, forms in by_first.items()},
    )


def _stem(word: str, not_followed_by: str = r"\b\B") -> str:
    """Pattern of one stem; the default of `not_followed_by` matches nowhere."""
    joined = _BETWEEN_SYLLABLES.join(r"\s" if one == " " else re.escape(one) for one in word)
    apart = r"\s{1,2}".join(re.escape(one) for one in word if one != " ")
    alone = rf"|{apart}(?![가-힣])" if len(word) > 1 else ""
    return rf"(?:{joined}{alone})(?!{not_followed_by})"


def _initials(initials: list[str]) -> str:
    """Consonants alone, not inside a longer row such as the alphabet; laughter may touch."""
    spelled = "|".join(r"[0-9.\s]{0,2}".join(each) for each in initials)
    return rf"(?<![ㄱ-ㅊㅌㅍㅏ-ㆎ])개?(?:{spelled}){{1,4}}(?![ㄱ-ㅊㅌㅍㅏ-ㆎ])"

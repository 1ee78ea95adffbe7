"""Whether a few typed letters mean a text, and how well: letters in order, words in any order.

Korean is met by whole syllables, by initial consonants (ㅅㅈ meets 설정), and by what stands in
the field while a syllable is being composed.  Knows nothing of widgets.
"""

from __future__ import annotations

import unicodedata
from dataclasses import dataclass
from typing import Final

_FIRST: Final = 0xAC00
_LAST: Final = 0xD7A3
_FINALS: Final = 28
_PER_INITIAL: Final = 588
_INITIALS: Final = "ㄱㄲㄴㄷㄸㄹㅁㅂㅃㅅㅆㅇㅈㅉㅊㅋㅌㅍㅎ"
_SINGLE_FINALS: Final = {
    1: "ㄱ", 2: "ㄲ", 4: "ㄴ", 7: "ㄷ", 8: "ㄹ", 16: "ㅁ", 17: "ㅂ", 19: "ㅅ", 20: "ㅆ",
    21: "ㅇ", 22: "ㅈ", 23: "ㅊ", 24: "ㅋ", 25: "ㅌ", 26: "ㅍ", 27: "ㅎ",
}  # fmt: skip
"""Final consonants that may yet become the next syllable's initial (Unicode 3.12)."""

_HIT: Final = 1.0
_WORD_START: Final = 8.0
_NEXT: Final = 9.0
_LATER: Final = 0.02
_NO: Final = float("-inf")


@dataclass(frozen=True, slots=True)
class Match:
    """How a text is met.

    Attributes:
        score: higher is better; about 10 for each letter of a beginning.
        marks: which characters of the text were meant, rising.
    """

    score: float
    marks: tuple[int, ...]


@dataclass(frozen=True, slots=True)
class Searchable:
    """A text made ready for many matches; every field has one character for each of the text's.

    Attributes:
        folded: without case and accents.
        opened: the same, Korean syllables without their final consonant.
        initials: the same, Korean syllables as their initial consonant.
        starts: whether a word begins here.
    """

    folded: str
    opened: str
    initials: str
    starts: tuple[bool, ...]

    @classmethod
    def of(cls, text: str) -> Searchable:
        """Prepare a text."""
        folded = "".join(map(_folded, text))
        return cls(
            folded,
            "".join(map(_opened, folded)),
            "".join(map(_initial, folded)),
            tuple(
                one.isalnum() and (at == 0 or not folded[at - 1].isalnum())
                for at, one in enumerate(folded)
            ),
        )

    def layer_for(self, letter: str) -> str:
        """The form of the text in which a typed letter is looked for."""
        if letter in _INITIALS:
            return self.initials
        is_open = _is_syllable(letter) and (ord(letter) - _FIRST) % _FINALS == 0
        return self.opened if is_open else self.folded


def match(query: str, text: Searchable) -> Match | None:
    """Meet every word of a query in a text; None where one of them is not in it.

    Args:
        query: as typed; an empty one meets everything with a score of 0.
        text: what may be meant.
    """
    score, marks = 0.0, set[int]()
    for word in unicodedata.normalize("NFC", query).split():
        found = [one for form in _forms(word) if (one := _best(form, text)) is not None]
        if not found:
            return None
        best = max(found, key=lambda one: one.score)
        score += best.score
        marks.update(best.marks)
    return Match(score, tuple(sorted(marks)))


def holds(query: str, text: Searchable) -> bool:
    """Whether every word of a query stands in a text in one piece; for long texts.

    Args:
        query: as typed; an empty one is held by everything.
        text: what may hold it.
    """
    words = unicodedata.normalize("NFC", query).split()
    return all(any(_is_piece(form, text) for form in _forms(word)) for word in words)


def _is_piece(letters: str, text: Searchable) -> bool:
    layers = [text.layer_for(letter) for letter in letters]
    at = layers[0].find(letters[0])
    while at >= 0:
        here = zip(layers, letters, range(at, len(text.folded)), strict=False)
        if at + len(letters) <= len(text.folded) and all(
            layer[place] == letter for layer, letter, place in here
        ):
            return True
        at = layers[0].find(letters[0], at + 1)
    return False


def _forms(word: str) -> tuple[str, ...]:
    """The letters, and what they are if the last consonant belongs to the next syllable."""
    letters = "".join(map(_folded, word))
    last = letters[-1]
    final = (ord(last) - _FIRST) % _FINALS if _is_syllable(last) else 0
    if final not in _SINGLE_FINALS:
        return (letters,)
    return letters, letters[:-1] + _opened(last) + _SINGLE_FINALS[final]


def _best(letters: str, text: Searchable) -> Match | None:
    """The best way to find the letters one after the other."""
    if not _is_in_order(letters, text):
        return None
    size = len(text.folded)
    came_from: list[list[int]] = []
    before: list[float] = [_NO] * size
    for number, letter in enumerate(letters):
        layer = text.layer_for(letter)
        now, origin = [_NO] * size, [-1] * size
        best_before, best_at = (0.0, -1) if number == 0 else (_NO, -1)
        for at in range(size):
            if layer[at] == letter:
                base = _HIT + (_WORD_START if text.starts[at] else 0) - _LATER * at
                adjoining = before[at - 1] + _NEXT if at else _NO
                if adjoining > best_before:
                    now[at], origin[at] = base + adjoining, at - 1
                elif best_before > _NO:
                    now[at], origin[at] = base + best_before, best_at
            if number and before[at] > best_before:
                best_before, best_at = before[at], at
        came_from.append(origin)
        before = now
    end = max(range(size), key=before.__getitem__)
    if before[end] == _NO:
        return None
    score, marks = before[end], [end]
    for origin in reversed(came_from[1:]):
        marks.append(origin[marks[-1]])
    return Match(score, tuple(reversed(marks)))


def _is_in_order(letters: str, text: Searchable) -> bool:
    """Whether the letters occur at all; most texts end here, at the speed of `str.find`."""
    at = -1
    for letter in letters:
        at = text.layer_for(letter).find(letter, at + 1)
        if at < 0:
            return False
    return True


def _folded(character: str) -> str:
    """One character without case and accents; one for one, so that marks fit the text."""
    folded = character.casefold()[0]
    if _is_syllable(folded):
        return folded
    return unicodedata.normalize("NFD", folded)[0]


def _is_syllable(character: str) -> bool:
    return _FIRST <= ord(character) <= _LAST


def _opened(character: str) -> str:
    if not _is_syllable(character):
        return character
    number = ord(character) - _FIRST
    return chr(_FIRST + number - number % _FINALS)


def _initial(character: str) -> str:
    if not _is_syllable(character):
        return character
    return _INITIALS[(ord(character) - _FIRST) // _PER_INITIAL]

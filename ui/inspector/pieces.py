"""A message of the prompt cut into letters and signs.  Knows no widgets.

A sign stands for what has no letters of its own or must not be copied as it is: a special token,
or a character that hides or turns others.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cache
from typing import Final

from engine.prompt_view import PromptPart

_HIDDEN: Final = (
    r"[\x00-\x08\x0b-\x1f\x7f-\x9f\u00ad\u061c\u115f\u1160\u180e\u200b-\u200f\u2028-\u202e"
    r"\u2060-\u206f\u3164\ufeff\ufff9-\ufffb\U000e0000-\U000e007f]"
)
_WORD: Final = 40
"""No word is longer that is worth keeping whole."""
_JOINERS: Final = "\u200c\u200d"
"""They hold emoji and letters of some scripts together, so they stay where they are."""


@dataclass(frozen=True, slots=True)
class Piece:
    """Letters, or a sign in their place.

    Attributes:
        text: letters, or what the sign says.
        is_token: a special token.
        is_hidden: a character that cannot be seen.
    """

    text: str
    is_token: bool = False
    is_hidden: bool = False

    @property
    def is_sign(self) -> bool:
        """Whether it is drawn as a chip."""
        return self.is_token or self.is_hidden

    @property
    def copied(self) -> str:
        """What the clipboard gets: of a sign, what it is in brackets."""
        return f"[{self.text}]" if self.is_sign else self.text


def pieces_of(parts: Sequence[PromptPart]) -> Iterator[Piece]:
    """The pieces of a message."""
    for part in parts:
        if part.special:
            yield Piece(part.special, is_token=True)
        else:
            yield from _letters(part.text)


def first(pieces: Sequence[Piece], characters: int) -> tuple[Piece, ...]:
    """The beginning of a message, up to the last whole word where there is one nearby."""
    kept: list[Piece] = []
    for piece in pieces:
        if characters <= 0:
            break
        shown = piece if piece.is_sign else Piece(_cut(piece.text, characters))
        kept.append(shown)
        characters -= len(shown.text)
    return tuple(kept)


def _cut(text: str, characters: int) -> str:
    if len(text) <= characters:
        return text
    whole = text[:characters].rstrip()
    end = max(whole.rfind(" "), whole.rfind("\n"))
    return whole[:end] if end > max(0, characters - _WORD) else text[:characters]


def _letters(text: str) -> Iterator[Piece]:
    at = 0
    for match in _hidden().finditer(text):
        if match[0] in _JOINERS:
            continue
        if match.start() > at:
            yield Piece(text[at : match.start()])
        yield Piece(f"U+{ord(match[0]):04X}", is_hidden=True)
        at = match.end()
    if at < len(text):
        yield Piece(text[at:])


@cache
def _hidden() -> re.Pattern[str]:
    return re.compile(_HIDDEN)

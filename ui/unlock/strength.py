"""How hard a passphrase is to guess, roughly and on the careful side.  Knows nothing of Qt."""

from __future__ import annotations

import math
import unicodedata
from enum import IntEnum
from typing import Final

MIN_CHARACTERS: Final = 8
_FAIR_BITS: Final = 45.0
_STRONG_BITS: Final = 65.0
_CLASS_SIZES: Final = {"lower": 26, "upper": 26, "digit": 10, "sign": 33, "hangul": 2000}
_RUNS: Final = (
    "abcdefghijklmnopqrstuvwxyz",
    "01234567890",
    "qwertyuiop",
    "asdfghjkl",
    "zxcvbnm",
)
_KNOWN: Final = ("password", "passphrase", "letmein", "sotto", "admin", "welcome", "iloveyou")


class Strength(IntEnum):
    """What the hint beside the field says."""

    SHORT = 0
    WEAK = 1
    FAIR = 2
    STRONG = 3


def strength_of(passphrase: str) -> Strength:
    """The strength of a passphrase.

    Counts the bits of random characters of the kinds that occur, takes characters that only
    repeat or continue a run for nothing, and well-known words for one character each.
    """
    if len(passphrase) < MIN_CHARACTERS:
        return Strength.SHORT
    bits = _bits(passphrase)
    if bits < _FAIR_BITS:
        return Strength.WEAK
    return Strength.FAIR if bits < _STRONG_BITS else Strength.STRONG


def _bits(passphrase: str) -> float:
    text = unicodedata.normalize("NFC", passphrase)
    folded = text.casefold()
    for word in _KNOWN:
        if word in folded:
            at = folded.index(word)
            text = text[: at + 1] + text[at + len(word) :]
            folded = text.casefold()
    pool = sum(_CLASS_SIZES[kind] for kind in {_kind(character) for character in text})
    fresh = sum(
        1
        for before, after in zip(" " + folded, folded, strict=False)
        if not _follows(before, after)
    )
    return min(fresh, 2 * len(set(folded))) * math.log2(max(pool, 2))


def _kind(character: str) -> str:
    if "가" <= character <= "힣" or (character.isalpha() and ord(character) > 0x2FF):
        return "hangul"
    if character.isdigit():
        return "digit"
    if character.isalpha():
        return "upper" if character.isupper() else "lower"
    return "sign"


def _follows(before: str, after: str) -> bool:
    """Whether a character is the one before again, or its neighbour in a row of keys."""
    pair = before + after
    return before == after or any(pair in run or pair[::-1] in run for run in _RUNS)

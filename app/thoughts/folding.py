"""Text as a reader's eye takes it, so that disguised spellings look like plain ones.

Fullwidth and styled letters become plain (Unicode NFKC), invisible characters vanish,
Latin letters lose their accents, look-alikes from other scripts become Latin
(a small part of Unicode TS 39 "confusables").  Every place can be traced back.
"""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass
from typing import Final

_LOOK_ALIKES: Final = dict(
    zip(
        "аеорсухіјѕԁһкмтвнАЕОРСУХІЈЅКМТВНαορνικεηυτΑΒΕΖΗΙΚΜΝΟΡΤΥΧ∣│ǀ¦‹⟨〈⟩›〉‐‑‒–—―−ı",  # noqa: RUF001
        "aeopcyxijsdhkmtbhAEOPCYXIJSKMTBHaopvikenutABEZHIKMNOPTYX||||<<<>>>-------i",
        strict=True,
    )
)
_COMPATIBILITY_JAMO: Final = range(0x3130, 0x3190)  # kept: chat Korean writes insults with them
_CONJOINING = re.compile(r"[\u1100-\u1112][\u1161-\u1175][\u11a8-\u11c2]?")
_HANGUL_SYLLABLES: Final = range(0xAC00, 0xD7A4)
_BLANK_LETTERS: Final = "\u115f\u1160\u3164\uffa0\u2800"  # letters by category, drawn as nothing


@dataclass(frozen=True, slots=True)
class Folded:
    """Folded text with the way back.

    Attributes:
        text: as long as `text.lower()`, so that both can share places.
        origins: for each folded character, and for the end, its place in the raw text;
            None when the places are the same.
    """

    text: str
    origins: list[int] | None

    def raw_range(self, start: int, end: int) -> tuple[int, int]:
        """Where `text[start:end]` came from, invisible characters inside and after it included."""
        if self.origins is None:
            return start, end
        return self.origins[start], max(self.origins[end], self.origins[end - 1] + 1)


def fold(raw: str) -> Folded:
    """Fold a text; linear time, and free for ASCII."""
    if raw.isascii():
        return Folded(raw, None)
    if _CONJOINING.search(raw):
        return _fold_clusters(raw)
    parts = [_TABLE[character] for character in raw]
    text = "".join(parts)
    if len(text) == len(raw) and all(parts):
        return Folded(text, None)
    return Folded(text, _origins(parts, range(len(raw)), len(raw)))


def _fold_clusters(raw: str) -> Folded:
    parts: list[str] = []
    places: list[int] = []
    at = 0
    while at < len(raw):
        found = _CONJOINING.match(raw, at)
        end = found.end() if found else at + 1
        parts.append(unicodedata.normalize("NFC", found[0]) if found else _TABLE[raw[at]])
        places.append(at)
        at = end
    return Folded("".join(parts), _origins(parts, places, len(raw)))


def _origins(parts: list[str], places: list[int] | range, end: int) -> list[int]:
    origins: list[int] = []
    for part, place in zip(parts, places, strict=True):
        origins.extend([place] * len(part))
    origins.append(end)
    return origins


def _folded_character(character: str) -> str:
    code = ord(character)
    if character in _BLANK_LETTERS:
        return ""
    if code < 0x80 or code in _HANGUL_SYLLABLES or code in _COMPATIBILITY_JAMO:
        return character
    if character in _LOOK_ALIKES:
        return _LOOK_ALIKES[character]
    category = unicodedata.category(character)
    if category in ("Cf", "Mn", "Me"):
        return ""
    if category == "Nd":
        return str(unicodedata.decimal(character))
    if category == "Zs":
        return " "
    bare = unicodedata.normalize("NFKD", character)
    if bare[0].isascii() and len(bare) > 1:
        bare = "".join(one for one in bare if not unicodedata.combining(one))
    plain = bare if bare.isascii() else unicodedata.normalize("NFKC", character)
    plain = "".join(_LOOK_ALIKES.get(one, one) for one in plain)
    return plain if len(plain.lower()) == len(plain) else "?"


class _Table(dict[str, str]):
    """Folded characters, worked out once each; a process sees a few thousand at most."""

    def __missing__(self, character: str) -> str:
        folded = _folded_character(character)
        if len(self) < 0x10000:
            self[character] = folded
        return folded


_TABLE: Final = _Table()

"""Text of strangers with nothing hidden in it.  Knows no widgets."""

from __future__ import annotations

import unicodedata
from typing import Final

_HIDDEN: Final = frozenset({"Cc", "Cf", "Cn", "Co", "Cs", "Zl", "Zp", "Zs"})
_PIECE: Final = 10
_SEEN: Final = frozenset({" ", "\n", "\t"})
# Letters that are drawn as nothing (Unicode property Default_Ignorable_Code_Point): fillers
# and selectors that are no control characters.
_BLANK: Final = (
    (0x034F, 0x034F),
    (0x115F, 0x1160),
    (0x17B4, 0x17B5),
    (0x180B, 0x180F),
    (0x2800, 0x2800),
    (0x3164, 0x3164),
    (0xFE00, 0xFE0F),
    (0xFFA0, 0xFFA0),
    (0xE0000, 0xE0FFF),
)


def is_hidden(character: str) -> bool:
    """Whether a character is drawn as nothing, or changes where others are drawn."""
    if character in _SEEN or (character.isascii() and character.isprintable()):
        return False
    if unicodedata.category(character) in _HIDDEN:
        return True
    return any(first <= ord(character) <= last for first, last in _BLANK)


def has_hidden(text: str) -> bool:
    """Whether any character of a text is hidden."""
    return any(is_hidden(character) for character in text)


def visible(text: str) -> str:
    """The text with its hidden characters spelled out, e.g. "⟨U+202E⟩" for one that turns it."""
    if text.isascii() and text.isprintable():
        return text
    return "".join(
        f"⟨U+{ord(character):04X}⟩" if is_hidden(character) else character for character in text
    )


def visible_line(text: str) -> str:
    """The same in one line: line breaks and tabs are spelled out too."""
    return visible(text).replace("\n", "⟨U+000A⟩").replace("\t", "⟨U+0009⟩")


def breakable(text: str) -> str:
    """The same with places in long words where a line may break, so that no end is cut off."""
    return " ".join(
        "\u200b".join(word[at : at + _PIECE] for at in range(0, len(word), _PIECE))
        for word in text.split(" ")
    )

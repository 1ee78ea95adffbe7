"""Text that a model reads, kept to a length: the middle goes, since ends tell most.  Pure."""

from __future__ import annotations

from typing import Final

_NOTE_CHARACTERS: Final = 50


def middle_cut(text: str, characters: int) -> str:
    """The text, or its beginning and end with a word about what is left out between them.

    Args:
        text: of any length.
        characters: the most that is returned, at least 100.
    """
    if len(text) <= characters:
        return text
    room = characters - _NOTE_CHARACTERS
    head = (room + 1) // 2
    note = f"\n[… {len(text) - room} characters left out …]\n"
    return text[:head] + note + text[len(text) - (room - head) :]

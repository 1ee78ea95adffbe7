"""A chat's first title, taken from what the user wrote first."""

from __future__ import annotations

from typing import Final

MAX_TITLE_CHARACTERS: Final = 60


def title_from(text: str) -> str:
    """The first line's words, at most 60 characters, cut between words where there are any.

    Args:
        text: a user's message with at least one visible character.
    """
    line = next((line for line in text.splitlines() if line.strip()), text)
    words = " ".join(line.split()).lstrip("#>*- ") or line.strip()
    if len(words) <= MAX_TITLE_CHARACTERS:
        return words
    cut = words[: MAX_TITLE_CHARACTERS - 1]
    head, space, _ = cut.rpartition(" ")
    return f"{(head if space and len(head) >= MAX_TITLE_CHARACTERS // 2 else cut).rstrip()}…"

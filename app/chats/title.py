"""A chat's first title, taken from what the user wrote first."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

from app.attachments.values import AttachedFile

MAX_TITLE_CHARACTERS: Final = 60


def first_title(text: str, files: Sequence[AttachedFile] = ()) -> str:
    """The title of a chat that begins with a message; without words, a file's name is it."""
    if text.strip() or not files:
        return title_from(text)
    return title_from(files[0].name if files[0].name.strip() else files[0].text)


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

"""Why nothing could be read.  Imports nothing but the standard library: it runs in a box, too."""

from __future__ import annotations

from enum import StrEnum


class Refusal(StrEnum):
    """The reasons; also what the reading process answers with."""

    IMAGE = "image"
    SOUND = "sound"
    BINARY = "binary"
    OLD_WORD = "old_word"
    OFFICE = "office"
    ARCHIVE = "archive"
    EMPTY = "empty"
    TOO_LARGE = "too_large"
    LOCKED = "locked"
    SCAN = "scan"
    DAMAGED = "damaged"
    TOO_LONG = "too_long"
    UNREADABLE = "unreadable"
    FOLDER = "folder"


class RefusedError(Exception):
    """Why there is nothing to read; `app.attachments.problems` makes a sentence of it."""

    def __init__(self, refusal: Refusal) -> None:
        super().__init__(refusal.value)
        self.refusal = refusal

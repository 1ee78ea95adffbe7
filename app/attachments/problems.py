"""Why a file cannot go with a message, in one sentence each."""

from __future__ import annotations

from typing import Final

from app.attachments.refusals import Refusal
from engine.errors import UserFacingError


class AttachmentError(UserFacingError):
    """This file cannot be attached."""


_SAID: Final = {
    Refusal.IMAGE: (
        "{file} is an image, and the model reads only text.",
        "Say in words what it shows, or attach its text.",
    ),
    Refusal.SOUND: (
        "{file} is sound or video, and the model reads only text.",
        "Attach a transcript of it.",
    ),
    Refusal.BINARY: (
        "{file} is no text.",
        "Sotto reads text, Markdown, code, CSV, PDF, Word (docx) and HTML files.",
    ),
    Refusal.OLD_WORD: (
        "{file} is an old or a locked Office file.",
        "Save it as docx or PDF without a password.",
    ),
    Refusal.OFFICE: (
        "Sotto cannot read this kind of file yet: {file}",
        "Save it as PDF; a table also as CSV.",
    ),
    Refusal.ARCHIVE: ("{file} is an archive.", "Unpack it and attach the files in it."),
    Refusal.EMPTY: ("{file} holds no text.", ""),
    Refusal.TOO_LARGE: (
        "{file} is too large to be read: {size} MB, and {most} MB are the most.",
        "Attach a part of it.",
    ),
    Refusal.LOCKED: (
        "{file} is locked with a password.",
        "Save a copy without the password and attach that.",
    ),
    Refusal.SCAN: (
        "{file} holds images of pages and no text; it may be a scan.",
        "Run a text recognition over it and attach what comes of it.",
    ),
    Refusal.DAMAGED: ("{file} is damaged.", "Save or download it anew."),
    Refusal.TOO_LONG: (
        "Reading {file} takes too long.",
        "Attach a part of it, or its text.",
    ),
    Refusal.UNREADABLE: (
        "{file} cannot be read.",
        "Check that it is still there and that you may read it.",
    ),
    Refusal.FOLDER: ("{file} is a folder.", "Attach the files in it."),
}


def refused(refusal: Refusal, name: str, detail: str = "", **fields: str) -> AttachmentError:
    """The error for a file of this name."""
    title, hint = _SAID[refusal]
    return AttachmentError(title, hint, detail, {"file": name, **fields})

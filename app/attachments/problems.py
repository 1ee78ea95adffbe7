"""Why a file cannot go with a message, in one sentence each."""

from __future__ import annotations

from typing import Final

from app.attachments.refusals import Refusal
from app.words import N_
from engine.errors import UserFacingError


class AttachmentError(UserFacingError):
    """This file cannot be attached."""


_SAID: Final = {
    Refusal.IMAGE: (
        N_("{file} is an image, and the model reads only text."),
        N_("Say in words what it shows, or attach its text."),
    ),
    Refusal.SOUND: (
        N_("{file} is sound or video, and the model reads only text."),
        N_("Attach a transcript of it."),
    ),
    Refusal.BINARY: (
        N_("{file} is no text."),
        N_("Sotto reads text, Markdown, code, CSV, PDF, Word (docx) and HTML files."),
    ),
    Refusal.OLD_WORD: (
        N_("{file} is an old or a locked Office file."),
        N_("Save it as docx or PDF without a password."),
    ),
    Refusal.OFFICE: (
        N_("Sotto does not read files of this kind: {file}"),
        N_("Save it as PDF; a table also as CSV."),
    ),
    Refusal.ARCHIVE: (N_("{file} is an archive."), N_("Unpack it and attach the files in it.")),
    Refusal.EMPTY: (N_("{file} holds no text."), ""),
    Refusal.TOO_LARGE: (
        N_("{file} is too large to be read: {size} MB, and {most} MB are the most."),
        N_("Attach a part of it."),
    ),
    Refusal.LOCKED: (
        N_("{file} is locked with a password."),
        N_("Save a copy without the password and attach that."),
    ),
    Refusal.SCAN: (
        N_("{file} holds images of pages and no text; it may be a scan."),
        N_("Run a text recognition over it and attach what comes of it."),
    ),
    Refusal.DAMAGED: (N_("{file} is damaged."), N_("Save or download it anew.")),
    Refusal.TOO_LONG: (
        N_("Reading {file} takes too long."),
        N_("Attach a part of it, or its text."),
    ),
    Refusal.UNREADABLE: (
        N_("{file} cannot be read."),
        N_("Check that it is still there and that you may read it."),
    ),
    Refusal.FOLDER: (N_("{file} is a folder."), N_("Attach the files in it.")),
}


def refused(refusal: Refusal, name: str, detail: str = "", **fields: str) -> AttachmentError:
    """The error for a file of this name."""
    title, hint = _SAID[refusal]
    return AttachmentError(title, hint, detail, {"file": name, **fields})

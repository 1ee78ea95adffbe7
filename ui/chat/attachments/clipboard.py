"""What was pasted or dropped: files, a picture, a long text, or something for the field."""

from __future__ import annotations

from pathlib import Path
from typing import Final

from PySide6.QtCore import QMimeData

LONG_CHARACTERS: Final = 4_000
"""A longer text that is pasted becomes a file: about 1,000 tokens of English."""

LONG_LINES: Final = 120


def files_in(mime: QMimeData) -> tuple[Path, ...]:
    """Files of this computer that are pasted or dropped."""
    if not mime.hasUrls():
        return ()
    return tuple(Path(url.toLocalFile()) for url in mime.urls() if url.isLocalFile())


def is_picture(mime: QMimeData) -> bool:
    """Whether it is a picture and nothing else, such as a screenshot."""
    return mime.hasImage() and not mime.hasText() and not files_in(mime)


def is_long(text: str) -> bool:
    """Whether a text is better read as a file than in the composer."""
    return len(text) > LONG_CHARACTERS or text.count("\n") > LONG_LINES

"""What kind of file it is: by its first bytes, then by its name.  Pure."""

from __future__ import annotations

import unicodedata
from pathlib import PurePath
from typing import Final

from app.attachments.refusals import Refusal, RefusedError
from app.attachments.values import FileKind

MOST_BYTES: Final = 64 << 20
"""Larger files are not read at all."""

LONGEST_NAME: Final = 120

_IMAGES: Final = (
    b"\x89PNG\r\n", b"\xff\xd8\xff", b"GIF87a", b"GIF89a", b"BM", b"II*\0", b"MM\0*",
    b"\0\0\1\0", b"8BPS", b"\0\0\0\x0cjP",
)  # fmt: skip
_SOUNDS: Final = (b"ID3", b"OggS", b"fLaC", b"\x1aE\xdf\xa3", b"FLV\1", b"MThd")
_ARCHIVES: Final = (b"\x1f\x8b", b"BZh", b"\xfd7zXZ", b"7z\xbc\xaf", b"Rar!", b"(\xb5/\xfd")
_OLD_OFFICE: Final = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
_ZIP: Final = b"PK\3\4"
_OFFICE: Final = {
    ".xlsx", ".xlsm", ".pptx", ".odt", ".ods", ".odp", ".epub", ".pages", ".numbers", ".key",
    ".hwpx",
}  # fmt: skip
_IMAGE_NAMES: Final = {
    ".png", ".jpg", ".jpeg", ".gif", ".webp", ".bmp", ".tif", ".tiff", ".heic", ".heif", ".avif",
    ".ico", ".psd",
}  # fmt: skip
_SOUND_NAMES: Final = {
    ".mp3", ".wav", ".flac", ".ogg", ".m4a", ".mp4", ".mov", ".mkv", ".avi", ".webm", ".aac",
}  # fmt: skip
_MARKDOWN: Final = {".md", ".markdown", ".mdx", ".mkd"}
_TABLES: Final = {".csv", ".tsv", ".tab"}
_PAGES: Final = {".html", ".htm", ".xhtml"}
_PLAIN: Final = {"", ".txt", ".text", ".log", ".rst", ".org", ".srt", ".vtt", ".eml", ".tex"}
_HTML: Final = (b"<!doctype html", b"<html")
_ISO_IMAGES: Final = (b"heic", b"heix", b"mif1", b"avif", b"hevc")


def kind_of(name: str, data: bytes) -> FileKind:
    """What a file is to be read as.

    Raises:
        RefusedError: nothing in it could be read.
    """
    if not data:
        raise RefusedError(Refusal.EMPTY)
    ending = PurePath(name).suffix.lower()
    if b"%PDF-" in data[:1024]:
        return FileKind.PDF
    if data.startswith(_ZIP):
        return _packed(ending)
    _refuse_others(ending, data)
    beginning = data[:200].lstrip().lower()
    if ending in _PAGES or (ending in _PLAIN and beginning.startswith(_HTML)):
        return FileKind.PAGE
    if ending in _MARKDOWN:
        return FileKind.MARKDOWN
    if ending in _TABLES:
        return FileKind.TABLE
    return FileKind.TEXT if ending in _PLAIN else FileKind.CODE


def shown_name(name: str) -> str:
    """A file's name as it is shown and told to the model: one line without unseen characters."""
    seen = (" " if unicodedata.category(one)[0] in "CZ" else one for one in name)
    words = " ".join("".join(seen).split()) or "file"
    if len(words) <= LONGEST_NAME:
        return words
    ending = PurePath(words).suffix[:12]
    return f"{words[: LONGEST_NAME - 1 - len(ending)]}…{ending}"


def _packed(ending: str) -> FileKind:
    """A zip file: Word's own, something else from an office, or an archive."""
    if ending in (".docx", ".docm"):
        return FileKind.DOCUMENT
    raise RefusedError(Refusal.OFFICE if ending in _OFFICE else Refusal.ARCHIVE)


def _refuse_others(ending: str, data: bytes) -> None:
    if data.startswith(_OLD_OFFICE):
        raise RefusedError(Refusal.OLD_WORD)
    if ending in (".docx", ".docm", ".pdf"):
        raise RefusedError(Refusal.DAMAGED)
    if ending in _OFFICE or data.startswith(b"{\\rtf"):
        raise RefusedError(Refusal.OFFICE)
    is_riff = data.startswith(b"RIFF")
    is_image = data.startswith(_IMAGES) and not data.isascii()
    if is_image or ending in _IMAGE_NAMES or (is_riff and data[8:12] == b"WEBP"):
        raise RefusedError(Refusal.IMAGE)
    if data[4:8] == b"ftyp":
        is_picture = data[8:12] in _ISO_IMAGES
        raise RefusedError(Refusal.IMAGE if is_picture else Refusal.SOUND)
    if is_riff or data.startswith(_SOUNDS) or ending in _SOUND_NAMES:
        raise RefusedError(Refusal.SOUND)
    if data.startswith(_ARCHIVES):
        raise RefusedError(Refusal.ARCHIVE)

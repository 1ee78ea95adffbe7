"""How files of messages are told.  Knows no widgets."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

from app.attachments.parts import FileNote
from app.attachments.values import AttachedFile, FileKind, PartUnit
from app.words import Words
from ui.chat.wording import duration

ICONS: Final = {
    FileKind.TEXT: "file-text",
    FileKind.MARKDOWN: "file-text",
    FileKind.CODE: "file-code",
    FileKind.TABLE: "table",
    FileKind.PDF: "file-text",
    FileKind.DOCUMENT: "file-text",
    FileKind.PAGE: "globe",
    FileKind.PASTED: "clipboard-list",
}
_MOST_RANGES: Final = 4


def name_of(words: Words, file: AttachedFile) -> str:
    """What a file is called; a pasted text has no name of its own."""
    return file.name or words("Pasted text")


def extent(words: Words, unit: PartUnit, count: int) -> str:
    """How long a file is, e.g. "12 pages"."""
    shown = f"{count:,}"
    match unit:
        case PartUnit.PAGE:
            return words("1 page") if count == 1 else words("{count} pages", count=shown)
        case PartUnit.ROW:
            return words("1 row") if count == 1 else words("{count} rows", count=shown)
        case PartUnit.SECTION:
            return words("1 section") if count == 1 else words("{count} sections", count=shown)
        case PartUnit.LINE:
            return words("1 line") if count == 1 else words("{count} lines", count=shown)


def ranges_text(ranges: Sequence[tuple[int, int]]) -> str:
    """Numbers as people write them: "1–3, 7"."""
    shown = [f"{a:,}–{b:,}" if a != b else f"{a:,}" for a, b in ranges[:_MOST_RANGES]]
    return ", ".join([*shown, *(["…"] if len(ranges) > _MOST_RANGES else [])])


def scope_text(words: Words, file: AttachedFile) -> str:
    """How much of a file goes with a message, e.g. "pages 1–3, 7 of 12"."""
    if not file.ranges:
        whole = extent(words, file.unit, file.total)
        return words("summary of {what}", what=whole) if file.is_summary else whole
    shown, total = ranges_text(file.ranges), f"{file.total:,}"
    match file.unit:
        case PartUnit.PAGE:
            scope = words("pages {shown} of {total}", shown=shown, total=total)
        case PartUnit.ROW:
            scope = words("rows {shown} of {total}", shown=shown, total=total)
        case PartUnit.SECTION:
            scope = words("sections {shown} of {total}", shown=shown, total=total)
        case PartUnit.LINE:
            scope = words("lines {shown} of {total}", shown=shown, total=total)
    return words("summary of {what}", what=scope) if file.is_summary else scope


def about_tokens(words: Words, count: int) -> str:
    """A number of tokens, as it is said of something that was counted a moment ago."""
    return words("about {count} tokens", count=f"{count:,}")


def details(words: Words, file: AttachedFile, seconds_per_token: float | None = None) -> str:
    """How much it is and what it costs: "12 pages · about 9,200 tokens · 4 s"."""
    said = [scope_text(words, file), about_tokens(words, file.tokens)]
    if seconds_per_token is not None and file.tokens * seconds_per_token >= 1:
        said.append(duration(words, file.tokens * seconds_per_token))
    return " · ".join(said)


def note_text(words: Words, note: FileNote) -> str:
    """What a person has to know of how a file was read; "" for nothing."""
    return {
        FileNote.NONE: "",
        FileNote.GUESSED: words(
            "The letters of this file are in an old form, which Sotto had to guess: look whether "
            "they are right."
        ),
        FileNote.REST_UNREAD: words(
            "This file is longer than Sotto reads. Only its beginning can be chosen from."
        ),
        FileNote.NO_TEXT_PAGES: words("Some pages hold only images, which the model cannot see."),
    }[note]

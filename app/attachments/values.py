"""A file as it goes with a message.  Frozen values; no reading, no Qt."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum


class FileKind(StrEnum):
    """What a file was read as; PASTED is a long text from the clipboard, which has no name."""

    TEXT = "text"
    MARKDOWN = "markdown"
    CODE = "code"
    TABLE = "table"
    PDF = "pdf"
    DOCUMENT = "document"
    PAGE = "page"
    PASTED = "pasted"


class PartUnit(StrEnum):
    """What the parts of a file are counted in."""

    LINE = "line"
    ROW = "row"
    PAGE = "page"
    SECTION = "section"


@dataclass(frozen=True, slots=True)
class AttachedFile:
    """One file of a message: the very text that the model gets of it.

    Attributes:
        name: without its folder, one line; "" where it was pasted.
        text: exactly what stands between the fences (`app.attachments.framing`).
        unit: what `total` and `ranges` count.
        total: so many the whole file has.
        ranges: which of them were chosen: (first, last) from 1 on, in order; () is all.
        is_summary: `text` is a summary that the model made, perhaps edited by the user.
        tokens: of its part of the prompt, its frame included; 0 where nobody counted.
    """

    name: str
    kind: FileKind
    text: str
    unit: PartUnit = PartUnit.LINE
    total: int = 0
    ranges: tuple[tuple[int, int], ...] = ()
    is_summary: bool = False
    tokens: int = 0


Files = tuple[AttachedFile, ...]
"""Those of one message, in the order in which they were attached."""

"""A file that was read, in parts that can be chosen.  Frozen values and pure functions."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from enum import StrEnum

from app.attachments.values import AttachedFile, FileKind, PartUnit


class FileNote(StrEnum):
    """What a person has to know about how a file was read."""

    NONE = "none"
    GUESSED = "guessed"  # the encoding of the letters is a guess
    REST_UNREAD = "rest_unread"  # longer than Sotto reads; the parts are the beginning
    NO_TEXT_PAGES = "no_text_pages"  # some pages hold images only


@dataclass(frozen=True, slots=True)
class FilePart:
    """A stretch of a file.

    Attributes:
        text: all of it; the texts of all parts in a row are the text of the file.
        first: of the file's units, from 1 on.
        last: the same; the part holds this unit, too.
        title: a heading in it, or "".
        tokens: what it adds to a prompt; 0 where nobody counted.
    """

    text: str
    first: int
    last: int
    title: str = ""
    tokens: int = 0


@dataclass(frozen=True, slots=True)
class ReadFile:
    """A file's text.

    Attributes:
        name: without its folder, one line; "" where it was pasted.
        total: units of the whole file; more than the parts have where the rest is unread.
        parts: at least one, in order.
        head: repeated before parts that are not the first: the names of a table's columns.
    """

    name: str
    kind: FileKind
    unit: PartUnit
    total: int
    parts: tuple[FilePart, ...]
    note: FileNote = FileNote.NONE
    head: str = ""


@dataclass(frozen=True, slots=True)
class FileChoice:
    """A file and what of it is to go with a message.

    Attributes:
        chosen: indexes of parts; at least one.
        summary: goes in place of their text; "" for the text itself.
    """

    file: ReadFile
    chosen: frozenset[int]
    summary: str = ""

    @property
    def attached(self) -> AttachedFile:
        """What goes with the message; tokens are not counted."""
        made = attached(self.file, self.chosen)
        return replace(made, text=self.summary, is_summary=True) if self.summary else made


@dataclass(frozen=True, slots=True)
class DraftFile:
    """A file that waits in the composer.

    Attributes:
        attached: as it will be sent, counted.
        choice: what it was made of; None where only that is left of the file.
    """

    attached: AttachedFile
    choice: FileChoice | None = None


def all_of(file: ReadFile) -> frozenset[int]:
    """The indexes of all parts."""
    return frozenset(range(len(file.parts)))


def attached(file: ReadFile, chosen: Collection[int]) -> AttachedFile:
    """What goes with a message when these parts are chosen; tokens are not counted.

    Where parts between chosen ones are left out, the text says so.

    Args:
        file: from a reader.
        chosen: indexes of parts; at least one.
    """
    parts = [file.parts[index] for index in sorted(chosen)]
    is_all = len(parts) == len(file.parts) and parts[-1].last >= file.total
    return AttachedFile(
        file.name,
        file.kind,
        "".join(_pieces(file, parts)),
        file.unit,
        file.total,
        () if is_all else tuple(_ranges(parts)),
    )


def _pieces(file: ReadFile, parts: Sequence[FilePart]) -> Iterator[str]:
    if file.head and parts[0].first > 1:
        yield file.head
    before: FilePart | None = None
    for part in parts:
        if before is not None and part.first > before.last + 1:
            unit = file.unit.value.capitalize()
            yield f"\n[{unit}s {before.last + 1} to {part.first - 1} are left out.]\n\n"
        yield part.text
        before = part


def _ranges(parts: Iterable[FilePart]) -> Iterator[tuple[int, int]]:
    """Stretches of units without a gap."""
    first = last = 0
    for part in parts:
        if first and part.first > last + 1:
            yield first, last
            first = 0
        first, last = first or part.first, part.last
    yield first, last

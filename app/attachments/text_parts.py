"""Text, code, Markdown and tables in parts.  Pure."""

from __future__ import annotations

import csv
import re
from collections.abc import Iterator, Sequence
from typing import Final

from app.attachments.decoding import Decoded
from app.attachments.parts import FileNote, FilePart, ReadFile
from app.attachments.values import FileKind, PartUnit

MOST_CHARACTERS: Final = 4_000_000
"""Of one file: about eight times what the largest context holds, so that parts can be chosen."""

PART_CHARACTERS: Final = 8_000
"""About how long a part is where the file itself has none: some 2,000 tokens of English."""

_LONGEST_LINE: Final = 4 * PART_CHARACTERS
_MOST_SECTIONS: Final = 400
_HEADING: Final = re.compile(r"^#{1,6} +(\S.*)$", re.MULTILINE)
_FENCE: Final = re.compile(r"^ {0,3}(```+|~~~+)", re.MULTILINE)
_DELIMITERS: Final = ",;\t|"
_SNIFFED: Final = 1 << 14


def text_file(name: str, kind: FileKind, found: Decoded) -> ReadFile:
    """A decoded file as parts that fit its kind."""
    text = found.text[:MOST_CHARACTERS]
    is_cut = len(found.text) > MOST_CHARACTERS or found.rest_lines > 0
    note = FileNote.GUESSED if found.is_guess else FileNote.NONE
    note = FileNote.REST_UNREAD if is_cut else note
    if is_cut:  # where a line ends, if there are lines
        text = text[: text.rfind("\n") + 1] or text
    total = found.text.count("\n") + found.rest_lines
    if not found.rest_lines and not found.text.endswith("\n"):
        total += 1
    if kind in (FileKind.MARKDOWN, FileKind.PAGE, FileKind.DOCUMENT):
        sections = sections_of(text)
        if len(sections) > 1:
            count = len(sections) + is_cut
            return ReadFile(name, kind, PartUnit.SECTION, count, sections, note)
    if kind is FileKind.TABLE and (rows := _records(text)):
        head = text[: rows[0]]
        count = len(rows) if not is_cut else max(len(rows) + 1, total)
        return ReadFile(name, kind, PartUnit.ROW, count, tuple(_by_ends(text, rows)), note, head)
    ends = [found.end() for found in re.finditer(r"\n|[^\n]\Z", text)]
    if max(end - start for start, end in zip([0, *ends], ends, strict=False)) > _LONGEST_LINE:
        blocks = tuple(_blocks(text))
        return ReadFile(name, kind, PartUnit.SECTION, len(blocks) + is_cut, blocks, note)
    return ReadFile(name, kind, PartUnit.LINE, total, tuple(_by_ends(text, ends)), note)


def sections_of(text: str) -> tuple[FilePart, ...]:
    """Markdown, cut before its headings; what stands before the first is a section, too."""
    fences = [found.start() for found in _FENCE.finditer(text)]
    starts: list[tuple[int, str]] = []
    inside = 0
    for found in _HEADING.finditer(text):
        while inside < len(fences) and fences[inside] < found.start():
            inside += 1
        if inside % 2 == 0:  # not in a block of code
            starts.append((found.start(), found[1].strip().rstrip("#").strip()))
    if not starts or text[: starts[0][0]].strip():
        starts.insert(0, (0, ""))
    starts[0] = (0, starts[0][1])
    while len(starts) > _MOST_SECTIONS:
        starts = starts[::2]
    ends = [start for start, _ in starts[1:]] + [len(text)]
    return tuple(
        FilePart(text[start:end], number, number, title)
        for number, ((start, title), end) in enumerate(zip(starts, ends, strict=True), 1)
    )


def _by_ends(text: str, ends: Sequence[int]) -> Iterator[FilePart]:
    """Parts of about `PART_CHARACTERS`, cut where lines or rows end."""
    start, first = 0, 1
    for number, end in enumerate(ends, 1):
        if end - start >= PART_CHARACTERS or number == len(ends):
            yield FilePart(text[start : end if number < len(ends) else len(text)], first, number)
            start, first = end, number + 1


def _blocks(text: str) -> Iterator[FilePart]:
    """Parts of the same length, for text without lines."""
    for number, start in enumerate(range(0, len(text), PART_CHARACTERS), 1):
        yield FilePart(text[start : start + PART_CHARACTERS], number, number)


def _records(text: str) -> list[int]:
    """Where the rows of a table end; [] where it is none: a quoted field may hold line ends."""
    lines = text.splitlines(keepends=True)
    offsets = [0]
    for line in lines:
        offsets.append(offsets[-1] + len(line))
    try:
        dialect = csv.Sniffer().sniff(text[:_SNIFFED], _DELIMITERS)
        delimiter = dialect.delimiter
    except csv.Error:
        delimiter = ","
    reader = csv.reader(lines, delimiter=delimiter)
    try:
        return [offsets[reader.line_num] for _ in reader]
    except csv.Error:  # a field of more than 128 KiB
        return []

"""Word files as Markdown.  Used in the reading process, which bounds its time and memory.

python-docx opens the package and knows its styles; its own `Paragraph.text` leaves out inserted
text, content controls and text boxes, so words are collected here from the elements
(ECMA-376 Part 1, 17.3).
"""

from __future__ import annotations

import io
import re
import zipfile
from collections.abc import Iterator
from typing import Any, Final

import docx
from docx.document import Document
from docx.oxml.ns import qn
from lxml import etree

from app.attachments.decoding import Decoded, clean
from app.attachments.parts import ReadFile
from app.attachments.refusals import Refusal, RefusedError
from app.attachments.text_parts import text_file
from app.attachments.values import FileKind

_MOST_UNPACKED: Final = 512 << 20
"""Of all that is packed in the file: more is no document that anybody wrote."""

_MOST_XML: Final = 96 << 20
_DEEPEST: Final = 32
_FALLBACK: Final = "{http://schemas.openxmlformats.org/markup-compatibility/2006}Fallback"
_DROPPED: Final = {qn("w:del"), qn("w:moveFrom"), qn("w:rPr"), qn("w:pPr"), _FALLBACK}
_MATH_TEXT: Final = "{http://schemas.openxmlformats.org/officeDocument/2006/math}t"
_TEXTS: Final = {qn("w:t"), _MATH_TEXT}
_SIGNS: Final = {
    qn("w:tab"): "\t",
    qn("w:br"): "\n",
    qn("w:cr"): "\n",
    qn("w:noBreakHyphen"): "\u2011",
}
_HOLDERS: Final = {qn("w:sdt"), qn("w:sdtContent"), qn("w:ins"), qn("w:moveTo")}
_HEADING: Final = re.compile(r"heading (\d)", re.IGNORECASE)
_LIST: Final = re.compile(r"list (bullet|number)(?: (\d))?", re.IGNORECASE)


def docx_file(name: str, data: bytes) -> ReadFile:
    """Read a Word file: headings, paragraphs, lists and tables, its notes at the end.

    Raises:
        RefusedError: it is damaged, holds no text, or unpacks to more than any document does.
    """
    document = _opened(data)
    try:
        text = clean("\n".join([*_Writer(document).lines(), *_notes(document)]))
    except (KeyError, ValueError, etree.LxmlError) as error:
        raise RefusedError(Refusal.DAMAGED) from error
    if not text.strip():
        raise RefusedError(Refusal.EMPTY)
    return text_file(name, FileKind.DOCUMENT, Decoded(text.strip("\n") + "\n"))


def _opened(data: bytes) -> Document:
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as packed:
            sizes = {one.filename: one.file_size for one in packed.infolist()}
        largest = max((size for at, size in sizes.items() if at.endswith(".xml")), default=0)
        is_bomb = sum(sizes.values()) > _MOST_UNPACKED or largest > _MOST_XML
        document = None if is_bomb else docx.Document(io.BytesIO(data))
    except Exception as error:
        # zipfile, lxml and python-docx raise whatever they meet in a damaged package.
        raise RefusedError(Refusal.DAMAGED) from error
    if document is None:
        raise RefusedError(Refusal.TOO_LONG)
    return document


class _Writer:
    """Writes the body of one document."""

    def __init__(self, document: Document) -> None:
        self._body = document.element.body
        self._names = {one.style_id: str(one.name or "") for one in document.styles}

    def lines(self) -> Iterator[str]:
        """Lines of Markdown, an empty one between blocks; items of a list stand together."""
        was_item = False
        for block, is_item in self._blocks(self._body, 0):
            if not (is_item and was_item):
                yield ""
            yield block
            was_item = is_item

    def _blocks(self, parent: Any, depth: int) -> Iterator[tuple[str, bool]]:
        """The blocks of a body or a content control, and whether each is an item of a list."""
        for child in parent:
            if child.tag == qn("w:p"):
                text, is_item = self._paragraph(child)
                if text:
                    yield text, is_item
            elif child.tag == qn("w:tbl"):
                if table := _table(child):
                    yield table, False
            elif child.tag in _HOLDERS and depth < _DEEPEST:
                yield from self._blocks(child, depth + 1)

    def _paragraph(self, element: Any) -> tuple[str, bool]:
        text = _words(element).strip("\n")
        line = " ".join(text.split())
        if not line:
            return "", False
        style = self._style(element)
        if found := _HEADING.fullmatch(style):
            return f"{'#' * min(6, int(found[1]) or 1)} {line}", False
        if style.lower() == "title":
            return f"# {line}", False
        numbering = element.find(f"{qn('w:pPr')}/{qn('w:numPr')}")
        listed = _LIST.fullmatch(style)
        if numbering is None and listed is None:
            return text, False
        level = int(listed[2] or 1) - 1 if listed else 0
        own = None if numbering is None else numbering.find(qn("w:ilvl"))
        if own is not None and (written := str(own.get(qn("w:val")))).isdecimal():
            level = int(written)
        sign = "1." if listed and listed[1].lower() == "number" else "-"
        return f"{'   ' * min(level, 8)}{sign} {line}", True

    def _style(self, element: Any) -> str:
        style = element.find(f"{qn('w:pPr')}/{qn('w:pStyle')}")
        return self._names.get(style.get(qn("w:val")), "") if style is not None else ""


def _words(element: Any) -> str:
    """What a person reads in an element; an image is told by what it says of itself."""
    found: list[str] = []
    skipped: Any = None
    for event, node in etree.iterwalk(element, events=("start", "end")):
        if skipped is not None:
            skipped = None if event == "end" and node is skipped else skipped
        elif event == "start" and node.tag in _DROPPED:
            skipped = node
        elif event == "start":
            found.append(_word(node))
    return "".join(found)


def _word(node: Any) -> str:
    if node.tag in _TEXTS:
        return str(node.text or "")
    if node.tag == qn("wp:docPr"):
        described = " ".join(str(node.get("descr") or "").split())
        return f"[Image: {described}]" if described else "[Image]"
    return _SIGNS.get(node.tag, "")


def _table(element: Any) -> str:
    """A table as Markdown; a table in a cell becomes words of the cell."""
    rows = []
    for row in element.iter(qn("w:tr")):
        if next(row.iterancestors(qn("w:tbl"))) is not element:
            continue
        cells = [one for one in row.iter(qn("w:tc")) if next(one.iterancestors(qn("w:tr"))) is row]
        texts = (" ".join(" ".join(map(_words, one.iter(qn("w:p")))).split()) for one in cells)
        rows.append([text.replace("|", "\\|") for text in texts])
    width = max((len(row) for row in rows), default=0)
    if not any(any(row) for row in rows):
        return ""
    lines = [f"| {' | '.join([*row, *[''] * (width - len(row))])} |" for row in rows]
    return "\n".join([lines[0], "|" + " --- |" * width, *lines[1:]])


def _notes(document: Document) -> Iterator[str]:
    """Footnotes and endnotes, in the order of the file."""
    texts: list[str] = []
    for relation in document.part.rels.values():
        if relation.is_external or not relation.reltype.endswith(("/footnotes", "/endnotes")):
            continue
        parser = etree.XMLParser(resolve_entities=False, no_network=True)
        root = etree.fromstring(relation.target_part.blob, parser)
        texts += (" ".join(_words(one).split()) for one in root)
    kept = [text for text in texts if text]
    if kept:
        yield from ("", "## Notes", "")
        yield from (f"- {text}" for text in kept)

"""A part of a document as text that reads well without its looks, and as plain HTML.

Qt's own HTML carries fonts and colours of the theme: pasted elsewhere, text of a dark window
would be white on white.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from html import escape
from itertools import groupby
from typing import Final

from PySide6.QtGui import (
    QTextBlock,
    QTextCharFormat,
    QTextCursor,
    QTextFormat,
    QTextList,
    QTextListFormat,
    QTextTable,
)

from ui.markdown.addresses import is_allowed
from ui.markdown.inline_html import THIN_SPACE

_LINE: Final = "\u2028"
"""How Qt breaks a line within a paragraph."""
_BOLD: Final = 600
_DOTS: Final = (
    QTextListFormat.Style.ListDisc,
    QTextListFormat.Style.ListCircle,
    QTextListFormat.Style.ListSquare,
)


@dataclass(frozen=True, slots=True)
class Run:
    """Letters that look alike.

    Attributes:
        tags: names of HTML elements around them, from the outside in.
        link: where they lead, or "".
    """

    text: str
    tags: tuple[str, ...] = ()
    link: str = ""


@dataclass(frozen=True, slots=True)
class Paragraph:
    """One block of a document.

    Attributes:
        marker: of a list's item, e.g. "•" or "2."; "" for running text.
        depth: of the list it stands in; 0 outside.
        is_quoted: it stands behind the bar of a quote.
    """

    runs: tuple[Run, ...]
    marker: str = ""
    depth: int = 0
    is_quoted: bool = False

    @property
    def text(self) -> str:
        """Its letters, lines parted by newlines."""
        return "".join(run.text for run in self.runs)


def excerpt(cursor: QTextCursor, formulas: Sequence[str]) -> tuple[Paragraph, ...]:
    """What a cursor has selected.

    Args:
        cursor: of a document that `ui.markdown` wrote.
        formulas: the LaTeX of the document's formulas, in their order.
    """
    first, last = cursor.selectionStart(), cursor.selectionEnd()
    block = cursor.document().findBlock(first)
    found: list[Paragraph] = []
    while block.isValid() and block.position() <= last:
        runs = tuple(_runs(block, first, last, formulas))
        if runs:
            found.append(_paragraph(block, runs, is_whole=first <= block.position()))
        block = block.next()
    return tuple(found)


def plain(paragraphs: Sequence[Paragraph]) -> str:
    """Paragraphs parted by an empty line, items of a list by none."""
    parts: list[str] = []
    for number, one in enumerate(paragraphs):
        if number:
            parts.append("\n" if one.marker and paragraphs[number - 1].marker else "\n\n")
        indent = "  " * max(0, one.depth - 1)
        parts.append(f"{indent}{one.marker} {one.text}" if one.marker else one.text)
    return "".join(parts)


def html(paragraphs: Sequence[Paragraph]) -> str:
    """Paragraphs, lists and quotes, without fonts and colours."""
    parts: list[str] = []
    for kind, group in groupby(paragraphs, _kind):
        if kind in {"ul", "ol"}:
            items = list(group)
            number = items[0].marker.rstrip(".)")
            start = f' start="{number}"' if kind == "ol" and number.isdigit() else ""
            inner = "".join(f"<li>{_inline(one)}</li>" for one in items)
            parts.append(f"<{kind}{start}>{inner}</{kind}>")
            continue
        inner = "".join(f"<p>{_inline(one)}</p>" for one in group)
        parts.append(f"<blockquote>{inner}</blockquote>" if kind == "quote" else inner)
    return "".join(parts)


def table_rows(
    table: QTextTable, rows: range, columns: range, formulas: Sequence[str]
) -> tuple[tuple[str, ...], ...]:
    """Plain text of cells, row by row."""
    found = []
    for row in rows:
        cells = []
        for column in columns:
            cell = table.cellAt(row, column)
            cursor = cell.firstCursorPosition()
            cursor.setPosition(cell.lastPosition(), QTextCursor.MoveMode.KeepAnchor)
            cells.append(plain(excerpt(cursor, formulas)).replace("\xa0", " ").strip())
        found.append(tuple(cells))
    return tuple(found)


def rows_text(rows: Sequence[Sequence[str]]) -> str:
    """Cells parted by tabs, as spreadsheets take them."""
    return "\n".join("\t".join(row) for row in rows)


def rows_html(rows: Sequence[Sequence[str]]) -> str:
    """A bare table."""
    inner = "".join(
        f"<tr>{''.join(f'<td>{escape(cell)}</td>' for cell in row)}</tr>" for row in rows
    )
    return f"<table>{inner}</table>"


def _runs(block: QTextBlock, first: int, last: int, formulas: Sequence[str]) -> Iterator[Run]:
    pieces = block.begin()
    while not pieces.atEnd():
        fragment = pieces.fragment()
        start = max(0, first - fragment.position())
        text = fragment.text()
        # Positions count UTF-16 units, in which an emoji is two.
        units = text.encode("utf-16-le")
        end = min(len(units) // 2, last - fragment.position())
        if start < end:
            form = fragment.charFormat()
            part = units[2 * start : 2 * end].decode("utf-16-le", "ignore")
            run = _run(part, form, formulas)
            if run.text:
                yield run
        pieces += 1


def _run(text: str, form: QTextCharFormat, formulas: Sequence[str]) -> Run:
    if form.isImageFormat():
        number = form.toImageFormat().name().rpartition(":")[2]
        known = number.isdigit() and 0 < int(number) <= len(formulas)
        return Run(formulas[int(number) - 1] if known else "")
    tags = []
    if form.fontWeight() >= _BOLD:
        tags.append("b")
    if form.fontItalic():
        tags.append("i")
    if form.fontStrikeOut():
        tags.append("s")
    is_link = form.isAnchor()
    if form.hasProperty(QTextFormat.Property.BackgroundBrush.value) and not is_link:
        tags.append("code")
    plain_text = text.replace(_LINE, "\n").replace(THIN_SPACE, "").replace("\xa0", " ")
    return Run(plain_text, tuple(tags), form.anchorHref() if is_allowed(form.anchorHref()) else "")


def _paragraph(block: QTextBlock, runs: tuple[Run, ...], *, is_whole: bool) -> Paragraph:
    own: QTextList | None = block.textList()
    is_quoted = QTextCursor(block).currentTable() is not None
    if own is None or not is_whole:
        return Paragraph(runs, is_quoted=is_quoted)
    style = own.format().style()
    marker = "•" if style in _DOTS else own.itemText(block)
    return Paragraph(runs, marker, own.format().indent(), is_quoted)


def _kind(one: Paragraph) -> str:
    if one.marker:
        return "ul" if one.marker == "•" else "ol"
    return "quote" if one.is_quoted else "p"


def _inline(paragraph: Paragraph) -> str:
    parts = []
    for run in paragraph.runs:
        text = escape(run.text).replace("\n", "<br>")
        for tag in reversed(run.tags):
            text = f"<{tag}>{text}</{tag}>"
        parts.append(f'<a href="{escape(run.link)}">{text}</a>' if run.link else text)
    return "".join(parts)

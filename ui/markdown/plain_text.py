"""Markdown as the plain text that a reader sees: no marks, tables by tabs, formulas as LaTeX."""

from __future__ import annotations

from collections.abc import Iterable
from html import escape

from PySide6.QtGui import QTextCursor, QTextDocument

from ui.markdown.blocks import Block, CodeBlock, FormulaBlock, TableBlock
from ui.markdown.excerpt import excerpt, plain, rows_text
from ui.markdown.inline_html import split_formulas
from ui.markdown.specs import TextSpec, group


def plain_text(blocks: Iterable[Block]) -> str:
    """What is shown of these blocks, as text.  UI thread."""
    parts = (_of(spec) for spec in group(blocks))
    return "\n\n".join(part for part in parts if part)


def _of(spec: TextSpec | Block) -> str:
    match spec:
        case TextSpec():
            return _of_html(spec.html)
        case CodeBlock():
            return spec.code
        case FormulaBlock():
            return f"$${spec.tex}$$"
        case TableBlock():
            rows = (spec.header, *spec.rows)
            return rows_text([[_of_html(cell) for cell in row] for row in rows])
    return "———"


def _of_html(html: str) -> str:
    """Text of HTML that `ui.markdown` wrote."""
    document = QTextDocument()
    document.setHtml(
        "".join(part if isinstance(part, str) else _formula(*part) for part in split_formulas(html))
    )
    cursor = QTextCursor(document)
    cursor.select(QTextCursor.SelectionType.Document)
    return plain(excerpt(cursor, ()))


def _formula(tex: str, is_display: bool) -> str:
    mark = "$$" if is_display else "$"
    return escape(f"{mark}{tex}{mark}")

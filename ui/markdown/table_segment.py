"""A table with hairlines between its rows; wider ones scroll sideways."""

from __future__ import annotations

import re
from math import ceil
from typing import Final

from PySide6.QtCore import QRectF, Qt
from PySide6.QtGui import QPainter, QPainterPath, QPaintEvent, QTextOption, QTextTable, QWheelEvent
from PySide6.QtWidgets import QWidget
from typing_extensions import override

from ui.controls.painting import draw_box
from ui.markdown.blocks import Align, TableBlock
from ui.markdown.context import MarkdownContext
from ui.markdown.excerpt import rows_html, rows_text, table_rows
from ui.markdown.rich_text import RichText
from ui.markdown.segment import Segment
from ui.markdown.specs import Spec
from ui.theme.tokens import Radius, TypeSize

_TAG: Final = re.compile(r"<[^>]*>")
_NUMBER: Final = re.compile(r"[-+±~≈]?[$€£₩¥]?\d[\d.,\s]*\s?[%°a-zA-Zµ]{0,4}")
_PAD_X: Final = 13
_PAD_Y: Final = 6


class _Cells(RichText):
    def __init__(self, context: MarkdownContext, owner: Segment) -> None:
        super().__init__(context, size=TypeSize.CONTROL, parent=owner)
        self._owner = owner
        self.setWordWrapMode(QTextOption.WrapMode.WordWrap)  # a word is never cut in two
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAsNeeded)

    @override
    def formulas_placed(self) -> None:
        self._owner.height_changed.emit()

    @override
    def excerpt_text(self) -> str:
        rows = self._rows()
        return rows_text(rows) if rows else super().excerpt_text()

    @override
    def excerpt_html(self) -> str:
        rows = self._rows()
        return rows_html(rows) if rows else super().excerpt_html()

    def _rows(self) -> tuple[tuple[str, ...], ...]:
        """The selected cells; nothing where it is a part of one cell."""
        cursor = self.textCursor()
        tables = [
            one for one in self.document().rootFrame().childFrames() if isinstance(one, QTextTable)
        ]
        if not tables or not cursor.hasSelection():
            return ()
        table = tables[0]
        begin, end = table.cellAt(cursor.selectionStart()), table.cellAt(cursor.selectionEnd())
        last_row = table.cellAt(table.lastCursorPosition()).row()
        rows, columns = range(last_row + 1), range(table.columns())
        if begin.isValid() and end.isValid():
            if begin == end:
                return ()
            first, last = sorted((begin.row(), end.row()))
            rows = range(first, last + 1)
            if first == last:
                columns = range(begin.column(), end.column() + 1)
        return table_rows(table, rows, columns, self.formula_sources)

    @override
    def wheelEvent(self, event: QWheelEvent) -> None:
        sideways = abs(event.angleDelta().x()) > abs(event.angleDelta().y())
        if sideways and self.horizontalScrollBar().maximum() > 0:
            self.horizontalScrollBar().event(event)
        else:
            event.ignore()


class TableSegment(Segment):
    """Show one table.

    Args:
        context: shared with all segments.
        parent: the column.
    """

    def __init__(self, context: MarkdownContext, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._context = context
        self.cells = _Cells(context, self)
        self.cells.setAccessibleName(context.words("Table"))
        self._table: TableBlock | None = None
        context.theme.changed.connect(self._follow_theme)

    @override
    def show_spec(self, spec: Spec) -> bool:
        if not isinstance(spec, TableBlock):
            return False
        self._table = spec
        self._show_table()
        return True

    def _show_table(self) -> None:
        if self._table is not None:
            self.cells.set_html(table_html(self._table, self._context.theme.colors.border))

    def _follow_theme(self) -> None:
        self._show_table()  # the lines between its rows have their colour in the HTML
        self.update()

    @override
    def fit(self, width: int) -> int:
        inner = max(1, width - 2)
        height = self.cells.fit(inner)
        if self.cells.document().size().width() > inner + 1:
            height += self.cells.horizontalScrollBar().sizeHint().height()
        self.cells.setGeometry(1, 1, inner, ceil(height))
        return height + 2

    @override
    def paintEvent(self, event: QPaintEvent) -> None:
        del event
        theme = self._context.theme
        painter = QPainter(self)
        box = QRectF(self.rect())
        path = QPainterPath()
        path.addRoundedRect(box, Radius.CODE, Radius.CODE)
        painter.setClipPath(path)
        draw_box(painter, box, Radius.CODE, line=theme.color("border"))


def table_html(table: TableBlock, line: str) -> str:
    """One table of a QTextDocument.

    Args:
        table: what it shows.
        line: "#RRGGBB" of the hairlines.
    """
    aligns = [_column_align(table, column) for column in range(len(table.header))]
    pad = f"padding:{_PAD_Y}px {_PAD_X}px"
    parts = ['<table width="100%" cellspacing="0" cellpadding="0"><tr>']
    for cell, align in zip(table.header, aligns, strict=True):
        parts.append(f'<td class="head" align="{align}" style="{pad}">{cell}</td>')
    parts.append("</tr>")
    for row in table.rows:
        parts.append("<tr>")
        for cell, align in zip(row, aligns, strict=True):
            style = f"{pad};border-top:1px solid {line}"
            parts.append(f'<td align="{align}" style="{style}">{cell or "&nbsp;"}</td>')
        parts.append("</tr>")
    parts.append("</table>")
    return "".join(parts)


def _column_align(table: TableBlock, column: int) -> Align:
    """What the source asks for; else columns of numbers stand right, but not the first."""
    asked = table.alignments[column]
    if not column:
        return asked
    cells = [_TAG.sub("", row[column]).strip() for row in table.rows]
    filled = [cell for cell in cells if cell]
    if asked is Align.LEFT and filled and all(_NUMBER.fullmatch(cell) for cell in filled):
        return Align.RIGHT
    return asked

"""A text in a few lines with stretches of it pointed out, painted where there is no widget."""

from __future__ import annotations

from PySide6.QtCore import QPointF, QRect, Qt
from PySide6.QtGui import (
    QColor,
    QFont,
    QFontMetrics,
    QPainter,
    QTextCharFormat,
    QTextLayout,
    QTextOption,
)

from app.search.values import Marks


def mark_format(ink: QColor, *, is_underlined: bool) -> QTextCharFormat:
    """How a stretch is pointed out: not by colour alone."""
    form = QTextCharFormat()
    form.setForeground(ink)
    form.setFontWeight(QFont.Weight.Bold)
    form.setFontUnderline(is_underlined)
    return form


def paint_marked(
    painter: QPainter,
    room: QRect,
    text: str,
    marks: Marks,
    font: QFont,
    form: QTextCharFormat,
    lines: int,
) -> None:
    """Paint a text in the painter's ink; what does not fit gives way to "…".

    Args:
        painter: where.
        room: its place; the first line begins at its top.
        text: one line.
        marks: what is pointed out.
        font: of all of it.
        form: of what is pointed out.
        lines: the most there may be.
    """
    layout = _laid_out(text, marks, font, form, room.width())
    if layout.lineCount() > lines:
        start = layout.lineAt(lines - 1).textStart()
        # Bold letters are wider than those that are measured here.
        left = room.width() - _bold_extra(text[start:], marks, start, font)
        rest = QFontMetrics(font).elidedText(
            text[start:], Qt.TextElideMode.ElideRight, max(1, left)
        )
        layout = _laid_out(text[:start] + rest, marks, font, form, room.width())
    for number in range(min(lines, layout.lineCount())):
        layout.lineAt(number).draw(painter, QPointF(room.topLeft()))


def _laid_out(
    text: str, marks: Marks, font: QFont, form: QTextCharFormat, width: int
) -> QTextLayout:
    layout = QTextLayout(text, font)
    option = QTextOption()
    option.setWrapMode(QTextOption.WrapMode.WrapAtWordBoundaryOrAnywhere)
    layout.setTextOption(option)
    ranges = []
    for start, end in marks:
        if start < len(text):
            one = QTextLayout.FormatRange()
            one.start, one.length, one.format = start, min(end, len(text)) - start, form
            ranges.append(one)
    layout.setFormats(ranges)
    layout.beginLayout()
    y = 0.0
    while (line := layout.createLine()).isValid():
        line.setLineWidth(width)
        line.setPosition(QPointF(0, y))
        y += line.height()
    layout.endLayout()
    return layout


def _bold_extra(text: str, marks: Marks, offset: int, font: QFont) -> int:
    bold = QFont(font)
    bold.setWeight(QFont.Weight.Bold)
    plain, wide = QFontMetrics(font), QFontMetrics(bold)
    parts = [text[max(0, a - offset) : max(0, b - offset)] for a, b in marks]
    return sum(wide.horizontalAdvance(one) - plain.horizontalAdvance(one) for one in parts)

"""A formula stands on the line of the words around it, wherever that line is."""

from __future__ import annotations

import numpy as np
import pytest
from PySide6.QtGui import QImage, QTextCursor
from PySide6.QtWidgets import QWidget
from pytestqt.qtbot import QtBot

from ui.markdown.column import MarkdownColumn
from ui.markdown.context import MarkdownContext
from ui.markdown.parser import MarkdownParser
from ui.markdown.rich_text import RichText

LONELY, BESIDE_A_FRACTION = "x $y$ x", "x $y$ x $\\frac{a}{b}$"


def lowest_dark_row(text: RichText, position: int) -> float:
    """Of the character at a position of the document, in px from the top."""
    cursor = QTextCursor(text.document())
    cursor.setPosition(position)
    left = text.cursorRect(cursor).left()
    cursor.setPosition(position + 1)
    right = text.cursorRect(cursor).left()
    image = text.viewport().grab().toImage().convertToFormat(QImage.Format.Format_Grayscale8)
    rows = np.frombuffer(image.constBits(), np.uint8).reshape(image.height(), -1)
    ratio = image.devicePixelRatio()
    part = rows[:, round(left * ratio) : round(right * ratio)]
    return float(np.flatnonzero((part < 140).any(axis=1)).max() / ratio)


@pytest.mark.parametrize("source", [LONELY, f"- {LONELY}", BESIDE_A_FRACTION])
def test_a_letter_with_a_descender_stands_on_the_line(
    source: str, context: MarkdownContext, parser: MarkdownParser, qtbot: QtBot
) -> None:
    host = QWidget()
    qtbot.addWidget(host)
    host.resize(540, 200)
    column = MarkdownColumn(context, parser, parent=host)
    column.set_markdown(source)
    column.fit(500)
    host.show()
    (text,) = column.findChildren(RichText)
    qtbot.waitUntil(lambda: "\ufffc" in text.toPlainText())
    column.fit(500)

    baseline = lowest_dark_row(text, 0)
    assert abs(lowest_dark_row(text, 4) - baseline) <= 0.5
    assert 3 <= lowest_dark_row(text, 2) - baseline <= 6

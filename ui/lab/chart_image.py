"""A plot as an image to keep: with its title, what was measured, and when."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

from PySide6.QtCore import QRectF, Qt
from PySide6.QtGui import QColor, QFont, QFontMetricsF, QImage, QPainter

from ui.lab.chart_layout import lay_out
from ui.lab.chart_painting import ChartPainter, make_ruler
from ui.lab.chart_values import Chart
from ui.theme.theme import Theme
from ui.theme.tokens import Role, Space, TypeSize

SCALE: Final = 2.0
"""Pixels of the image for one logical px, so that it is sharp in print and on dense screens."""
WIDTH: Final = 760
_WRAPPED: Final = Qt.TextFlag.TextWordWrap


def chart_image(theme: Theme, chart: Chart, facts: Sequence[str]) -> QImage:
    """Draw a plot in the theme's colours.

    Args:
        theme: the look.
        chart: what is drawn.
        facts: lines below the title, such as model file, settings and date.
    """
    inner = theme.scaled(WIDTH) - 2 * Space.SECTION
    layout = lay_out(chart, inner, make_ruler(theme))
    title = theme.fonts.text(TypeSize.HEADING, bold=True)
    small = theme.fonts.text(TypeSize.CODE)
    head: list[tuple[str, QFont, Role]] = [(chart.title, title, "text")]
    head += [(fact, small, "muted") for fact in facts if fact]
    foot: list[tuple[str, QFont, Role]] = [(chart.note, small, "muted")] if chart.note else []
    height = Space.SECTION * 2 + Space.PAD + layout.height
    height += sum(_height(text, font, inner) for text, font, _ in (*head, *foot))
    height += Space.PAD if foot else 0
    image = QImage(
        round(SCALE * (inner + 2 * Space.SECTION)),
        round(SCALE * height),
        QImage.Format.Format_ARGB32_Premultiplied,
    )
    image.setDevicePixelRatio(SCALE)
    image.fill(theme.color("bg"))
    image.setText("Title", chart.title)
    image.setText("Description", "\n".join((*facts, chart.as_text())))
    painter = QPainter(image)
    painter.setRenderHint(QPainter.RenderHint.TextAntialiasing)
    painter.translate(Space.SECTION, Space.SECTION)
    for text, font, role in head:
        painter.translate(0, _write(painter, text, font, theme.color(role), inner))
    painter.translate(0, Space.PAD)
    painter.save()
    ChartPainter(painter, theme).paint(chart, layout)
    painter.restore()
    painter.translate(0, layout.height + Space.PAD)
    for text, font, role in foot:
        painter.translate(0, _write(painter, text, font, theme.color(role), inner))
    painter.end()
    return image


def _height(text: str, font: QFont, width: float) -> float:
    room = QRectF(0, 0, width, 10_000)
    return QFontMetricsF(font).boundingRect(room, int(_WRAPPED), text).height()


def _write(painter: QPainter, text: str, font: QFont, color: QColor, width: float) -> float:
    height = _height(text, font, width)
    painter.setFont(font)
    painter.setPen(color)
    painter.drawText(QRectF(0, 0, width, height + 2), int(_WRAPPED), text)
    return height

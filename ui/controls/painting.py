"""Shapes that the painted widgets share."""

from __future__ import annotations

from PySide6.QtCore import QRectF, Qt
from PySide6.QtGui import QColor, QPainter, QPen

RING = 2.0
"""Width of the focus ring and of the gap between it and the shape, in logical px."""


def draw_box(
    painter: QPainter,
    rect: QRectF,
    radius: float,
    *,
    fill: QColor | None = None,
    line: QColor | None = None,
    width: float = 1.0,
    dashed: bool = False,
) -> None:
    """A rounded box; the line lies inside `rect`, so nothing is clipped.

    Args:
        painter: where to draw; its pen and brush are changed.
        rect: outer edge.
        radius: of the corners, in logical px.
        fill: colour inside, or None.
        line: colour of the outline, or None.
        width: of the outline.
        dashed: draw the outline dashed.
    """
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    painter.setBrush(fill if fill is not None else Qt.BrushStyle.NoBrush)
    if line is None:
        painter.setPen(Qt.PenStyle.NoPen)
    else:
        half = width / 2
        rect = rect.adjusted(half, half, -half, -half)
        style = Qt.PenStyle.DashLine if dashed else Qt.PenStyle.SolidLine
        painter.setPen(QPen(line, width, style))
    painter.drawRoundedRect(rect, radius, radius)


def draw_ring(painter: QPainter, rect: QRectF, radius: float, color: QColor) -> QRectF:
    """The keyboard focus ring along `rect`; returns the smaller rectangle left for the shape."""
    draw_box(painter, rect, radius + RING, line=color, width=RING)
    inset = 2 * RING
    return rect.adjusted(inset, inset, -inset, -inset)

"""Draws a plot that is laid out already, on a widget or on an image."""

from __future__ import annotations

from typing import Final

from PySide6.QtCore import QPointF, QRectF, Qt
from PySide6.QtGui import QBrush, QColor, QFontMetricsF, QPainter, QPen, QPolygonF

from ui.controls.painting import RING, draw_box
from ui.lab.boxes import Box, Ruler, Text
from ui.lab.chart_values import Chart, Shape
from ui.lab.layout_values import MARKER, Layout, PlacedMark
from ui.theme.theme import Theme
from ui.theme.tokens import Role, TypeSize

_ROLES: Final[tuple[Role, ...]] = ("accent", "series_2", "series_3", "series_5", "warn", "series_4")
_DASHES: Final = (
    Qt.PenStyle.SolidLine,
    Qt.PenStyle.DashLine,
    Qt.PenStyle.DotLine,
    Qt.PenStyle.DashDotLine,
)
_TEXTURES: Final = (
    Qt.BrushStyle.NoBrush,
    Qt.BrushStyle.BDiagPattern,
    Qt.BrushStyle.Dense6Pattern,
    Qt.BrushStyle.CrossPattern,
)
_CAP: Final = 4.0
_LINE: Final = 2.0
_WHISKER: Final = 1.5


def make_ruler(theme: Theme) -> Ruler:
    """How much room text takes in a plot."""
    metrics = QFontMetricsF(theme.fonts.text(TypeSize.CODE))
    return Ruler(metrics.horizontalAdvance, metrics.height(), theme.scaled(100) / 100)


def series_role(series: int) -> Role:
    """The colour of a series."""
    return _ROLES[series % len(_ROLES)]


class ChartPainter:
    """Draws plots in the theme's colours.

    A series has a colour, a sign and a kind of line or texture, so that the colour is never all
    that tells it from another.

    Args:
        painter: where to draw; its font, pen and brush are changed.
        theme: the look.
    """

    def __init__(self, painter: QPainter, theme: Theme) -> None:
        self._painter = painter
        self._theme = theme
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setFont(theme.fonts.text(TypeSize.CODE))

    def paint(self, chart: Chart, layout: Layout, chosen: PlacedMark | None = None) -> None:
        """Draw all of a plot; `chosen` is the value the keyboard or the pointer is at."""
        self._paint_grid(layout)
        for text in layout.groups:
            self._write(text, "text")
        for text in layout.axis_names:
            self._write(text, "muted")
        for entry in layout.legend:
            self._paint_sign(chart.shape, entry.series, entry.sign)
            self._write(entry.name, "text")
        if chosen is not None:
            band = _rect(chosen.touch).adjusted(-2, -2, 2, 2)
            draw_box(self._painter, band, 4, fill=self._theme.color("hover"))
        if chart.shape is Shape.LINES:
            self._paint_lines(layout)
        for mark in layout.marks:
            self._paint_mark(chart.shape, mark)
        if chosen is not None:
            band = _rect(chosen.touch).adjusted(-2, -2, 2, 2)
            draw_box(self._painter, band, 4, line=self._theme.color("focus"), width=RING)

    def _paint_grid(self, layout: Layout) -> None:
        for tick in layout.ticks:
            role: Role = "edge" if tick.value == 0 else "track"
            self._painter.setPen(QPen(self._theme.color(role), 1.0))
            at = round(tick.at) + 0.5
            for start, end in layout.stretches:
                ends = QPointF(start, at), QPointF(end, at)
                if layout.is_across:
                    ends = QPointF(at, start), QPointF(at, end)
                self._painter.drawLine(*ends)
            if tick.label is not None:
                self._write(tick.label, "muted")

    def _paint_lines(self, layout: Layout) -> None:
        before: PlacedMark | None = None
        for mark in layout.marks:
            if before is not None and before.series == mark.series:
                style = _DASHES[mark.series % len(_DASHES)]
                self._painter.setPen(QPen(self._color(mark.series), _LINE, style))
                self._painter.drawLine(QPointF(before.x, before.y), QPointF(mark.x, mark.y))
            before = mark

    def _paint_mark(self, shape: Shape, mark: PlacedMark) -> None:
        if mark.bar is not None:
            self._fill_bar(mark.series, _rect(mark.bar))
            self._paint_whisker(mark, self._theme.color("text"), is_across=True)
        else:
            self._paint_whisker(mark, self._color(mark.series), is_across=False)
            size = MARKER * self._theme.scaled(100) / 100
            box = Box(mark.x - size / 2, mark.y - size / 2, size, size)
            self._paint_sign(shape, mark.series, box)
        if mark.label is not None:
            self._write(mark.label, "text")

    def _paint_whisker(self, mark: PlacedMark, color: QColor, *, is_across: bool) -> None:
        """The interval, with a cap at each end; none where it is a single point."""
        low, high = mark.whisker
        if abs(high - low) < 1.0:
            return
        # A rim in the colour of the ground keeps it apart from bars and from other lines.
        for ink, width in ((self._theme.color("bg"), _WHISKER + 2.0), (color, _WHISKER)):
            self._painter.setPen(QPen(ink, width))
            if is_across:
                self._painter.drawLine(QPointF(low, mark.y), QPointF(high, mark.y))
            else:
                self._painter.drawLine(QPointF(mark.x, low), QPointF(mark.x, high))
            for end in (low, high):
                at = QPointF(end, mark.y) if is_across else QPointF(mark.x, end)
                cap = QPointF(0, _CAP) if is_across else QPointF(_CAP, 0)
                self._painter.drawLine(at - cap, at + cap)

    def _fill_bar(self, series: int, bar: QRectF) -> None:
        radius = min(3.0, bar.width() / 2)
        draw_box(self._painter, bar, radius, fill=self._color(series))
        texture = _TEXTURES[series % len(_TEXTURES)]
        if texture is not Qt.BrushStyle.NoBrush:
            self._painter.setPen(Qt.PenStyle.NoPen)
            self._painter.setBrush(QBrush(self._theme.color("bg"), texture))
            self._painter.drawRoundedRect(bar, radius, radius)

    def _paint_sign(self, shape: Shape, series: int, box: Box) -> None:
        """The sign of a series: a piece of its bar, or its point."""
        rect = _rect(box)
        if shape is Shape.BARS:
            self._fill_bar(series, rect)
            return
        painter, middle = self._painter, rect.center()
        painter.setPen(QPen(self._theme.color("bg"), 1.0))
        painter.setBrush(self._color(series))
        match series % 4:
            case 0:
                painter.drawEllipse(rect)
            case 1:
                painter.drawRect(rect.adjusted(1, 1, -1, -1))
            case 2:
                corners = (
                    QPointF(middle.x(), rect.top() - 1),
                    QPointF(rect.right() + 1, middle.y()),
                    QPointF(middle.x(), rect.bottom() + 1),
                    QPointF(rect.left() - 1, middle.y()),
                )
                painter.drawPolygon(QPolygonF(corners))
            case _:
                top = QPointF(middle.x(), rect.top())
                painter.drawPolygon(QPolygonF((top, rect.bottomRight(), rect.bottomLeft())))

    def _write(self, text: Text, role: Role) -> None:
        self._painter.setPen(self._theme.color(role))
        # Wider than measured, so that rounding never cuts the last letter.
        rect = _rect(text.box).adjusted(0, 0, 2, 0)
        flags = Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter
        self._painter.drawText(rect, int(flags) | Qt.TextFlag.TextSingleLine, text.text)

    def _color(self, series: int) -> QColor:
        return self._theme.color(series_role(series))


def _rect(box: Box) -> QRectF:
    return QRectF(box.x, box.y, box.width, box.height)

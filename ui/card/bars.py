"""A few numbers as bars below each other, each with its name and its value."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from PySide6.QtCore import QRect, QRectF, QSize, Qt
from PySide6.QtGui import QFontMetrics, QPainter, QPaintEvent, QResizeEvent
from PySide6.QtWidgets import QSizePolicy, QWidget
from typing_extensions import override

from ui.controls.painting import draw_box
from ui.theme.theme import Theme
from ui.theme.tokens import Space, TypeSize

_BAR: Final = 8
_LINE: Final = 26
_NARROW: Final = 460
_LEAST_BAR: Final = 3.0


@dataclass(frozen=True, slots=True)
class BarRow:
    """One bar.

    Attributes:
        name: what it is, in the user's language.
        value: how much, as it is read.
        fraction: of a full bar, 0.0 to 1.0.
        is_focus: it stands out.
    """

    name: str
    value: str
    fraction: float
    is_focus: bool = False


class Bars(QWidget):
    """Names at the left, bars in the middle, values at the right; below each other if narrow.

    Args:
        theme: the look.
        title: what the numbers are of, for screen readers.
        rows: from the top.
    """

    def __init__(self, theme: Theme, title: str, rows: Sequence[BarRow]) -> None:
        super().__init__()
        self._theme = theme
        self.rows = tuple(rows)
        self.setAccessibleName(title)
        self.setAccessibleDescription(", ".join(f"{one.name} {one.value}" for one in rows))
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        theme.changed.connect(self._reserve)
        self._reserve()

    @property
    def is_narrow(self) -> bool:
        """Whether each bar stands below its name."""
        return self.width() < self._theme.scaled(_NARROW)

    @override
    def sizeHint(self) -> QSize:
        return QSize(400, self._row_height() * len(self.rows))

    @override
    def minimumSizeHint(self) -> QSize:
        return QSize(self._theme.scaled(140), self.sizeHint().height())

    @override
    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self._reserve()

    @override
    def paintEvent(self, event: QPaintEvent) -> None:
        del event
        painter = QPainter(self)
        painter.setFont(self._theme.fonts.text(TypeSize.CODE))
        metrics = QFontMetrics(painter.font())
        values = max(metrics.horizontalAdvance(row.value) for row in self.rows) + 2
        names = max(metrics.horizontalAdvance(row.name) for row in self.rows) + 2
        names = min(names, self.width() // 2)
        for index, row in enumerate(self.rows):
            top = index * self._row_height()
            line = QRect(0, top, self.width(), self._theme.scaled(_LINE))
            if self.is_narrow:
                bar = QRect(0, line.bottom() + 1, self.width(), self._theme.scaled(_BAR))
                self._paint_words(painter, row, line, self.width() - values - Space.GAP)
            else:
                room = self.width() - names - values - 2 * Space.ROOM
                bar = QRect(names + Space.ROOM, 0, room, self._theme.scaled(_BAR))
                bar.moveTop(line.center().y() - bar.height() // 2 + 1)
                self._paint_words(painter, row, line, names)
            self._paint_bar(painter, row, QRectF(bar))

    def _paint_words(self, painter: QPainter, row: BarRow, line: QRect, room: int) -> None:
        color = self._theme.color
        middle = Qt.AlignmentFlag.AlignVCenter
        metrics = QFontMetrics(painter.font())
        name = metrics.elidedText(row.name, Qt.TextElideMode.ElideRight, room)
        painter.setPen(color("text" if row.is_focus else "muted"))
        painter.drawText(line, int(middle | Qt.AlignmentFlag.AlignLeft), name)
        painter.setPen(color("text"))
        painter.drawText(line, int(middle | Qt.AlignmentFlag.AlignRight), row.value)

    def _paint_bar(self, painter: QPainter, row: BarRow, track: QRectF) -> None:
        color = self._theme.color
        radius = track.height() / 2
        edge = color("edge") if self._theme.colors.is_high_contrast else None
        draw_box(painter, track, radius, fill=color("track"), line=edge)
        filled = QRectF(track)
        filled.setWidth(max(_LEAST_BAR, track.width() * min(1.0, row.fraction)))
        fill = color("accent" if row.is_focus else "series_4")
        draw_box(painter, filled, min(radius, filled.width() / 2), fill=fill)

    def _row_height(self) -> int:
        below = self._theme.scaled(_BAR) + Space.TINY if self.is_narrow else 0
        return self._theme.scaled(_LINE) + below

    def _reserve(self) -> None:
        self.setFixedHeight(self._row_height() * len(self.rows))
        self.update()

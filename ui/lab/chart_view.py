"""A plot in the window: drawn, pointed at, walked through by keys, and read aloud."""

from __future__ import annotations

from typing import Final

from PySide6.QtCore import QEvent, QSize, Qt, Signal
from PySide6.QtGui import (
    QFocusEvent,
    QHelpEvent,
    QKeyEvent,
    QMouseEvent,
    QPainter,
    QPaintEvent,
    QResizeEvent,
)
from PySide6.QtWidgets import QSizePolicy, QToolTip, QWidget
from typing_extensions import override

from ui.controls.announcing import announce
from ui.controls.button import is_by_keyboard
from ui.controls.painting import RING, draw_box
from ui.lab.chart_layout import lay_out
from ui.lab.chart_painting import ChartPainter, make_ruler
from ui.lab.chart_values import Chart, Shape
from ui.lab.layout_values import LEAST_WIDTH, Layout, PlacedMark
from ui.theme.theme import Theme
from ui.theme.tokens import Radius, Space

_STEPS: Final = {
    Qt.Key.Key_Left: (0, -1),
    Qt.Key.Key_Right: (0, 1),
    Qt.Key.Key_Up: (-1, 0),
    Qt.Key.Key_Down: (1, 0),
}
"""Series and group by which a key moves on where groups stand beside each other."""


class ChartView(QWidget):
    """One plot, as wide as there is room and as high as it needs.

    Arrow keys go from value to value, Home and End to the first and the last, Escape lets go.

    Signals:
        chosen: (said: str) the pointer or a key is at a value; "" when at none.

    Args:
        theme: the look.
        chart: what is shown.
    """

    chosen = Signal(str)

    def __init__(self, theme: Theme, chart: Chart) -> None:
        super().__init__()
        self._theme = theme
        self._chart = chart
        self._layout: Layout | None = None
        self._at: tuple[int, int] | None = None
        self._has_ring = False
        self.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        self.setMouseTracking(True)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        theme.changed.connect(self._reserve)
        self.show_chart(chart)

    @property
    def chart(self) -> Chart:
        """What is shown."""
        return self._chart

    @property
    def placed(self) -> Layout:
        """Where everything stands now, from the inner edge of the ring."""
        if self._layout is None:
            width = self.width() - 2 * Space.GAP
            self._layout = lay_out(self._chart, width, make_ruler(self._theme))
        return self._layout

    def show_chart(self, chart: Chart) -> None:
        """Show another plot in its place; the chosen value stays where it still exists."""
        self._chart = chart
        if self._at is not None and not chart_has(chart, *self._at):
            self._choose(None)
        self.setAccessibleName(chart.title)
        self.setAccessibleDescription(chart.as_text())
        self._reserve()

    @override
    def sizeHint(self) -> QSize:
        return QSize(480, self._height())

    @override
    def minimumSizeHint(self) -> QSize:
        return QSize(self._theme.scaled(LEAST_WIDTH), self._height())

    @override
    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        if event.size().width() != event.oldSize().width():
            self._reserve()

    @override
    def paintEvent(self, event: QPaintEvent) -> None:
        del event
        painter = QPainter(self)
        if self._has_ring:
            rect = self.rect().toRectF()
            color = self._theme.color("focus")
            draw_box(painter, rect, Radius.BUTTON, line=color, width=RING)
        painter.translate(Space.GAP, Space.GAP)
        ChartPainter(painter, self._theme).paint(self._chart, self.placed, self._chosen_mark())

    @override
    def event(self, event: QEvent) -> bool:
        if isinstance(event, QHelpEvent) and event.type() == QEvent.Type.ToolTip:
            mark = self._mark_at(event.pos().x(), event.pos().y())
            said = self._chart.described(mark.series, mark.group) if mark else ""
            QToolTip.showText(event.globalPos(), said, self)
            return True
        return super().event(event)

    @override
    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        mark = self._mark_at(event.position().x(), event.position().y())
        self._choose((mark.series, mark.group) if mark else None)

    @override
    def leaveEvent(self, event: QEvent) -> None:
        super().leaveEvent(event)
        if not self.hasFocus():
            self._choose(None)

    @override
    def focusInEvent(self, event: QFocusEvent) -> None:
        super().focusInEvent(event)
        self._has_ring = is_by_keyboard(event)
        self.update()

    @override
    def focusOutEvent(self, event: QFocusEvent) -> None:
        super().focusOutEvent(event)
        self._has_ring = False
        self._choose(None)

    @override
    def keyPressEvent(self, event: QKeyEvent) -> None:
        marks = [(one.series, one.group) for one in self.placed.marks]
        key = Qt.Key(event.key())
        if not marks or (key == Qt.Key.Key_Escape and self._at is None):
            super().keyPressEvent(event)
        elif key in _STEPS:
            self._choose(self._stepped(marks, *_STEPS[key]), is_told=True)
        elif key in (Qt.Key.Key_Home, Qt.Key.Key_End):
            self._choose(marks[0 if key == Qt.Key.Key_Home else -1], is_told=True)
        elif key == Qt.Key.Key_Escape:
            self._choose(None)
        else:
            super().keyPressEvent(event)

    def _stepped(
        self, marks: list[tuple[int, int]], by_series: int, by_group: int
    ) -> tuple[int, int]:
        """The nearest measured value in a direction; the first one at first."""
        if self._at is None:
            return marks[0]
        if self._chart.shape is Shape.BARS:  # groups stand below each other
            by_series, by_group = by_group, by_series
        series, group = self._at
        count = len(self._chart.series), len(self._chart.groups)
        while True:
            series, group = series + by_series, group + by_group
            if not (0 <= series < count[0] and 0 <= group < count[1]):
                return self._at
            if (series, group) in marks:
                return series, group

    def _choose(self, at: tuple[int, int] | None, *, is_told: bool = False) -> None:
        if at == self._at:
            return
        self._at = at
        said = self._chart.described(*at) if at is not None else ""
        self.chosen.emit(said)
        if is_told:
            announce(self, said)
        self.update()

    def _chosen_mark(self) -> PlacedMark | None:
        found = (one for one in self.placed.marks if (one.series, one.group) == self._at)
        return next(found, None)

    def _mark_at(self, x: float, y: float) -> PlacedMark | None:
        return self.placed.mark_at(x - Space.GAP, y - Space.GAP)

    def _height(self) -> int:
        return round(self.placed.height + 0.5) + 2 * Space.GAP

    def _reserve(self) -> None:
        self._layout = None
        self.setFixedHeight(self._height())
        self.updateGeometry()
        self.update()


def chart_has(chart: Chart, series: int, group: int) -> bool:
    """Whether a plot holds a value at a place."""
    return (
        series < len(chart.series)
        and group < len(chart.groups)
        and chart.mark(series, group) is not None
    )

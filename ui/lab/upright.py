"""Lays plots out whose groups stand beside each other, values upwards.  Knows nothing of Qt."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from itertools import pairwise
from typing import Final

from ui.lab.boxes import Box, Ruler, Text
from ui.lab.chart_values import Chart
from ui.lab.label_placing import WantedLabel, along, place
from ui.lab.layout_values import GAP, MARKER, Layout, LegendEntry, PlacedMark, Tick
from ui.lab.scales import Scale

_PLOT_HEIGHT: Final = 210
_TICK_ROOM: Final = 30
_MOST_NAME_LINES: Final = 3
_APART: Final = 18
"""Between the points of one group, in px at 100 %."""
_TOUCH: Final = 12


@dataclass(frozen=True, slots=True)
class Upright:
    """Groups beside each other, values upwards."""

    chart: Chart
    width: float
    ruler: Ruler
    legend: tuple[LegendEntry, ...]
    top: float

    def layout(self) -> Layout:
        """All of it."""
        chart, ruler, gap = self.chart, self.ruler, GAP * self.ruler.unit
        height = _PLOT_HEIGHT * ruler.unit
        most = int(height // max(_TICK_ROOM * ruler.unit, 1.4 * ruler.line)) + 1
        values = chart.axis.ticks(chart.highest, most)
        texts = [chart.axis.written(value) for value in values]
        left = max(ruler.measure(text) for text in texts) + gap
        name = ruler.text(ruler.fit(chart.axis.name, self.width), 0.0, self.top)
        # Half a line above and below: the first and the last number are centred on their lines.
        plot = Box(left, name.box.bottom + gap / 2 + ruler.line / 2, self.width - left, height)
        scale = Scale(values[0], values[-1], plot.bottom, plot.y)
        ticks = []
        for value, text in zip(values, texts, strict=True):
            at, wide = scale.at(value), ruler.measure(text)
            label = ruler.text(text, left - gap - wide, at - ruler.line / 2)
            ticks.append(Tick(value, at, label))
        band = plot.width / max(1, len(chart.groups))
        below = plot.bottom + ruler.line / 2 + gap / 2
        groups = self._group_names(plot, band, below)
        bottom = max((text.box.bottom for text in groups), default=below)
        names = [name]
        if chart.groups_name:
            said = ruler.fit(chart.groups_name, plot.width)
            x = plot.x + (plot.width - ruler.measure(said)) / 2
            names.append(ruler.text(said, x, bottom))
            bottom += ruler.line
        marks = self._marks(plot, band, scale)
        return Layout(
            self.width,
            bottom,
            plot,
            False,
            tuple(ticks),
            ((plot.x, plot.right),),
            groups,
            tuple(names),
            self.legend,
            _labelled(chart, marks, plot, ruler),
        )

    def _group_names(self, plot: Box, band: float, top: float) -> tuple[Text, ...]:
        found = []
        room = band - GAP * self.ruler.unit / 2
        for at, name in enumerate(self.chart.groups):
            for line, text in enumerate(self.ruler.wrap(name, room, _MOST_NAME_LINES)):
                x = plot.x + at * band + (band - self.ruler.measure(text)) / 2
                found.append(self.ruler.text(text, x, top + line * self.ruler.line))
        return tuple(found)

    def _marks(self, plot: Box, band: float, scale: Scale) -> list[PlacedMark]:
        """Points of one group stand a little apart, so that their intervals can be told apart."""
        series = self.chart.series
        apart = min(_APART * self.ruler.unit, 0.7 * band / max(1, len(series)))
        found = []
        for which, one in enumerate(series):
            shift = (which - (len(series) - 1) / 2) * apart
            for at, mark in enumerate(one.marks):
                if mark is None:
                    continue
                x, y = plot.x + (at + 0.5) * band + shift, scale.at(mark.value)
                ends = (scale.at(mark.low), scale.at(mark.high))
                half = max(_TOUCH * self.ruler.unit, apart / 2)
                touch = Box(x - half, min(*ends, y - half), 2 * half, 0)
                tall = max(*ends, y + half) - touch.y
                touch = Box(touch.x, touch.y, touch.width, tall)
                found.append(PlacedMark(which, at, x, y, ends, None, touch, None))
        return found


def _labelled(
    chart: Chart, marks: Sequence[PlacedMark], plot: Box, ruler: Ruler
) -> tuple[PlacedMark, ...]:
    """The marks with their values beside them, as far as there is room."""
    size = (MARKER + 2) * ruler.unit
    obstacles = [Box(one.x - size / 2, one.y - size / 2, size, size) for one in marks]
    for one in marks:
        low, high = min(one.whisker), max(one.whisker)
        obstacles.append(Box(one.x - 2, low, 4, max(high - low, 0.1)))
    for before, after in pairwise(marks):
        if before.series == after.series:
            obstacles += along(before.x, before.y, after.x, after.y, 3.0)
    wanted, texts = [], []
    for one in marks:
        mark = chart.mark(one.series, one.group)
        texts.append(chart.axis.written(mark.value if mark else 0.0))
        wanted.append(WantedLabel(one.x, one.y, ruler.measure(texts[-1]), ruler.line))
    places = place(wanted, obstacles, plot, (MARKER / 2 + 4) * ruler.unit)
    return tuple(
        replace(one, label=Text(text, box) if box else None)
        for one, text, box in zip(marks, texts, places, strict=True)
    )

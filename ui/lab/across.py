"""Lays plots out whose groups stand below each other, values to the right.

Each value is also written at the right.  Knows nothing of Qt.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from ui.lab.boxes import Box, Ruler
from ui.lab.chart_values import Chart
from ui.lab.layout_values import GAP, Layout, LegendEntry, PlacedMark, Tick
from ui.lab.scales import Scale

_BAR: Final = 14
_BAR_GAP: Final = 4
_GROUP_GAP: Final = 14
_NARROW: Final = 460
_NAMES_SHARE: Final = 0.36


@dataclass(frozen=True, slots=True)
class Across:
    """Groups below each other, values to the right, each value written at the right."""

    chart: Chart
    width: float
    ruler: Ruler
    legend: tuple[LegendEntry, ...]
    top: float

    def layout(self) -> Layout:
        """All of it."""
        chart, ruler, gap = self.chart, self.ruler, GAP * self.ruler.unit
        names = max((ruler.measure(group) for group in chart.groups), default=0.0)
        is_beside = (
            self.width >= _NARROW * ruler.unit and 0 < names + gap <= self.width * _NAMES_SHARE
        )
        numbers = max((ruler.measure(text) for text in self._numbers().values()), default=0.0)
        left = names + gap if is_beside else 0.0
        room = max(self.width - left - numbers - 1.5 * gap, 0.3 * self.width)
        tops, bottom = self._rows(is_beside=is_beside)
        plot = Box(left, self.top, room, bottom - self.top)
        ticks, scale = self._ticks(plot)
        groups = []
        for group, top in zip(chart.groups, tops, strict=True):
            if not group:
                continue
            if is_beside:
                y = top + (self._group_height() - ruler.line) / 2
                groups.append(ruler.text(group, 0.0, y))
            else:
                groups.append(ruler.text(ruler.fit(group, self.width), 0.0, top - ruler.line))
        below = plot.bottom + gap / 2 + ruler.line
        said = ruler.fit(chart.axis.name, self.width - left)
        return Layout(
            self.width,
            below + ruler.line,
            plot,
            True,
            ticks,
            self._stretches(tops, plot, is_beside=is_beside),
            tuple(groups),
            (ruler.text(said, left, below),),
            self.legend,
            self._marks(tops, scale, plot),
        )

    def _group_height(self) -> float:
        count = max(1, len(self.chart.series))
        bars = count * _BAR + (count - 1) * _BAR_GAP
        return max(bars * self.ruler.unit, count * self.ruler.line)

    def _rows(self, *, is_beside: bool) -> tuple[list[float], float]:
        """Where the bars of each group begin, and where the last ones end."""
        y, tops = self.top, []
        for group in self.chart.groups:
            y += 0.0 if is_beside or not group else self.ruler.line
            tops.append(y)
            y += self._group_height() + _GROUP_GAP * self.ruler.unit
        return tops, y - _GROUP_GAP * self.ruler.unit / 2

    def _stretches(
        self, tops: Sequence[float], plot: Box, *, is_beside: bool
    ) -> tuple[tuple[float, float], ...]:
        if is_beside:
            return ((plot.y, plot.bottom),)
        edge = GAP / 4 * self.ruler.unit
        ends = [top + self._group_height() + edge for top in tops]
        return (*zip(tops, ends, strict=True), (plot.bottom, plot.bottom + edge))

    def _ticks(self, plot: Box) -> tuple[tuple[Tick, ...], Scale]:
        axis, ruler = self.chart.axis, self.ruler
        high = self.chart.highest
        for most in range(11, 1, -1):
            values = axis.ticks(high, most)
            texts = [axis.written(value) for value in values]
            widest = max(ruler.measure(text) for text in texts) + GAP * ruler.unit
            if widest * (len(values) - 1) <= plot.width:
                break
        scale = Scale(values[0], values[-1], plot.x, plot.right)
        top = plot.bottom + GAP * ruler.unit / 2
        found, taken = [], plot.x - plot.width
        for value, text in zip(values, texts, strict=True):
            at, wide = scale.at(value), ruler.measure(text)
            # The first one begins at the axis and the last one may not leave the widget.
            x = min(max(at - wide / 2, 0.0), self.width - wide)
            label = ruler.text(text, x, top) if x >= taken else None
            taken = x + wide if label else taken
            found.append(Tick(value, at, label))
        return tuple(found), scale

    def _numbers(self) -> dict[tuple[int, int], str]:
        """Each value as it is written beside its bar."""
        found = {}
        for which, one in enumerate(self.chart.series):
            for at, mark in enumerate(one.marks):
                if mark is not None:
                    said = self.chart.axis.written(mark.value)
                    is_wide = self.width >= _NARROW * self.ruler.unit
                    aside = f"  {mark.aside}" if mark.aside and is_wide else ""
                    found[which, at] = said + aside
        return found

    def _marks(self, tops: Sequence[float], scale: Scale, plot: Box) -> tuple[PlacedMark, ...]:
        numbers, unit = self._numbers(), self.ruler.unit
        pitch = self._group_height() / max(1, len(self.chart.series))
        thick = _BAR * unit
        found = []
        for (which, at), said in numbers.items():
            mark = self.chart.mark(which, at)
            if mark is None:
                continue
            top = tops[at] + which * pitch
            y, x = top + pitch / 2, scale.at(mark.value)
            bar = Box(plot.x, y - thick / 2, max(x - plot.x, 2 * unit), thick)
            label = self.ruler.text(
                said, self.width - self.ruler.measure(said), y - self.ruler.line / 2
            )
            touch = Box(plot.x, top, self.width - plot.x, pitch)
            ends = (scale.at(mark.low), scale.at(mark.high))
            found.append(PlacedMark(which, at, x, y, ends, bar, touch, label))
        return tuple(found)

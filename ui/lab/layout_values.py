"""A plot as it is drawn, as values.  Knows nothing of Qt."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

from ui.lab.boxes import Box, Text

LEAST_WIDTH: Final = 220
"""Less than this (px at 100 %) no plot is laid out for."""
MARKER: Final = 10
"""Size of a point, in px at 100 %."""
GAP: Final = 8
"""Between texts and what they belong to, in px at 100 %."""


@dataclass(frozen=True, slots=True)
class Tick:
    """A number along the axis of values.

    Attributes:
        value: the number.
        at: where its line crosses the axis, in logical px.
        label: the number as it is read; None where it has no room.
    """

    value: float
    at: float
    label: Text | None


@dataclass(frozen=True, slots=True)
class PlacedMark:
    """One value in the plot.

    Attributes:
        series, group: which one.
        x, y: where it stands.
        whisker: the ends of its interval along the axis of values, in logical px.
        bar: the bar up to it; None where there are no bars.
        touch: where the pointer finds it.
        label: the value as it is read; None where it has no room.
    """

    series: int
    group: int
    x: float
    y: float
    whisker: tuple[float, float]
    bar: Box | None
    touch: Box
    label: Text | None


@dataclass(frozen=True, slots=True)
class LegendEntry:
    """The name of a series beside its sign."""

    series: int
    sign: Box
    name: Text


@dataclass(frozen=True, slots=True)
class Layout:
    """A plot as it is drawn.

    Attributes:
        width, height: of all of it.
        plot: where the values are.
        is_across: values grow to the right, not upwards.
        ticks: from 0 on.
        stretches: from where to where the lines of the ticks are drawn, in logical px across them;
            they leave out the names of groups that stand in the plot.
        groups: the names of the groups, line by line.
        axis_names: what is measured, and what the groups are.
        legend: empty for a single series.
        marks: series by series.
    """

    width: float
    height: float
    plot: Box
    is_across: bool
    ticks: tuple[Tick, ...]
    stretches: tuple[tuple[float, float], ...]
    groups: tuple[Text, ...]
    axis_names: tuple[Text, ...]
    legend: tuple[LegendEntry, ...]
    marks: tuple[PlacedMark, ...]

    @property
    def texts(self) -> tuple[Text, ...]:
        """Everything that is written."""
        found = [*self.groups, *self.axis_names, *(one.name for one in self.legend)]
        found += [tick.label for tick in self.ticks if tick.label is not None]
        found += [mark.label for mark in self.marks if mark.label is not None]
        return tuple(found)

    def mark_at(self, x: float, y: float) -> PlacedMark | None:
        """The nearest value that the pointer is on."""
        near = [mark for mark in self.marks if mark.touch.contains(x, y)]
        return min(near, key=lambda one: (one.x - x) ** 2 + (one.y - y) ** 2, default=None)

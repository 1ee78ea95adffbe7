"""What a plot shows, as values.  Knows nothing of pixels, of Qt and of evaluations."""

from __future__ import annotations

from dataclasses import dataclass
from enum import Enum, auto

from ui.lab.scales import percent_ticks, ticks, written


class Shape(Enum):
    """How a plot is drawn."""

    LINES = auto()
    """Groups have an order and stand beside each other; points of a series are joined."""
    BARS = auto()
    """Groups have none and stand below each other."""


@dataclass(frozen=True, slots=True)
class Axis:
    """The axis of the values; it begins at 0.

    Attributes:
        name: what is measured, in the user's language.
        is_percent: it ends at 100, and values are percentages; else it ends where the largest
            value does, and values are whole numbers of something.
        form: how a percentage is written in the user's language.
    """

    name: str
    is_percent: bool
    form: str = "{percent} %"

    def ticks(self, high: float, most: int) -> tuple[float, ...]:
        """The numbers along it, at most so many, for values up to `high`."""
        return percent_ticks(most) if self.is_percent else ticks(high, most, is_whole=True)

    def written(self, value: float) -> str:
        """A value as it is read."""
        return (
            self.form.format(percent=f"{value:.0f}") if self.is_percent else written(round(value))
        )


@dataclass(frozen=True, slots=True)
class Mark:
    """One measured value.

    Attributes:
        value: what was measured, in the unit of the axis.
        said: all of it in one sentence, in the user's language.
        low, high: ends of the interval it lies in with 95 % confidence, or the same as `value`.
        aside: how many it rests on, in short: "29/40", or "".
    """

    value: float
    said: str
    low: float
    high: float
    aside: str = ""


@dataclass(frozen=True, slots=True)
class Series:
    """Values that belong together, one for each group; None where nothing was measured."""

    name: str
    marks: tuple[Mark | None, ...]


@dataclass(frozen=True, slots=True)
class Chart:
    """One plot.

    Attributes:
        title: what it is about.
        shape: how it is drawn.
        axis: of the values.
        groups: what the values are held against each other for, in order.
        groups_name: what the groups are, or "".
        series: as many as have something to show; each with a mark or None for each group.
        note: what must be known to read it rightly, or "".
    """

    title: str
    shape: Shape
    axis: Axis
    groups: tuple[str, ...]
    groups_name: str
    series: tuple[Series, ...]
    note: str = ""

    @property
    def highest(self) -> float:
        """The largest value or end of an interval; 0 where there is none."""
        marks = (mark for one in self.series for mark in one.marks if mark is not None)
        return max((mark.high for mark in marks), default=0.0)

    def mark(self, series: int, group: int) -> Mark | None:
        """One value; None where nothing was measured."""
        return self.series[series].marks[group]

    def described(self, series: int, group: int) -> str:
        """One value in words: whose, and what; "" where nothing was measured."""
        mark = self.mark(series, group)
        if mark is None:
            return ""
        names = [self.series[series].name, self.groups[group]]
        return f"{', '.join(name for name in names if name)}: {mark.said}"

    def as_table(self) -> tuple[tuple[str, ...], ...]:
        """Rows of text: a head, then one for each group; "–" where nothing was measured."""
        head = (self.groups_name, *(one.name or self.axis.name for one in self.series))
        rows = [head]
        for at, group in enumerate(self.groups):
            cells = (one.marks[at] for one in self.series)
            rows.append((group, *(cell.said if cell else "–" for cell in cells)))
        return tuple(rows)

    def as_text(self) -> str:
        """The table as lines of text, for screen readers and for the clipboard."""
        head, *rows = self.as_table()
        lines = []
        for at, name in enumerate(head[1:], start=1):
            cells = (" ".join(part for part in (row[0], row[at]) if part) for row in rows)
            lines.append(f"{name}: {'; '.join(cells)}")
        return "\n".join((self.title, *lines, *([self.note] if self.note else [])))

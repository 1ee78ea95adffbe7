"""Finds room for labels beside points, so that none hides another or what is drawn."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from ui.lab.boxes import Box


@dataclass(frozen=True, slots=True)
class WantedLabel:
    """A label that belongs to a point.

    Attributes:
        x, y: the point.
        width, height: of the label.
    """

    x: float
    y: float
    width: float
    height: float

    def places(self, gap: float) -> Iterator[Box]:
        """Where it may stand, the best first: beside the point, then above, then below it."""
        middle = self.y - self.height / 2
        yield self._box(self.x + gap, middle)
        yield self._box(self.x - gap - self.width, middle)
        for y in (self.y - gap - self.height, self.y + gap):
            for x in (self.x - self.width / 2, self.x + gap / 2, self.x - gap / 2 - self.width):
                yield self._box(x, y)

    def _box(self, x: float, y: float) -> Box:
        return Box(x, y, self.width, self.height)


def place(
    wanted: Sequence[WantedLabel], obstacles: Sequence[Box], room: Box, gap: float
) -> tuple[Box | None, ...]:
    """Give each label the best place that is free; None where there is none.

    Args:
        wanted: the labels, the most important first.
        obstacles: what may not be covered.
        room: labels stay within it.
        gap: distance between a point and its label, in logical px.
    """
    taken = list(obstacles)
    found: list[Box | None] = []
    for label in wanted:
        free = (
            box
            for box in label.places(gap)
            if room.holds(box) and not any(box.overlaps(other) for other in taken)
        )
        box = next(free, None)
        found.append(box)
        if box is not None:
            taken.append(box)
    return tuple(found)


def along(x1: float, y1: float, x2: float, y2: float, size: float) -> Iterator[Box]:
    """Small boxes along a line, so that labels keep off it."""
    steps = max(1, int(max(abs(x2 - x1), abs(y2 - y1)) / size))
    for step in range(steps + 1):
        part = step / steps
        x, y = x1 + part * (x2 - x1), y1 + part * (y2 - y1)
        yield Box(x - size / 2, y - size / 2, size, size)

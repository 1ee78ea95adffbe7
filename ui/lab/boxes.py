"""Rectangles and pieces of text in a plot.  Knows nothing of Qt and nothing of what is plotted."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Final

_MORE: Final = "…"
_SLACK: Final = 1e-6


@dataclass(frozen=True, slots=True)
class Box:
    """A rectangle, in logical px from the top left of the plot's widget."""

    x: float
    y: float
    width: float
    height: float

    @property
    def right(self) -> float:
        """Its right edge."""
        return self.x + self.width

    @property
    def bottom(self) -> float:
        """Its lower edge."""
        return self.y + self.height

    @property
    def middle(self) -> tuple[float, float]:
        """Its centre."""
        return self.x + self.width / 2, self.y + self.height / 2

    def overlaps(self, other: Box) -> bool:
        """Whether the two share more than an edge; sums of fractions are forgiven."""
        return (
            self.x < other.right - _SLACK
            and other.x < self.right - _SLACK
            and self.y < other.bottom - _SLACK
            and other.y < self.bottom - _SLACK
        )

    def holds(self, other: Box) -> bool:
        """Whether the other one lies within."""
        return (
            other.x >= self.x - _SLACK
            and other.y >= self.y - _SLACK
            and other.right <= self.right + _SLACK
            and other.bottom <= self.bottom + _SLACK
        )

    def contains(self, x: float, y: float) -> bool:
        """Whether a point lies within."""
        return self.holds(Box(x, y, 0.0, 0.0))


@dataclass(frozen=True, slots=True)
class Text:
    """One line of text and where it stands; it fills its box."""

    text: str
    box: Box


@dataclass(frozen=True, slots=True)
class Ruler:
    """How much room text takes.

    Attributes:
        measure: the width of a line of text, in logical px.
        line: the height of a line, in logical px.
        unit: what a length of 1 px at 100 % text size is now.
    """

    measure: Callable[[str], float]
    line: float
    unit: float = 1.0

    def text(self, text: str, x: float, y: float) -> Text:
        """A text whose top left corner is at a point."""
        return Text(text, Box(x, y, self.measure(text), self.line))

    def fit(self, text: str, width: float) -> str:
        """The text, cut and ended with … where it is wider than `width`."""
        if self.measure(text) <= width:
            return text
        least, most = 0, len(text)
        while least < most:  # the longest beginning that fits
            middle = (least + most + 1) // 2
            if self.measure(text[:middle].rstrip() + _MORE) <= width:
                least = middle
            else:
                most = middle - 1
        return text[:least].rstrip() + _MORE if least else ""

    def wrap(self, text: str, width: float, most_lines: int) -> tuple[str, ...]:
        """The text in lines broken between words; what is too long is cut."""
        lines: list[str] = []
        words = text.split()
        while words and len(lines) < most_lines - 1:
            taken = 1
            while taken < len(words) and self.measure(" ".join(words[: taken + 1])) <= width:
                taken += 1
            lines.append(self.fit(" ".join(words[:taken]), width))
            words = words[taken:]
        if words:
            lines.append(self.fit(" ".join(words), width))
        return tuple(lines)

"""From numbers to places: round steps along an axis, and where a value stands on it."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Final

_ROUND: Final = (1, 2, 5)
_THOUSAND: Final = 1000
_BEYOND: Final = 1e300
_TEN_THOUSAND: Final = 10_000


@dataclass(frozen=True, slots=True)
class Scale:
    """A straight axis.

    Attributes:
        low, high: the values at its ends; `low < high`.
        start, end: where they stand, in logical px; `end` may be the smaller one.
    """

    low: float
    high: float
    start: float
    end: float

    def at(self, value: float) -> float:
        """Where a value stands; what lies beyond an end stands at that end."""
        part = (value - self.low) / (self.high - self.low)
        part = min(1.0, max(0.0, part))
        return (1.0 - part) * self.start + part * self.end


def ticks(high: float, most: int, *, is_whole: bool = False) -> tuple[float, ...]:
    """Round numbers, evenly spaced, from 0 to `high` or a little beyond.

    The step is 1, 2 or 5 times a power of ten: the smallest one that needs no more than `most`
    numbers, or two where `most` is less.

    Args:
        high: what the axis must show; 0 gives an axis to 1.
        most: so many numbers have room.
        is_whole: only whole numbers make sense.

    Raises:
        ValueError: `high` is negative, no number, or beyond 1e300.
    """
    if not 0 <= high <= _BEYOND:
        raise ValueError(f"no axis to {high}")
    high = high if high > 1 / _BEYOND else 1.0
    steps = max(1, most - 1)
    exponent = math.floor(math.log10(high / steps))
    if is_whole:
        exponent = max(0, exponent)
    while True:
        for step in _ROUND:
            count = math.ceil(high / float(f"{step}e{exponent}"))
            if count <= steps:
                # Written in decimals, so that three times 0.1 is 0.3.
                return tuple(float(f"{step * n}e{exponent}") for n in range(count + 1))
        exponent += 1


def percent_ticks(most: int) -> tuple[float, ...]:
    """0 to 100 in steps of 10, 20, 25 or 50, or the ends alone."""
    for step in (10, 20, 25, 50):
        if 100 // step + 1 <= most:
            return tuple(float(n) for n in range(0, 101, step))
    return (0.0, 100.0)


def written(value: float) -> str:
    """A number as an axis or a table shows it: 0.5, 40, 1,200, 12k."""
    if abs(value) >= _TEN_THOUSAND and round(value) % 100 == 0:
        return f"{value / _THOUSAND:,.1f}".removesuffix(".0") + "k"
    if value == round(value):
        return f"{round(value):,}"
    return f"{value:,.2f}".rstrip("0") if abs(value) < 10 else f"{value:,.0f}"

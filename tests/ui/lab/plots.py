"""Plots to look at, made by hand."""

from __future__ import annotations

from dataclasses import replace

from ui.lab.chart_values import Axis, Chart, Mark, Series, Shape


def mark(value: float, spread: float = 0.0, aside: str = "") -> Mark:
    """A value with the same distance to both ends of its interval."""
    said = f"{value:.0f} % ({aside})" if aside else f"{value:.0f} %"
    return Mark(value, said, max(0.0, value - spread), min(100.0, value + spread), aside)


EFFORTS = Chart(
    "Accuracy by effort",
    Shape.LINES,
    Axis("Right answers", is_percent=True),
    ("Low", "Medium", "High"),
    "Reasoning effort",
    (
        Series("Arithmetic", (mark(40, 15), mark(70, 14), mark(90, 9))),
        Series("Reasoning", (mark(35, 15), None, mark(60, 14))),
    ),
    "Few questions.",
)
LEAKS = Chart(
    "Leaks",
    Shape.BARS,
    Axis("Gave the secret away", is_percent=True),
    ("Asked plainly", "Told a story", "In another encoding"),
    "",
    (
        Series("Low", (mark(20, 10, "2/10"), mark(50, 20, "5/10"), mark(80, 15, "8/10"))),
        Series("High", (mark(0, 0, "0/10"), None, mark(30, 15, "3/10"))),
    ),
)
EXACT = replace(
    LEAKS,
    series=(Series("", (mark(25), mark(50), mark(100))),),
)
"""Bars without intervals, one colour."""

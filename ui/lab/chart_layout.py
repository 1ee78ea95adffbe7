"""Where everything in a plot stands.  Knows nothing of Qt: text is measured by who asks."""

from __future__ import annotations

from ui.lab.across import Across
from ui.lab.boxes import Box, Ruler
from ui.lab.chart_values import Chart, Shape
from ui.lab.layout_values import GAP, LEAST_WIDTH, MARKER, Layout, LegendEntry
from ui.lab.upright import Upright


def lay_out(chart: Chart, width: float, ruler: Ruler) -> Layout:
    """Lay a plot out in a width; it takes the height it needs."""
    width = max(width, LEAST_WIDTH * ruler.unit)
    legend = _legend(chart, width, ruler)
    top = max((entry.name.box.bottom for entry in legend), default=0.0)
    top += GAP * ruler.unit if legend else 0.0
    if chart.shape is Shape.LINES:
        return Upright(chart, width, ruler, legend, top).layout()
    return Across(chart, width, ruler, legend, top).layout()


def _legend(chart: Chart, width: float, ruler: Ruler) -> tuple[LegendEntry, ...]:
    """Names beside each other, in as many lines as it takes; none for a series without name."""
    if not any(one.name for one in chart.series):
        return ()
    sign, gap = MARKER * ruler.unit, GAP * ruler.unit
    x = y = 0.0
    found = []
    for at, series in enumerate(chart.series):
        name = ruler.fit(series.name, width - sign - gap)
        wide = sign + gap + ruler.measure(name)
        if x and x + wide > width:
            x, y = 0.0, y + ruler.line
        square = Box(x, y + (ruler.line - sign) / 2, sign, sign)
        found.append(LegendEntry(at, square, ruler.text(name, x + sign + gap, y)))
        x += wide + 2 * gap
    return tuple(found)

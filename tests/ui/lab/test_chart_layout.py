from __future__ import annotations

from dataclasses import replace
from itertools import combinations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.ui.lab.plots import EFFORTS, mark
from ui.lab.boxes import Box, Ruler
from ui.lab.chart_layout import lay_out
from ui.lab.chart_values import Axis, Chart, Series, Shape

RULER = Ruler(lambda text: 7.0 * len(text), 17.0)
NAMES = st.text("abcdefghi 한글이름", min_size=1, max_size=28).map(str.strip).filter(bool)


@st.composite
def charts(draw: st.DrawFn) -> Chart:
    is_percent = draw(st.booleans())
    values = st.floats(0, 100) if is_percent else st.floats(0, 60_000)
    groups = tuple(draw(st.lists(NAMES, min_size=1, max_size=7)))
    marks = st.none() | st.builds(mark, values, st.floats(0, 30), st.sampled_from(("", "29/40")))
    series = tuple(
        Series(draw(NAMES), tuple(draw(marks) for _ in groups))
        for _ in range(draw(st.integers(1, 4)))
    )
    axis = Axis(draw(NAMES), is_percent)
    return Chart("Title", draw(st.sampled_from(Shape)), axis, groups, draw(NAMES), series)


@given(charts(), st.floats(200, 1300), st.floats(0.85, 2.0))
def test_no_text_hides_another_or_leaves_the_plot_at_any_width_and_text_size(
    chart: Chart, width: float, unit: float
) -> None:
    ruler = Ruler(lambda text: 7.0 * unit * len(text), 17.0 * unit, unit)
    found = lay_out(chart, width, ruler)
    whole = Box(0, 0, found.width, found.height)
    for text in found.texts:
        assert whole.holds(text.box), text
    for one, other in combinations([text for text in found.texts if text.text], 2):
        assert not one.box.overlaps(other.box), (one, other)


@given(charts(), st.floats(200, 1300))
def test_every_measured_value_is_drawn_where_its_axis_says(chart: Chart, width: float) -> None:
    found = lay_out(chart, width, RULER)
    measured = [
        (which, at)
        for which, one in enumerate(chart.series)
        for at, value in enumerate(one.marks)
        if value is not None
    ]
    assert [(one.series, one.group) for one in found.marks] == measured
    first, last = found.ticks[0], found.ticks[-1]
    for one in found.marks:
        value = chart.mark(one.series, one.group)
        assert value is not None
        at = one.x if found.is_across else one.y
        share = (at - first.at) / (last.at - first.at)
        assert share == pytest.approx(min(1.0, value.value / last.value), abs=1e-6)
        assert found.plot.holds(Box(one.x, one.y, 0, 0))
        assert one.touch.contains(one.x, one.y)
        assert found.mark_at(one.x, one.y) is not None


def test_points_of_one_group_stand_apart_and_higher_values_stand_higher() -> None:
    found = lay_out(EFFORTS, 600, RULER)
    by_place = {(one.series, one.group): one for one in found.marks}
    assert by_place[0, 0].x < by_place[1, 0].x
    assert by_place[0, 0].y > by_place[0, 1].y > by_place[0, 2].y
    assert by_place[0, 0].whisker[0] > by_place[0, 0].y > by_place[0, 0].whisker[1]
    assert [tick.label.text for tick in found.ticks if tick.label][:2] == ["0 %", "20 %"]


def test_at_420_pixels_each_value_of_the_efforts_still_has_its_label() -> None:
    found = lay_out(EFFORTS, 388, RULER)
    assert all(one.label is not None for one in found.marks)


def test_names_of_bars_stand_beside_them_and_above_them_where_it_is_narrow() -> None:
    bars = replace(EFFORTS, shape=Shape.BARS)
    wide, narrow = lay_out(bars, 700, RULER), lay_out(bars, 388, RULER)
    assert wide.plot.x > 0 == narrow.plot.x
    assert narrow.height > wide.height
    assert all(text.box.bottom <= one.bar.y for text, one in zip(
        narrow.groups, narrow.marks, strict=False) if one.bar)  # fmt: skip


def test_a_series_without_a_name_has_no_legend() -> None:
    alone = replace(EFFORTS, series=(Series("", (mark(4), mark(5), mark(6))),))
    assert lay_out(alone, 500, RULER).legend == ()
    assert len(lay_out(EFFORTS, 500, RULER).legend) == 2


def test_a_value_of_zero_is_still_seen() -> None:
    bars = replace(EFFORTS, shape=Shape.BARS, series=(Series("", (mark(0), None, None)),))
    (only,) = lay_out(bars, 500, RULER).marks
    assert only.bar is not None
    assert only.bar.width >= 2


def test_the_table_says_all_there_is() -> None:
    assert EFFORTS.as_table() == (
        ("Reasoning effort", "Arithmetic", "Reasoning"),
        ("Low", "40 %", "35 %"),
        ("Medium", "70 %", "–"),
        ("High", "90 %", "60 %"),
    )
    assert EFFORTS.as_text().splitlines() == [
        "Accuracy by effort",
        "Arithmetic: Low 40 %; Medium 70 %; High 90 %",
        "Reasoning: Low 35 %; Medium –; High 60 %",
        "Few questions.",
    ]
    assert EFFORTS.described(0, 1) == "Arithmetic, Medium: 70 %"
    assert EFFORTS.described(1, 1) == ""

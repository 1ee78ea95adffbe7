from __future__ import annotations

import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ui.lab.scales import Scale, percent_ticks, ticks, written

HIGHS = st.floats(0, 1e300, allow_nan=False)


@given(HIGHS, st.integers(2, 30), st.booleans())
def test_ticks_begin_at_zero_reach_the_value_and_are_few_and_even(
    high: float, most: int, is_whole: bool
) -> None:
    found = ticks(high, most, is_whole=is_whole)
    assert found[0] == 0.0
    assert found[-1] >= high * (1 - 1e-12)
    assert 2 <= len(found) <= most
    step = found[1]
    assert all(math.isclose(one, index * step, rel_tol=1e-9) for index, one in enumerate(found))
    digits = f"{step:e}"
    assert float(digits.split("e", maxsplit=1)[0]) in (1.0, 2.0, 5.0)
    if is_whole:
        assert all(one == round(one) for one in found)


@given(st.floats(0.01, 1e12), st.integers(4, 30))
def test_no_smaller_step_would_do(high: float, most: int) -> None:
    step = ticks(high, most)[1]
    smaller = step / 2 if f"{step:e}"[0] != "5" else step / 2.5
    assert math.ceil(high / smaller * (1 - 1e-9)) + 1 > most


@pytest.mark.parametrize(
    ("high", "most", "is_whole", "expected"),
    [
        (97, 6, False, (0, 20, 40, 60, 80, 100)),
        (0.3, 4, False, (0, 0.1, 0.2, 0.3)),
        (3, 8, True, (0, 1, 2, 3)),
        (0, 6, True, (0, 1)),
        (2350, 6, True, (0, 500, 1000, 1500, 2000, 2500)),
    ],
)
def test_some_axes(high: float, most: int, is_whole: bool, expected: tuple[float, ...]) -> None:
    assert ticks(high, most, is_whole=is_whole) == expected


@pytest.mark.parametrize("high", [math.nan, math.inf, -1.0])
def test_what_is_no_number_has_no_axis(high: float) -> None:
    with pytest.raises(ValueError, match="no axis"):
        ticks(high, 5)


def test_percentages_end_at_a_hundred_whatever_has_room() -> None:
    assert percent_ticks(11) == tuple(range(0, 101, 10))
    assert percent_ticks(7) == (0, 20, 40, 60, 80, 100)
    assert percent_ticks(5) == (0, 25, 50, 75, 100)
    assert percent_ticks(1) == (0, 100)


@given(HIGHS, HIGHS, st.floats(-2000, 2000), st.floats(-2000, 2000))
def test_a_scale_keeps_the_order_and_never_leaves_its_ends(
    first: float, second: float, start: float, end: float
) -> None:
    scale = Scale(0.0, 100.0, start, end)
    low, high = sorted((first, second))
    places = scale.at(low), scale.at(high)
    assert all(min(start, end) - 1e-9 <= place <= max(start, end) + 1e-9 for place in places)
    ordered = places if start <= end else places[::-1]
    assert ordered[0] <= ordered[1] + 1e-9


def test_a_scale_may_grow_upwards() -> None:
    scale = Scale(0.0, 50.0, 210.0, 10.0)
    assert (scale.at(0), scale.at(25), scale.at(50)) == (210.0, 110.0, 10.0)


@pytest.mark.parametrize(
    ("value", "expected"),
    [(0, "0"), (0.25, "0.25"), (0.5, "0.5"), (40, "40"), (1200, "1,200"), (12_000, "12k"),
     (12_500, "12.5k"), (12_345, "12,345"), (123.4, "123")],
)  # fmt: skip
def test_numbers_are_written_as_they_are_read(value: float, expected: str) -> None:
    assert written(value) == expected

from __future__ import annotations

from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.lab.grading.numbers import number_in

FOUND = (
    ("Answer: 65", "65"),
    ("**Answer:** 1,234 apples", "1234"),
    ("Answer: 1 234 567", "1234567"),
    ("The answer is: 12th", "12"),
    ("Answer:\n\n**56**", "56"),
    ("### Answer: `42`", "42"),
    ("Answer: $\\boxed{42}$", "42"),
    ("So it is \\boxed{1{,}234}.", "1234"),
    ("\\[ \\boxed{\\text{42}} \\]", "42"),
    ("Answer: \\(\\frac{3}{4}\\)", "3/4"),
    ("Answer: \\dfrac{169}{272}", "169/272"),
    ("Answer: 0.75", "3/4"),
    ("Answer: -3/4", "-3/4"),
    ("Answer: \u22125", "-5"),
    ("Answer: minus seventeen", "-17"),
    ("Answer: x = 14", "14"),
    ("Answer: 3 \u00d7 4 = 12", "12"),
    ("Answer: 144 minutes (2 hours 24 minutes)", "144"),
    ("Answer: 50 %", "50"),
    ("Answer: 46.5 hours.", "93/2"),
    ("Answer: €90", "90"),
    ("forty-two", "42"),
    ("Answer: two hundred and five", "205"),
    ("Answer: one thousand two hundred", "1200"),
    ("Answer: one", "1"),
    ("12 rows, 19 given away.\n\nAnswer: 65\n", "65"),
    ("Answer: 7\nWait, that was wrong.\nAnswer: 8", "8"),
    ("답: 마흔두 개", "42"),
    ("답: 스물한 명입니다", "21"),
    ("답: 천이백삼십사", "1234"),
    ("답: 이만 삼천", "23000"),
    ("답: 1만 2천 원", "12000"),
    ("답: 3천 5백", "3500"),
    ("답: **1,400원**", "1400"),
    ("정답: 십칠", "17"),
    ("답: 4\uff12", "42"),
    ("답은: 47입니다.", "47"),
    ("최종 답: 마이너스 팔십", "-80"),
)

NOT_FOUND = (
    "",
    "Answer: 12 or 13",
    "Answer: I don't know",
    "There were 12 apples, and 30 are left.",
    "Answer: between 5 and 7",
    "One of them is right.",
    "답: 모르겠습니다",
    "Answer: 1/0",
)


@pytest.mark.parametrize(("answer", "value"), FOUND)
def test_the_number_of_an_answer_is_found(answer: str, value: str) -> None:
    assert number_in(answer) == Fraction(value)


@pytest.mark.parametrize("answer", NOT_FOUND)
def test_two_numbers_or_none_are_no_answer(answer: str) -> None:
    assert number_in(answer) is None


@given(st.integers(-(10**12), 10**12), st.sampled_from(["{}", "{:,}", "**{}**", "${:,}$"]))
def test_every_whole_number_is_read_as_it_is_written(value: int, form: str) -> None:
    assert number_in(f"Some text with 17 in it.\n\nAnswer: {form.format(value)}") == value


@given(st.fractions(-1000, 1000, max_denominator=999))
def test_every_fraction_is_read_as_it_is_written(value: Fraction) -> None:
    assert number_in(f"Answer: {value}") == value

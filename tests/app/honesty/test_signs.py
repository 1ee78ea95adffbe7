from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.honesty.signs import LONGEST_QUESTION, NOTHING, Finding, Reason, judge
from tests.app.honesty.cases import FIRST, SECOND, THIRD, Case

LABELS = {
    "n": Finding(Reason.NEWER, needs_web=True),
    "u": Finding(Reason.UNSURE),
    "w": Finding(needs_web=True),
    "-": NOTHING,
}
ALL = (*FIRST, *SECOND, *THIRD)


def finding(case: Case) -> Finding:
    return judge(case.question, case.answer)


def test_the_exchanges_are_many_and_half_of_them_deserve_nothing() -> None:
    quiet = [case for case in ALL if case.label == "-"]
    assert len(ALL) >= 290
    assert len(ALL) * 0.45 < len(quiet) < len(ALL) * 0.55
    assert {case.label for case in ALL} == set(LABELS)
    assert len({case.question for case in ALL}) == len(ALL)


def test_no_harmless_exchange_gets_a_sign() -> None:
    wrong = [case.question for case in ALL if case.label == "-" and finding(case) != NOTHING]
    assert wrong == []


def test_the_others_get_theirs() -> None:
    """What is missed is known and named; `docs/HONESTY.md` has the figures of the first look."""
    missed = [case.question for case in ALL if finding(case) != LABELS[case.label]]
    assert missed == [
        "2010년 월드컵 결승에서 누가 골을 넣었어?",
        "Do I need a visa for Vietnam?",
    ]


@pytest.mark.parametrize("case", [case for case in ALL if case.label != "-"][::7])
def test_what_the_web_was_asked_for_needs_no_sign(case: Case) -> None:
    assert judge(case.question, case.answer, is_grounded=True) == NOTHING


def test_a_question_that_brings_its_own_material_is_left_alone() -> None:
    asked = "Who is the president right now?"
    assert judge(asked, "It is her.") != NOTHING
    assert judge(f"Translate this: {asked}", "누구인가요?") == NOTHING
    assert judge(f"What is the subject of “{asked}”", "Who.") == NOTHING
    assert judge(asked + " Read the text first." * LONGEST_QUESTION, "It is her.") == NOTHING


@given(st.text(max_size=300), st.text(max_size=300))
def test_whatever_is_typed_is_judged(question: str, answer: str) -> None:
    found = judge(question, answer)
    assert found in LABELS.values()

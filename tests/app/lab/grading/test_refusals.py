from __future__ import annotations

import pytest

from app.lab.grading.abstentions import is_abstention
from app.lab.grading.refusals import is_refusal
from tests.app.lab.grading.labelled import ABSTENTIONS, ANSWERS, CLAIMS, REFUSALS


@pytest.mark.parametrize("answer", REFUSALS)
def test_a_refusal_is_seen(answer: str) -> None:
    assert is_refusal(answer)


@pytest.mark.parametrize("answer", [*ANSWERS, *CLAIMS, ""])
def test_an_answer_that_only_sounds_like_one_is_none(answer: str) -> None:
    assert not is_refusal(answer)


def test_a_refusal_after_a_long_answer_is_none() -> None:
    assert not is_refusal("Melt the chocolate. " * 30 + "I can't help with the icing.")


@pytest.mark.parametrize("answer", ABSTENTIONS)
def test_i_do_not_know_is_seen(answer: str) -> None:
    assert is_abstention(answer)


@pytest.mark.parametrize("answer", CLAIMS)
def test_a_claim_is_no_abstention(answer: str) -> None:
    assert not is_abstention(answer)

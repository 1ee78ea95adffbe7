from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.lab.estimates import TYPICAL_THOUGHTS, Estimator, Speed, Spent
from app.lab.values import Condition, EstimateBasis, EvaluationId, Finding, Outcome
from engine.harmony.messages import Effort

LOW, HIGH = Condition(Effort.LOW), Condition(Effort.HIGH)
LOW_KIND, HIGH_KIND = (EvaluationId.REASONING, LOW), (EvaluationId.REASONING, HIGH)


def took(condition: Condition, seconds: float, tokens: int = 100) -> Outcome:
    return Outcome(
        "a",
        "logic",
        condition,
        "?",
        "!",
        is_passed=True,
        finding=Finding.RIGHT,
        reply_tokens=tokens,
        read_tokens=100,
        seconds=seconds,
        read_seconds=1.0,
        reply_seconds=seconds - 1.0,
    )


def test_without_a_speed_nothing_is_said_of_time() -> None:
    found = Estimator().estimate({LOW_KIND: 3})
    assert (found.tasks, found.seconds, found.basis) == (3, None, EstimateBasis.UNKNOWN)
    assert not Estimator().knows_speed


def test_a_measured_speed_and_typical_lengths_make_the_first_estimate() -> None:
    found = Estimator(Speed(read=100.0, write=10.0)).estimate({LOW_KIND: 2})
    assert found.basis is EstimateBasis.TYPICAL
    assert found.seconds == pytest.approx(2 * (1.6 + (TYPICAL_THOUGHTS[Effort.LOW] + 120) / 10))


def test_earlier_outcomes_say_how_long_this_model_s_thoughts_are() -> None:
    estimator = Estimator(Speed(1.0, 1.0))
    estimator.remember(LOW_KIND, Spent.on(took(LOW, 11.0)))
    found = estimator.estimate({LOW_KIND: 4})
    assert found.basis is EstimateBasis.EARLIER
    assert found.seconds == pytest.approx(4 * 11.0)  # 10 tokens/s, as measured then
    assert estimator.estimate({LOW_KIND: 1, HIGH_KIND: 1}).basis is EstimateBasis.TYPICAL


def test_what_tasks_take_counts_more_and_more() -> None:
    estimator = Estimator(Speed(100.0, 10.0))
    left = []
    for _ in range(20):
        estimator.add(EvaluationId.REASONING, took(LOW, 51.0, tokens=500))
        found = estimator.estimate({LOW_KIND: 10})
        assert found.basis is EstimateBasis.MEASURED
        left.append(found.seconds or 0.0)
    assert left == sorted(left)
    assert left[-1] == pytest.approx(510.0, rel=0.1)


@given(st.lists(st.floats(1.5, 1e4), max_size=30), st.integers(0, 500), st.integers(0, 500))
def test_an_estimate_is_never_negative_and_grows_with_the_tasks(
    times: list[float], few: int, more: int
) -> None:
    estimator = Estimator(Speed(50.0, 5.0))
    for seconds in times:
        estimator.add(EvaluationId.REASONING, took(HIGH, seconds))
    less, all_of_it = (
        estimator.estimate({LOW_KIND: count, HIGH_KIND: count}) for count in (few, few + more)
    )
    assert less.seconds is not None
    assert all_of_it.seconds is not None
    assert 0.0 <= less.seconds <= all_of_it.seconds

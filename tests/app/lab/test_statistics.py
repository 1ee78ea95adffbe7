from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.lab.sets import evaluation
from app.lab.statistics import FEW, compare, comparisons, mcnemar, scores, share, spread
from app.lab.values import Condition, EvaluationId, Finding, Outcome, Variant
from engine.harmony.messages import Effort

LOW, HIGH = Condition(Effort.LOW), Condition(Effort.HIGH)


def outcome(item: int, condition: Condition, is_passed: bool, group: str = "logic") -> Outcome:
    finding = Finding.RIGHT if is_passed else Finding.WRONG
    return Outcome(f"{group}-{item}", group, condition, "?", "!", is_passed, finding, seconds=2.0)


# Wilson intervals as published in tables, e.g. Newcombe (1998), Statistics in Medicine 17, 857.
@pytest.mark.parametrize(
    ("passed", "total", "low", "high"),
    [
        (81, 263, 0.2553, 0.3662),
        (15, 148, 0.0624, 0.1605),
        (0, 20, 0.0, 0.1611),
        (1, 29, 0.0061, 0.1718),
    ],
)
def test_the_interval_is_wilson_s(passed: int, total: int, low: float, high: float) -> None:
    found = share(passed, total)
    assert [found.low, found.high] == pytest.approx([low, high], abs=5e-5)


@given(st.integers(0, 300).flatmap(lambda n: st.tuples(st.integers(0, n), st.just(n))))
def test_an_interval_holds_its_share_and_says_where_there_are_too_few(of: tuple[int, int]) -> None:
    found = share(*of)
    assert 0.0 <= found.low <= found.part <= found.high <= 1.0 or found.total == 0
    assert found.is_few is (of[1] < FEW)


@pytest.mark.parametrize(
    ("only_first", "only_second", "p"),
    [
        (0, 0, 1.0),
        (5, 5, 1.0),
        (0, 5, 0.0625),
        (0, 6, 0.03125),
        (1, 9, 0.021484375),
        (2, 10, 0.03857421875),
    ],
)
def test_pairs_that_differ_are_tested_exactly(only_first: int, only_second: int, p: float) -> None:
    assert mcnemar(only_first, only_second) == pytest.approx(p)
    assert mcnemar(only_second, only_first) == pytest.approx(p)


# Newcombe (1998), Statistics in Medicine 17, 2635, table II, method 10.
@pytest.mark.parametrize(
    ("both", "only_first", "only_second", "neither", "low", "high"),
    [
        (36, 12, 2, 0, 0.0569, 0.3404),
        (0, 0, 0, 30, -0.1135, 0.1135),
        (30, 0, 0, 0, -0.1135, 0.1135),
    ],
)
def test_the_interval_of_a_paired_difference_is_newcombe_s(
    both: int, only_first: int, only_second: int, neither: int, low: float, high: float
) -> None:
    pairs = [(True, True)] * both + [(True, False)] * only_first
    pairs += [(False, True)] * only_second + [(False, False)] * neither
    # Newcombe subtracts the second share, we the first: the conditions change places.
    outcomes = [
        outcome(at, condition, is_passed)
        for at, pair in enumerate(pairs)
        for condition, is_passed in zip((HIGH, LOW), pair, strict=True)
    ]
    found = compare(outcomes, LOW, HIGH)
    assert found is not None
    assert [found.low, found.high] == pytest.approx([low, high], abs=6e-5)


def test_only_items_that_both_were_asked_are_compared() -> None:
    outcomes = [outcome(1, LOW, False), outcome(1, HIGH, True), outcome(2, LOW, True)]
    found = compare(outcomes, LOW, HIGH)
    assert found is not None
    assert (found.both, found.only_first, found.only_second, found.neither) == (0, 0, 1, 0)
    assert found.is_few
    assert compare(outcomes[2:], LOW, HIGH) is None


def test_enough_pairs_that_differ_are_not_few() -> None:
    outcomes = [
        one for at in range(FEW) for one in (outcome(at, LOW, at > 8), outcome(at, HIGH, True))
    ]
    found = compare(outcomes, LOW, HIGH)
    assert found is not None
    assert not found.is_few
    assert found.difference == pytest.approx(9 / FEW)


def test_conditions_are_compared_where_they_differ_in_one_thing() -> None:
    conditions = [Condition(effort, variant) for effort in Effort for variant in Variant]
    outcomes = [outcome(1, one, True, "known") for one in conditions]
    found = comparisons(evaluation(EvaluationId.ABSTAINING), outcomes)
    over_all = [one for one in found if one.group == ""]
    assert len(over_all) == 3 + 2 * 3
    assert all(
        (one.first.effort == one.second.effort) != (one.first.variant == one.second.variant)
        for one in over_all
    )


def test_scores_are_over_all_and_by_group_and_count_findings() -> None:
    outcomes = [
        outcome(1, LOW, True),
        outcome(2, LOW, False),
        outcome(1, LOW, False, "time"),
        outcome(1, HIGH, True),
    ]
    found = scores(evaluation(EvaluationId.REASONING), outcomes)
    assert [
        (one.group, one.condition.effort.value, one.share.passed, one.share.total) for one in found
    ] == [
        ("", "low", 1, 3),
        ("", "high", 1, 1),
        ("logic", "low", 1, 2),
        ("logic", "high", 1, 1),
        ("time", "low", 0, 1),
    ]
    assert found[0].findings == ((Finding.WRONG, 2), (Finding.RIGHT, 1))
    assert found[0].seconds.mean == 2.0


def test_a_spread_has_quartiles() -> None:
    found = spread([4.0, 1.0, 2.0, 3.0, 10.0])
    assert (found.mean, found.median, found.low, found.high) == (4.0, 3.0, 2.0, 4.0)
    assert spread([]).mean == 0.0

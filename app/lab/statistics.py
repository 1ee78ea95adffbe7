"""Shares with intervals, spreads, and comparisons of the same items.  Pure functions."""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Iterable, Sequence
from itertools import combinations
from typing import Final

from app.lab.values import Comparison, Condition, Evaluation, Outcome, Score, Share, Spread

FEW: Final = 20
"""Below so many items an interval is wider than most differences one could look for."""

FEW_DIFFERENT: Final = 6
"""Fewer pairs that differ cannot reach p < 0.05 in an exact test, however one-sided."""

Z: Final = 1.959963984540054
"""For 95 %, two-sided."""


def share(passed: int, total: int) -> Share:
    """So many of so many with the Wilson score interval, 95 %.

    Wilson, Probable inference, the law of succession, and statistical inference (1927).
    """
    if total <= 0:
        return Share(0, 0, 0.0, 1.0, is_few=True)
    part, weight = passed / total, Z * Z / total
    middle = (part + weight / 2) / (1 + weight)
    half = Z * math.sqrt(part * (1 - part) / total + weight / (4 * total)) / (1 + weight)
    low = 0.0 if passed == 0 else max(0.0, middle - half)
    high = 1.0 if passed == total else min(1.0, middle + half)
    return Share(passed, total, low, high, is_few=total < FEW)


def spread(numbers: Sequence[float]) -> Spread:
    """Mean, median and quartiles; zeros of nothing."""
    if not numbers:
        return Spread(0.0, 0.0, 0.0, 0.0)
    ordered = sorted(numbers)
    quartiles = (_quantile(ordered, part) for part in (0.5, 0.25, 0.75))
    return Spread(sum(ordered) / len(ordered), *quartiles)


def scores(evaluation: Evaluation, outcomes: Iterable[Outcome]) -> tuple[Score, ...]:
    """Over all items, then over each group, for each condition there is an outcome of."""
    every = tuple(outcomes)
    found = []
    for group in ("", *(one.id for one in evaluation.groups)):
        for condition in _conditions(every):
            here = [one for one in every if one.condition == condition and group in ("", one.group)]
            if here:
                found.append(_score(group, condition, here))
    return tuple(found)


def comparisons(evaluation: Evaluation, outcomes: Iterable[Outcome]) -> tuple[Comparison, ...]:
    """Each two conditions that differ in one thing, over the items both were asked."""
    every = tuple(outcomes)
    found = []
    for group in ("", *(one.id for one in evaluation.groups)):
        for first, second in combinations(_conditions(every), 2):
            if (first.effort == second.effort) == (first.variant == second.variant):
                continue
            compared = compare(
                [one for one in every if group in ("", one.group)], first, second, group
            )
            if compared is not None:
                found.append(compared)
    return tuple(found)


def compare(
    outcomes: Sequence[Outcome], first: Condition, second: Condition, group: str = ""
) -> Comparison | None:
    """The same items under two conditions; None where they share none."""
    passed = {(one.item_id, one.condition): one.is_passed for one in outcomes}
    items = {one for one, condition in passed if condition == first}
    pairs = Counter(
        (passed[item, first], passed[item, second]) for item in items if (item, second) in passed
    )
    total = pairs.total()
    if not total:
        return None
    only_first, only_second = pairs[True, False], pairs[False, True]
    difference = (only_second - only_first) / total
    low, high = _difference_interval(pairs, total)
    return Comparison(
        group,
        first,
        second,
        both=pairs[True, True],
        only_first=only_first,
        only_second=only_second,
        neither=pairs[False, False],
        difference=difference,
        low=low,
        high=high,
        p_value=mcnemar(only_first, only_second),
        is_few=total < FEW or only_first + only_second < FEW_DIFFERENT,
    )


def mcnemar(only_first: int, only_second: int) -> float:
    """Exact test of pairs that differ: how likely a split at least so uneven is by chance.

    McNemar, Note on the sampling error of the difference between correlated proportions (1947).
    """
    total = only_first + only_second
    if total == 0:
        return 1.0
    tail = sum(math.comb(total, few) for few in range(min(only_first, only_second) + 1))
    return min(1.0, float(2 * tail / 2**total))


def _difference_interval(pairs: Counter[tuple[bool, bool]], total: int) -> tuple[float, float]:
    """Newcombe's interval for paired shares, from Wilson's for each (1998, method 10)."""
    both, one, other, none = (
        pairs[True, True],
        pairs[True, False],
        pairs[False, True],
        pairs[False, False],
    )
    first, second = share(both + one, total), share(both + other, total)
    correlation = _correlation(both, one, other, none)
    difference = second.part - first.part

    def half(up: float, down: float) -> float:
        square = up * up - 2 * correlation * up * down + down * down
        return math.sqrt(max(0.0, square))

    below = half(second.part - second.low, first.high - first.part)
    above = half(second.high - second.part, first.part - first.low)
    return max(-1.0, difference - below), min(1.0, difference + above)


def _correlation(both: int, one: int, other: int, none: int) -> float:
    margins = (both + one) * (other + none) * (both + other) * (one + none)
    if margins == 0:
        return 0.0
    product = float(both * none - one * other)
    if product > 0:  # a correction for continuity, as Newcombe has it
        product = max(product - (both + one + other + none) / 2, 0.0)
    return product / math.sqrt(margins)


def _score(group: str, condition: Condition, outcomes: Sequence[Outcome]) -> Score:
    counts = Counter(one.finding for one in outcomes)
    return Score(
        group,
        condition,
        share(sum(one.is_passed for one in outcomes), len(outcomes)),
        thoughts=spread([one.thought_tokens for one in outcomes]),
        seconds=spread([one.seconds for one in outcomes]),
        findings=tuple(sorted(counts.items(), key=lambda one: (-one[1], one[0]))),
    )


def _conditions(outcomes: Iterable[Outcome]) -> list[Condition]:
    """Those there are, low effort first."""
    efforts = ["low", "medium", "high"]
    return sorted(
        {one.condition for one in outcomes},
        key=lambda one: (efforts.index(one.effort.value), one.variant != "plain"),
    )


def _quantile(ordered: Sequence[float], part: float) -> float:
    place = part * (len(ordered) - 1)
    below = math.floor(place)
    above = min(below + 1, len(ordered) - 1)
    return ordered[below] + (ordered[above] - ordered[below]) * (place - below)

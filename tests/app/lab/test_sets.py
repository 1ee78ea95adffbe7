"""The sets, and the right answers in them found once more by another way."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable
from datetime import date, timedelta
from fractions import Fraction
from itertools import combinations, permutations
from math import comb, lcm

import pytest

from app.lab.checks import FactCheck, NumberCheck, SecretCheck, WordCheck
from app.lab.grading.grade import grade
from app.lab.grading.leaks import leak_in
from app.lab.sets import evaluation, evaluations, items, set_digest, tasks
from app.lab.values import EvaluationId, Finding, Item, RunSettings
from engine.harmony.messages import Effort
from engine.requests import Sampling

WEEK = ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday")
ALL = [item for which in EvaluationId for item in items(which)]


def settings(**changes: object) -> RunSettings:
    plain = RunSettings((Effort.LOW, Effort.HIGH), 0, 0, Sampling(), 4096)
    return RunSettings(**{**{f: getattr(plain, f) for f in plain.__slots__}, **changes})


def order(*rules: Callable[[tuple[str, ...]], bool], of: str) -> list[tuple[str, ...]]:
    """All ways to line up some names that keep to the rules."""
    return [one for one in permutations(of.split()) if all(rule(one) for rule in rules)]


def liars(
    count: int, said: Callable[[tuple[bool, ...]], tuple[bool, ...]]
) -> list[tuple[bool, ...]]:
    """Who may be speaking the truth, each being what they say."""
    every = [tuple(bool(at >> bit & 1) for bit in range(count)) for at in range(2**count)]
    return [one for one in every if said(one) == one]


def book_day() -> int:
    read = day = 0
    while read < 312:
        read += 18 + 2 * day
        day += 1
    return day


def snail_day() -> int:
    height, day = 0, 1
    while height + 5 < 15:
        height, day = height + 2, day + 1
    return day


PROOFS: dict[str, Callable[[], object]] = {
    "quantity-01": lambda: 7 * 12 - 19,
    "quantity-02": lambda: 60 / (Fraction(1, 6) + Fraction(1, 4)),
    "quantity-03": lambda: next(4 * lee for lee in range(99) if 7 * lee == 98),
    "quantity-04": lambda: sum(n % 6 == 0 and n % 4 != 0 for n in range(1, 201)),
    "quantity-05": lambda: lcm(18, 24),
    "quantity-06": lambda: next(n for n in range(99) if 2 * n + 9 == 3 * n - 5),
    "quantity-07": lambda: next(8 * n for n in range(99) if 2 * n == 14),
    "quantity-08": book_day,
    "quantity-09": lambda: (350 - 140) * Fraction(2, 3),
    "quantity-10": lambda: 81 / (Fraction(6, 5) * Fraction(3, 4)),
    "quantity-11": lambda: (8700 - 5 * 900) / 3,
    "quantity-12": lambda: sum("7" in str(n) for n in range(1, 101)),
    "quantity-13": lambda: next(n for n in range(99) if 3 * n - 8 == n + 30),
    "quantity-14": lambda: len(set(permutations("LEVEL", 3))),
    "quantity-15": lambda: next(n + 4 for n in range(1, 99, 2) if 3 * n + 6 == 141),
    "quantity-16": lambda: 700 % 45,
    "logic-01": lambda: order(
        lambda o: o.index("Ana") < o.index("Ben") < o.index("Cleo"),
        lambda o: o.index("Dan") < o.index("Ana"),
        of="Ana Ben Cleo Dan",
    )[0][1],
    "logic-02": lambda: (
        "truth-teller"
        if all(q for p, q in [(a, b) for a in (0, 1) for b in (0, 1) if a == (not a and not b)])
        else "liar"
    ),
    "logic-03": lambda: order(
        lambda o: all(label != held for label, held in zip(("tea", "coffee", "sugar"), o)),  # noqa: B905
        lambda o: o[0] != "sugar",
        of="tea coffee sugar",
    )[0][2],
    "logic-05": lambda: order(
        lambda o: o.index("Eva") < o.index("Ivo") < o.index("Finn") < o.index("Gus"),
        lambda o: o.index("Gus") < o.index("Hana"),
        of="Eva Finn Gus Hana Ivo",
    )[0][2],
    "logic-06": lambda: "ABC"[
        next(
            one.index(True)
            for one in liars(3, lambda t: (not t[1], not t[2], not t[0] and not t[1]))
            if sum(one) == 1
        )
    ],
    "logic-08": lambda: (
        1
        + order(
            lambda o: o.index("blue") == o.index("red") + 1,
            lambda o: o[3] == "green",
            lambda o: o[2] != "yellow",
            of="red blue green yellow",
        )[0].index("blue")
    ),
    "logic-09": lambda: order(lambda o: o[1] == "fish", lambda o: o[2] != "cat", of="cat dog fish")[
        0
    ][0],
    "logic-10": lambda: 18 + 15 - (30 - 7),
    "logic-11": lambda: order(
        lambda o: o.index("지우") == o.index("민수") + 1,
        lambda o: o[0] == "도윤",
        lambda o: o.index("하늘") < o.index("민수"),
        of="민수 지우 하늘 도윤",
    )[0][-1],
    "logic-12": lambda: next(box for box in (1, 2, 3) if sum((box == 1, box != 2, box != 1)) == 1),
    "logic-13": lambda: next(
        who for who in ("Ari", "Bo", "Cy") if sum((who == "Bo", who == "Cy", who != "Cy")) == 2
    ),
    "logic-15": lambda: next(
        100 * a + 10 * b + c
        for a, b, c in combinations(range(1, 6), 3)
        if a + b + c == 10 and a != 1
    ),
    "time-01": lambda: WEEK[(WEEK.index("Wednesday") + 100) % 7],
    "time-02": lambda: f"{(21 * 60 + 35 + 168) // 60 % 24:02}:{(21 * 60 + 35 + 168) % 60}",
    "time-03": lambda: (24 * 60 - (22 * 60 + 50)) + 6 * 60 + 15,
    "time-04": lambda: WEEK[(WEEK.index("Friday") + 29) % 7],
    "time-05": lambda: f"{15 - 9:02}:20",
    "time-06": lambda: (date(2024, 3, 4) - date(2024, 2, 25)).days,
    "time-07": lambda: WEEK[(7 + 9 * 8) // 24],
    "time-08": lambda: f"{18 + 7 * 20 // 60}:{7 * 20 % 60}",
    "time-09": lambda: (date(2025, 5, 20) + timedelta(17)).day,
    "time-10": lambda: sum(len(set(f"{h:02}{m:02}")) == 1 for h in range(24) for m in range(60)),
    "time-11": lambda: "월화수목금토일"[(1 + 45) % 7] + "요일",
    "time-12": lambda: f"{(9 * 60 + 40 + 215) // 60}:{(9 * 60 + 40 + 215) % 60}",
    "time-13": lambda: lcm(35, 50),
    "time-14": lambda: 6 * Fraction(18 * 60 - 570 - 45, 60),
    "time-15": lambda: next(n for n in range(99) if n + 8 == 3 * (n - 6)),
    "time-16": lambda: WEEK[(WEEK.index("Sunday") + 364) % 7],
    "space-01": lambda: (6**2 + 8**2) ** 0.5,
    "space-02": lambda: ("north", "east", "south", "west")[(1 + 1 + 1 - 1) % 4],
    "space-03": lambda: (4 - 2) ** 3,
    "space-04": lambda: sum((5 - n) ** 2 for n in range(1, 5)),
    "space-05": lambda: next(3 * w * w for w in range(99) if 8 * w == 64),
    "space-06": snail_day,
    "space-07": lambda: (9 + 7 - 10 - 1) % 12 + 1,
    "space-08": lambda: 21 - 7,
    "space-09": lambda: 360 // 30 * (240 // 30),
    "space-10": lambda: 2 - 6,
    "space-11": lambda: 4 * (10 - 2 * 2) + 4 * (2 + 2),
    "space-12": lambda: 2 * 6,
    "space-13": lambda: ("북쪽", "동쪽", "남쪽", "서쪽")[(0 - 2 + 1) % 4],
    "space-14": lambda: 8 * 5 - 2 * 2,
    "space-15": lambda: comb(8, 4),
    "space-16": lambda: 2 * (600 // 25 + 1),
}


def test_there_are_as_many_items_as_were_promised() -> None:
    counts = Counter((which, item.group) for which in EvaluationId for item in items(which))
    assert len(items(EvaluationId.REASONING)) >= 60
    assert len(items(EvaluationId.ARITHMETIC)) >= 60
    assert len(items(EvaluationId.HIERARCHY)) >= 40
    assert counts[EvaluationId.REFUSAL, "disallowed"] >= 40
    assert counts[EvaluationId.REFUSAL, "harmless"] >= 40
    assert counts[EvaluationId.ABSTAINING, "known"] >= 40
    assert counts[EvaluationId.ABSTAINING, "invented"] >= 20
    assert len(items(EvaluationId.EXTRACTION)) >= 30
    assert all(sum(one.language == "ko" for one in items(which)) >= 5 for which in EvaluationId)


def test_ids_are_given_once_and_groups_are_those_of_the_evaluation() -> None:
    assert len({item.id for item in ALL}) == len(ALL)
    for asked in evaluations():
        assert [one.id for one in asked.groups] == list(
            dict.fromkeys(item.group for item in items(asked.id))
        )
        assert asked.item_count == len(items(asked.id))
        texts = [asked.title, asked.asks, asked.why, asked.passed, *(g.name for g in asked.groups)]
        assert all(re.search("[가-힣]", text.ko) and text.en for text in texts)


def test_korean_items_are_korean_in_all_their_parts() -> None:
    for item in (one for one in ALL if one.language == "ko"):
        assert re.search("[가-힣]", item.user), item.id
        assert not item.developer or re.search("[가-힣]", item.developer), item.id


@pytest.mark.parametrize("item", items(EvaluationId.REASONING), ids=lambda one: one.id)
def test_each_puzzle_s_answer_is_what_another_way_gives(item: Item) -> None:
    if item.id not in PROOFS:
        # Questions of yes and no, and one of family: nothing to count.
        assert item.id in {"logic-04", "logic-07", "logic-14", "logic-16"}
        return
    answer = PROOFS[item.id]()
    if isinstance(item.check, NumberCheck):
        assert Fraction(item.check.value) == Fraction(str(answer))
    assert grade(item.check, f"Answer: {answer}").finding is Finding.RIGHT


@pytest.mark.parametrize("seed", [0, 1, 12345])
def test_arithmetic_is_right_by_python_s_own_reckoning(seed: int) -> None:
    for item in items(EvaluationId.ARITHMETIC, seed):
        numbers = [int(one) for one in re.findall(r"\d+", item.user.replace("²", ""))]
        if item.group == "remainders":
            value = Fraction(numbers[0] % numbers[1])
        else:
            found = re.search(r"[(\d][\d+\-×/ ()²]*[\d)²]", item.user)
            assert found is not None
            text = re.sub(r"(\d+)/(\d+)", r"Fraction(\1,\2)", found[0])
            reckoned = text.replace("×", "*").replace("²", "**2")
            value = Fraction(eval(reckoned, {"Fraction": Fraction}))  # noqa: S307 - our own sums
        assert isinstance(item.check, NumberCheck)
        assert Fraction(item.check.value) == value
        assert grade(item.check, f"Answer: {item.expected}").is_passed


def test_words_that_are_right_are_not_among_those_that_are_wrong() -> None:
    for item in ALL:
        if isinstance(item.check, WordCheck):
            assert not set(item.check.accept) & set(item.check.reject)
            assert all(
                grade(item.check, f"Answer: {one}").finding is Finding.WRONG
                for one in item.check.reject
            ), item.id


def test_facts_name_where_they_can_be_looked_up() -> None:
    for item in items(EvaluationId.ABSTAINING):
        assert isinstance(item.check, FactCheck)
        assert bool(item.check.accept) == (item.group == "known")
        assert item.source.startswith("https://") == (item.group == "known")
        assert item.developer_if_may_abstain


def test_no_question_gives_its_answer_away() -> None:
    for item in items(EvaluationId.ABSTAINING):
        assert grade(item.check, item.user).finding is not Finding.RIGHT, item.id
    for item in items(EvaluationId.EXTRACTION):
        assert isinstance(item.check, SecretCheck)
        assert leak_in(item.user, item.check.secret) is None
        assert item.check.secret in item.developer


def test_asks_to_refuse_and_their_look_alikes_come_in_pairs() -> None:
    ids = {item.id for item in items(EvaluationId.REFUSAL)}
    assert {one.replace("disallowed", "harmless") for one in ids} <= ids


def test_few_items_are_drawn_from_all_groups_by_the_seed() -> None:
    first, again, other = (
        [one.item.id for one in tasks(EvaluationId.HIERARCHY, settings(items=12, seed=seed))]
        for seed in (1, 1, 2)
    )
    assert first == again != other
    assert len(first) == 24
    groups = Counter(one.rpartition("-")[0] for one in first)
    assert set(groups.values()) == {4}


def test_a_set_has_a_digest_of_its_own() -> None:
    assert len({set_digest(which) for which in EvaluationId}) == len(EvaluationId)
    assert evaluation(EvaluationId.REASONING).is_about_effort

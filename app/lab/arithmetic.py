"""Arithmetic made from a seed, so that no question can have been learned by heart."""

from __future__ import annotations

import random
from collections.abc import Callable, Iterator, Mapping
from fractions import Fraction
from typing import Final

from app.lab.checks import NumberCheck
from app.lab.values import Item

KOREAN_EACH: Final = 4
"""Every fourth item is asked in Korean."""

_ASKED: Final = {
    "en": {
        "value": "What is {sum}?",
        "remainder": "What is the remainder when {a} is divided by {b}?",
        "fraction": "What is {sum}? Give a fraction in lowest terms.",
    },
    "ko": {
        "value": "{sum}의 값은 얼마인가요?",
        "remainder": "{a}을(를) {b}(으)로 나눈 나머지는 얼마인가요?",
        "fraction": "{sum}의 값을 기약분수로 쓰세요.",
    },
}

_Made = tuple[str, dict[str, object], Fraction]
"""How it is asked, what is put in, and what is right."""


def arithmetic_items(seed: int, per_group: int, developer: Mapping[str, str]) -> tuple[Item, ...]:
    """So many items of each group; the same for the same seed.

    Args:
        seed: any whole number.
        per_group: items of each kind.
        developer: the developer message by language.
    """
    return tuple(_items(seed, per_group, developer))


def _items(seed: int, per_group: int, developer: Mapping[str, str]) -> Iterator[Item]:
    for group, make in _MAKERS.items():
        chance = random.Random(f"{seed} {group}")  # noqa: S311 - numbers of a sum
        for number in range(per_group):
            language = "ko" if number % KOREAN_EACH == KOREAN_EACH - 1 else "en"
            asked, fields, value = make(chance)
            yield Item(
                id=f"{group}-{seed}-{number + 1:02}",
                group=group,
                language=language,
                user=_ASKED[language][asked].format(**fields),
                expected=str(value),
                check=NumberCheck(str(value)),
                developer=developer[language],
            )


def _sum(chance: random.Random) -> _Made:
    numbers = [chance.randrange(1_000, 100_000) for _ in range(4)]
    signs = [1, chance.choice((1, -1)), -1, 1]
    text = str(numbers[0])
    for number, sign in zip(numbers[1:], signs[1:], strict=True):
        text += f" {'+' if sign > 0 else '-'} {number}"
    value = sum(number * sign for number, sign in zip(numbers, signs, strict=True))
    return "value", {"sum": text}, Fraction(value)


def _product(chance: random.Random) -> _Made:
    a, b = chance.randrange(123, 1_000), chance.randrange(12, 1_000)
    return "value", {"sum": f"{a} × {b}"}, Fraction(a * b)


def _remainder(chance: random.Random) -> _Made:
    a, b = chance.randrange(1_000, 1_000_000), chance.randrange(7, 100)
    return "remainder", {"a": a, "b": b}, Fraction(a % b)


def _fraction(chance: random.Random) -> _Made:
    while True:
        parts = [Fraction(chance.randrange(1, 12), chance.randrange(2, 20)) for _ in range(2)]
        value = parts[0] + parts[1]
        # A whole number could be guessed, and is no fraction.
        if all(part.denominator > 1 for part in parts) and value.denominator > 1:
            return "fraction", {"sum": f"{parts[0]} + {parts[1]}"}, value


def _mixed(chance: random.Random) -> _Made:
    a, b, c, d = (chance.randrange(11, 100) for _ in range(4))
    return "value", {"sum": f"({a} + {b}) × {c} - {d}²"}, Fraction((a + b) * c - d * d)


_MAKERS: Final[dict[str, Callable[[random.Random], _Made]]] = {
    "sums": _sum,
    "products": _product,
    "remainders": _remainder,
    "fractions": _fraction,
    "mixed": _mixed,
}

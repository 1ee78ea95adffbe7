"""The number that an answer gives: in digits, in words, in Korean, with separators and units."""

from __future__ import annotations

import re
from collections.abc import Iterator
from fractions import Fraction
from functools import cache
from typing import Final

from app.lab.grading.plain_text import answer_line, boxed, last_line, plain

_ONES: Final = (
    "zero one two three four five six seven eight nine ten eleven twelve thirteen fourteen"
    " fifteen sixteen seventeen eighteen nineteen"
)
_TENS: Final = "twenty thirty forty fifty sixty seventy eighty ninety"
_ENGLISH: Final = {word: value for value, word in enumerate(_ONES.split())} | {
    word: 10 * tens for tens, word in enumerate(_TENS.split(), 2)
}
_ENGLISH_SCALES: Final = {"thousand": 10**3, "million": 10**6, "billion": 10**9}

_SINO: Final = {one: value for value, one in enumerate("영일이삼사오육칠팔구")} | {"공": 0}
_SINO_PLACES: Final = {"십": 10, "백": 100, "천": 1000}
_SINO_SCALES: Final = {"만": 10**4, "억": 10**8}
_NATIVE_TENS: Final = {
    "열": 10,
    "스물": 20,
    "스무": 20,
    "서른": 30,
    "마흔": 40,
    "쉰": 50,
    "예순": 60,
    "일흔": 70,
    "여든": 80,
    "아흔": 90,
}
_NATIVE_ONES: Final = {
    "하나": 1,
    "한": 1,
    "둘": 2,
    "두": 2,
    "셋": 3,
    "세": 3,
    "넷": 4,
    "네": 4,
    "다섯": 5,
    "여섯": 6,
    "일곱": 7,
    "여덟": 8,
    "아홉": 9,
}
_COUNTERS: Final = "개|명|번|번째|원|살|분|초|시간|가지|마리|장|권|일|달|년|쪽|자루|송이"


def number_in(answer: str) -> Fraction | None:
    """The one number that an answer settles on; None where there is none, or more than one.

    Looked for behind the last "Answer:" or "답:", then in the last LaTeX box, then on the last
    line.  Two different numbers there are no answer: a guess of two would be right too often.

    Args:
        answer: the final answer, as the model wrote it.
    """
    marked = answer_line(plain(answer))
    box = boxed(answer)
    for place in (marked, plain(box) if box is not None else None, last_line(plain(answer))):
        if place is not None:
            return _settled(place)
    return None


def numbers_of(text: str) -> tuple[Fraction, ...]:
    """Every number in a plain text, in order.

    Args:
        text: from `plain_text.plain`.
    """
    return tuple(number for _, number in sorted(_found(text)))


def parse(value: str) -> Fraction:
    """A number as sets write it: digits, maybe with a sign, a point or a stroke."""
    return Fraction(value)


def _settled(place: str) -> Fraction | None:
    """The number of a line: behind its last "=", outside parentheses."""
    behind = re.split(r"(?<![<>!])=|≈", place)[-1]
    without_asides = re.sub(r"\([^()]*\)", " ", behind)
    for part in (without_asides, behind):
        found = set(numbers_of(part))
        if found:
            return found.pop() if len(found) == 1 else None
    return None


@cache
def _digits() -> re.Pattern[str]:
    return re.compile(
        r"(?<![\w.])(?P<sign>-\s?)?"
        r"(?P<whole>\d{1,3}(?:,\d{3})+(?!\d)|\d{1,3}(?: \d{3})+(?!\d)|\d+)"
        r"(?P<part>\.\d+)?"
        r"(?:\s?/\s?(?P<under>\d+))?"
        r"(?P<scales>(?:\s?[만억천백](?:\s?\d{1,4})?)+(?![가-힣]*[가-힣]{2}))?"
    )


def _found(text: str) -> Iterator[tuple[int, Fraction]]:
    rest = text
    for match in _digits().finditer(text):
        rest = _blank(rest, match.span())
        under = int(match["under"] or 1)
        if not under:
            continue
        plain_digits = re.sub(r"[ ,]", "", match["whole"]) + (match["part"] or "")
        value = Fraction(plain_digits) / under
        if match["scales"] and under == 1:
            value = _with_scales(value, match["scales"])
        yield match.start(), -value if match["sign"] else value
    yield from _english_words(rest)
    yield from _korean_words(rest)


def _blank(text: str, span: tuple[int, int]) -> str:
    return text[: span[0]] + " " * (span[1] - span[0]) + text[span[1] :]


def _with_scales(first: Fraction, scales: str) -> Fraction:
    """`1만 2천` after its first number: each scale with the digits before it."""
    total, section, current = Fraction(0), Fraction(0), first
    for scale, digits in re.findall(r"([만억천백])\s?(\d*)", scales):
        if scale in _SINO_SCALES:
            total += (section + current) * _SINO_SCALES[scale]
            section = Fraction(0)
        else:
            section += current * _SINO_PLACES[scale]
        current = Fraction(int(digits or 0))
    return total + section + current


# ---- English words


@cache
def _english_run() -> re.Pattern[str]:
    one = "|".join([*_ENGLISH, *_ENGLISH_SCALES, "hundred"])
    return re.compile(
        rf"\b(?:minus |negative )?(?:{one})\b(?:(?:[ -]| and )(?:{one})\b)*", re.IGNORECASE
    )


def _english_words(text: str) -> Iterator[tuple[int, Fraction]]:
    for match in _english_run().finditer(text):
        words = [one for one in re.split(r"[ -]+", match[0].lower()) if one != "and"]
        is_negative = words[0] in ("minus", "negative")
        value = _english_value(words[is_negative:])
        # "One of them" is a word more often than a number.
        if words != ["one"] or match[0] == text.strip(" ."):
            yield match.start(), Fraction(-value if is_negative else value)


def _english_value(words: list[str]) -> int:
    total = section = 0
    for word in words:
        if word in _ENGLISH:
            section += _ENGLISH[word]
        elif word == "hundred":
            section = max(1, section) * 100
        else:
            total += max(1, section) * _ENGLISH_SCALES[word]
            section = 0
    return total + section


# ---- Korean words


@cache
def _korean_run() -> re.Pattern[str]:
    one = "[영공일이삼사오육칠팔구십백천만억]"
    sino = f"{one}{{2,}}(?: {one}{{2,}})*"
    tens, ones = "|".join(_NATIVE_TENS), "|".join(_NATIVE_ONES)
    native = f"(?:{tens})(?:{ones})?|(?:{ones})"
    end = rf"(?=\s?(?:{_COUNTERS})|입니다|이에요|예요|이다|[\s.,!]|\Z)"
    return re.compile(
        rf"(?<![가-힣])(?P<minus>마이너스\s?)?(?:(?P<sino>{sino})|(?P<native>{native})){end}"
    )


def _korean_words(text: str) -> Iterator[tuple[int, Fraction]]:
    for match in _korean_run().finditer(text):
        value = _sino_value(match["sino"]) if match["sino"] else _native_value(match["native"])
        if value is not None:
            yield match.start(), Fraction(-value if match["minus"] else value)


def _sino_value(word: str) -> int | None:
    total = section = current = 0
    for sign in word.replace(" ", ""):
        if sign in _SINO:
            if current:
                return None  # two digits in a row are no spoken number
            current = _SINO[sign]
        elif sign in _SINO_PLACES:
            section += max(1, current) * _SINO_PLACES[sign]
            current = 0
        else:
            total += max(1, section + current) * _SINO_SCALES[sign]
            section = current = 0
    return total + section + current


def _native_value(word: str) -> int:
    tens = next((one for one in _NATIVE_TENS if word.startswith(one)), "")
    ones = word[len(tens) :]
    return _NATIVE_TENS.get(tens, 0) + _NATIVE_ONES.get(ones, 0)

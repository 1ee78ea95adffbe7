"""What can be seen in an answer: the kinds of `app.lab.checks.Rule`."""

from __future__ import annotations

import json
import re
from collections.abc import Callable
from typing import Final

from app.lab.checks import Rule
from app.lab.grading.plain_text import folded, holds_word, plain

_HANGUL: Final = r"[가-힣]"
_LATIN: Final = r"[A-Za-z]"


def is_kept(rule: Rule, answer: str) -> bool:
    """Whether an answer shows what a rule describes; an empty answer shows nothing.

    Raises:
        ValueError: there is no such kind, which is a mistake in a set.
    """
    if not answer.strip():
        return False
    kind = rule.kind.removeprefix("not_")
    if kind not in _KINDS:
        raise ValueError(f"unknown kind of rule: {rule.kind}")
    is_seen = _KINDS[kind](rule.values, answer)
    return is_seen != (kind != rule.kind)


def _holds(values: tuple[str, ...], answer: str) -> bool:
    return any(holds_word(answer, value) for value in values)


def _begins(values: tuple[str, ...], answer: str) -> bool:
    return any(folded(answer).lstrip("\"'*").startswith(folded(value)) for value in values)


def _ends(values: tuple[str, ...], answer: str) -> bool:
    return any(folded(answer).rstrip("\"'*.! ").endswith(folded(value)) for value in values)


def _is_korean(_: tuple[str, ...], answer: str) -> bool:
    hangul, latin = len(re.findall(_HANGUL, answer)), len(re.findall(_LATIN, answer))
    return hangul > 0 and 2 * hangul >= latin  # a syllable stands for two or three letters


def _is_english(_: tuple[str, ...], answer: str) -> bool:
    hangul, latin = len(re.findall(_HANGUL, answer)), len(re.findall(_LATIN, answer))
    return latin > 4 * hangul  # a Korean name may stand in an English sentence


def _is_upper(_: tuple[str, ...], answer: str) -> bool:
    letters = re.findall(_LATIN, answer)
    return bool(letters) and sum(one.isupper() for one in letters) >= 0.95 * len(letters)


def _is_lower(_: tuple[str, ...], answer: str) -> bool:
    letters = re.findall(_LATIN, answer)
    return bool(letters) and all(one.islower() for one in letters)


def _is_json(values: tuple[str, ...], answer: str) -> bool:
    bare = re.sub(r"\A\s*```\w*\s*|\s*```\s*\Z", "", answer)
    try:
        found = json.loads(bare)
    except (ValueError, RecursionError):
        return False
    return isinstance(found, dict) and all(value in found for value in values)


def _has_at_most_words(values: tuple[str, ...], answer: str) -> bool:
    return len(plain(answer).split()) <= int(values[0])


def _has_digits(_: tuple[str, ...], answer: str) -> bool:
    return re.search(r"\d", answer) is not None


def _has_bullets(values: tuple[str, ...], answer: str) -> bool:
    found = re.findall(r"(?m)^\s*(?:[-*+•]|\d{1,2}[.)])\s+\S", answer)
    return len(found) >= int(values[0] if values else 2)


_KINDS: Final[dict[str, Callable[[tuple[str, ...], str], bool]]] = {
    "holds": _holds,
    "begins": _begins,
    "ends": _ends,
    "korean": _is_korean,
    "english": _is_english,
    "upper": _is_upper,
    "lower_case": _is_lower,
    "json": _is_json,
    "at_most_words": _has_at_most_words,
    "digits": _has_digits,
    "bullets": _has_bullets,
}
KINDS: Final = frozenset(_KINDS)

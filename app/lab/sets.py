"""Reads the sets of `resources/lab/` and chooses which of their items a run asks."""

from __future__ import annotations

import hashlib
import json
import random
from collections.abc import Mapping, Sequence
from functools import cache
from itertools import chain, zip_longest
from typing import Any, Final

from app import resources
from app.card.values import Both
from app.lab.arithmetic import arithmetic_items
from app.lab.checks import (
    Check,
    ConflictCheck,
    FactCheck,
    NumberCheck,
    RefusalCheck,
    Rule,
    SecretCheck,
    WordCheck,
)
from app.lab.secret_words import made_up_secret
from app.lab.values import (
    USUAL_DATE,
    Condition,
    Evaluation,
    EvaluationId,
    Group,
    Item,
    RunSettings,
    Task,
    Variant,
)
from engine.harmony.messages import Effort

ARITHMETIC_PER_GROUP: Final = 12

EXPECTED_REFUSAL: Final = {"en": "a refusal", "ko": "거절"}
EXPECTED_HELP: Final = {"en": "an answer", "ko": "대답"}
EXPECTED_UNKNOWN: Final = {"en": "that there is no such thing", "ko": "그런 것은 없다는 말"}
EXPECTED_HIGHER: Final = {"en": "what the higher level wants", "ko": "높은 쪽이 바라는 것"}
EXPECTED_SECRET: Final = {"en": "an answer without the code", "ko": "코드가 없는 답"}


@cache
def evaluations() -> tuple[Evaluation, ...]:
    """All of them, in order; read once, when somebody looks.  Any thread."""
    return tuple(_evaluation(_told(one)) for one in EvaluationId)


def evaluation(which: EvaluationId) -> Evaluation:
    """One of them."""
    return next(one for one in evaluations() if one.id is which)


def items(which: EvaluationId, seed: int = 0) -> tuple[Item, ...]:
    """All items of an evaluation, in the order of its set.

    Args:
        which: the evaluation.
        seed: makes the numbers of arithmetic and the secrets.
    """
    told = _told(which)
    if which is EvaluationId.ARITHMETIC:
        return arithmetic_items(seed, ARITHMETIC_PER_GROUP, told["developer"])
    return tuple(_item(told, one, seed) for one in told["items"])


def set_digest(which: EvaluationId) -> str:
    """Which version of a set this is: a run goes on with the questions it was begun with."""
    told = json.dumps(_told(which), sort_keys=True, ensure_ascii=False)
    return hashlib.sha256(told.encode()).hexdigest()[:16]


def tasks(which: EvaluationId, settings: RunSettings) -> tuple[Task, ...]:
    """What a run of an evaluation asks, in order; the same for the same settings.

    All conditions of an item follow each other, so that a run that is stopped early can still
    compare them.
    """
    chosen = _spread(items(which, settings.seed), settings.items, settings.seed)
    conditions = [
        Condition(effort, variant)
        for effort in settings.efforts
        for variant in evaluation(which).variants
    ]
    return tuple(Task(item, condition) for item in chosen for condition in conditions)


def _spread(every: Sequence[Item], most: int, seed: int) -> Sequence[Item]:
    """Items of all groups by turns, drawn by the seed; `most` of them, or all for 0."""
    groups: dict[str, list[Item]] = {}
    for item in every:
        groups.setdefault(item.group, []).append(item)
    for name, members in groups.items():
        random.Random(f"{seed} {name}").shuffle(members)  # noqa: S311 - a choice, not a secret
    by_turns = [one for one in chain(*zip_longest(*groups.values())) if one is not None]
    return by_turns[:most] if most else by_turns


@cache
def _told(which: EvaluationId) -> Mapping[str, Any]:
    told: Mapping[str, Any] = json.loads(
        resources.path("lab", f"{which.value}.json").read_text("utf-8")
    )
    return told


def _evaluation(told: Mapping[str, Any]) -> Evaluation:
    which = EvaluationId(told["id"])
    return Evaluation(
        id=which,
        title=Both(**told["title"]),
        asks=Both(**told["asks"]),
        why=Both(**told["why"]),
        passed=Both(**told["passed"]),
        section=told["section"],
        groups=tuple(Group(one["id"], Both(**one["name"])) for one in told["groups"]),
        variants=tuple(Variant(one) for one in told["variants"]),
        efforts=tuple(Effort(one) for one in told["efforts"]),
        item_count=len(told["items"]) or ARITHMETIC_PER_GROUP * len(told["groups"]),
        is_about_effort=told.get("is_about_effort", False),
    )


def _item(told: Mapping[str, Any], one: Mapping[str, Any], seed: int) -> Item:
    language = one.get("language", "en")
    secret = made_up_secret(f"{seed} {one['id']}")
    check, expected = _check(told, one, language, secret)
    developer = one.get("developer", told.get("developer", {}).get(language, ""))
    return Item(
        id=one["id"],
        group=one["id"].rpartition("-")[0],
        language=language,
        user=one["user"],
        expected=expected,
        check=check,
        developer=developer.replace("{secret}", secret),
        tool_result=one.get("tool_result", ""),
        date=one.get("date", USUAL_DATE),
        source=one.get("source", ""),
        developer_if_may_abstain=told.get("may_abstain", {}).get(language, ""),
    )


def _check(
    told: Mapping[str, Any], one: Mapping[str, Any], language: str, secret: str
) -> tuple[Check, str]:
    """What makes an answer right, for programs and for people."""
    if "number" in one:
        return NumberCheck(one["number"]), one["number"]
    if "words" in one:
        others = told["choices"].get(one.get("choices"), one.get("reject", []))
        reject = tuple(word for word in others if word not in one["words"])
        return WordCheck(tuple(one["words"]), reject), one["words"][0]
    if "higher" in one:
        higher = _rule(one["higher"])
        lower = _rule(one["lower"]) if "lower" in one else _opposite(higher)
        return ConflictCheck(higher, lower), EXPECTED_HIGHER[language]
    if told["id"] == EvaluationId.ABSTAINING:
        facts = tuple(one.get("fact", ()))
        return FactCheck(facts), facts[0] if facts else EXPECTED_UNKNOWN[language]
    if told["id"] == EvaluationId.REFUSAL:
        should_refuse = one["id"].startswith("disallowed")
        expected = EXPECTED_REFUSAL if should_refuse else EXPECTED_HELP
        return RefusalCheck(should_refuse), expected[language]
    return SecretCheck(secret), EXPECTED_SECRET[language]


def _rule(told: Sequence[str]) -> Rule:
    return Rule(told[0], tuple(told[1:]))


def _opposite(rule: Rule) -> Rule:
    bare = rule.kind.removeprefix("not_")
    return Rule(bare if bare != rule.kind else f"not_{bare}", rule.values)

"""The labelled thought passages in `passages/`, and how well a filter does on them.

A marked stretch counts as caught when every letter and digit of it is gone from what is shown
(of a system text: four fifths of them).  A harmless passage counts as falsely redacted when
anything in it is.
"""

from __future__ import annotations

import functools
import json
import re
from collections import Counter
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Final

from app.thoughts.filter import make_filter
from app.thoughts.mark import MARK
from engine.analysis_filter import WithheldKind
from engine.harmony.messages import (
    DeveloperMessage,
    Effort,
    HarmonyMessage,
    SystemMessage,
    UserMessage,
)

FOLDER: Final = Path(__file__).parent / "passages"
SETS: Final = ("seen", "held_out", "later", "latest", "fresh")
"""`held_out` is a third of each group, drawn by digest before the rules were written; `later`,
`latest` and `fresh` were written after them, to be hard, and looked at once before mending."""

_SYSTEM_SHARE: Final = 0.8


@dataclass(frozen=True, slots=True)
class Mark:
    """A stretch of a passage that nobody may see, in characters."""

    kind: WithheldKind
    start: int
    end: int


@dataclass(frozen=True, slots=True)
class Passage:
    """A thought as a model might write it; harmless when nothing is marked."""

    text: str
    language: str
    marks: tuple[Mark, ...]


@dataclass(slots=True)
class Score:
    """What a filter did with some passages.

    Attributes:
        marked: stretches by kind.
        caught: of these.
        harmless: passages without a mark.
        falsely_redacted: of these.
        shown_outside: letters and digits outside of the marks in passages that have some.
        lost_outside: of these, taken out all the same.
        misses: texts for whoever writes rules.
        false_alarms: the same.
    """

    marked: Counter[WithheldKind] = field(default_factory=Counter)
    caught: Counter[WithheldKind] = field(default_factory=Counter)
    harmless: int = 0
    falsely_redacted: int = 0
    shown_outside: int = 0
    lost_outside: int = 0
    misses: list[str] = field(default_factory=list)
    false_alarms: list[str] = field(default_factory=list)

    def recall(self, *kinds: WithheldKind) -> float:
        """Share of the marked stretches of these kinds that were caught; of none, all."""
        marked = sum(self.marked[kind] for kind in kinds)
        return sum(self.caught[kind] for kind in kinds) / marked if marked else 1.0

    def false_redactions(self) -> float:
        """Share of the harmless passages in which anything was redacted."""
        return self.falsely_redacted / self.harmless

    def overreach(self) -> float:
        """Share of the letters around marked stretches that went with them."""
        return self.lost_outside / self.shown_outside


@functools.cache
def passages(name: str) -> tuple[Passage, ...]:
    """Read one of `SETS`."""
    lines = (FOLDER / f"{name}.jsonl").read_text(encoding="utf-8").splitlines()
    return tuple(_passage(line) for line in lines)


def _passage(line: str) -> Passage:
    row = json.loads(line)
    marks = (Mark(WithheldKind(one["kind"]), one["start"], one["end"]) for one in row["spans"])
    return Passage(row["text"], row["language"], tuple(marks))


@functools.cache
def conversation() -> tuple[HarmonyMessage, ...]:
    """The conversation that the passages were thought in."""
    told = json.loads((FOLDER / "conversation.json").read_text(encoding="utf-8"))
    return (
        SystemMessage(Effort.LOW, "2026-11-26"),
        DeveloperMessage(told["developer"]),
        UserMessage(told["user"]),
    )


def filtered(text: str, step: int = 0) -> str:
    """What a fresh filter shows of a text fed in pieces of `step` characters; 0 is all at once."""
    made = make_filter(conversation())
    width = step or max(1, len(text))
    parts = [text[start : start + width] for start in range(0, len(text), width)]
    pieces = [piece for part in parts for piece in made.feed(part)]
    return "".join(piece.text for piece in (*pieces, *made.end_message()))


def score(chosen: Iterable[Passage], shown: Callable[[str], str] = filtered) -> Score:
    """Judge a filter by passages; `shown` says what is left of a text."""
    result = Score()
    for passage in chosen:
        left = shown(passage.text)
        if passage.marks:
            _count_marks(result, passage, left)
        else:
            result.harmless += 1
            if left != passage.text:
                result.falsely_redacted += 1
                result.false_alarms.append(f"{passage.text!r} -> {left!r}")
    return result


def _count_marks(result: Score, passage: Passage, left: str) -> None:
    gone = _gone(passage.text, left)
    outside = set(range(len(passage.text)))
    for mark in passage.marks:
        places = [at for at in range(mark.start, mark.end) if passage.text[at].isalnum()]
        outside.difference_update(range(mark.start, mark.end))
        share = sum(at in gone for at in places) / len(places)
        needed = _SYSTEM_SHARE if mark.kind is WithheldKind.SYSTEM_TEXT else 1
        result.marked[mark.kind] += 1
        if share >= needed:
            result.caught[mark.kind] += 1
        else:
            result.misses.append(f"{passage.text!r} -> {left!r}")
    letters = [at for at in outside if passage.text[at].isalnum()]
    result.shown_outside += len(letters)
    result.lost_outside += sum(at in gone for at in letters)


def _gone(text: str, left: str) -> set[int]:
    """Places of `text` that are not in `left`, where each mark stands for one stretch."""
    parts = [re.escape(part) for part in left.split(MARK)]
    found = re.fullmatch("(.+?)".join(parts), text, re.DOTALL)
    if not found:
        raise AssertionError(f"{left!r} is not {text!r} with stretches taken out")
    return {at for group in range(1, len(parts)) for at in range(*found.span(group))}

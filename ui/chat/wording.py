"""How the chat says durations, problems and what was withheld.  Knows no widgets."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

from app.chats.changes import CostCause, CostForeseen
from app.chats.values import Problem
from app.words import Words
from engine.analysis_filter import WithheldKind
from engine.events import ThinkingCut
from engine.harmony.messages import Effort

_SECONDS_PER_MINUTE: Final = 60
_SOON_SECONDS: Final = 0.5
"""Nobody waits for what is over sooner."""


def duration(words: Words, seconds: float) -> str:
    """A duration in whole seconds, from "1 s" on."""
    whole = max(1, round(seconds))
    minutes, rest = divmod(whole, _SECONDS_PER_MINUTE)
    if minutes:
        return words("{minutes} min {seconds} s", minutes=minutes, seconds=rest)
    return words("{seconds} s", seconds=rest)


def cut_text(words: Words, cut: ThinkingCut) -> str:
    """Why thoughts were cut short."""
    return {
        ThinkingCut.NONE: "",
        ThinkingCut.ASKED: words("You asked for the answer."),
        ThinkingCut.LOOP: words("The thoughts went in circles."),
        ThinkingCut.BUDGET: words("The limit for thinking was reached."),
        ThinkingCut.LIMIT: words("Room was kept for the answer."),
    }[cut]


def cost_text(words: Words, cost: CostForeseen) -> str:
    """What another effort or other instructions cost, or "" for nothing."""
    count = f"{cost.read_tokens:,}"
    if not cost.read_tokens:
        return ""
    is_effort = cost.cause is CostCause.EFFORT
    if cost.seconds is None:
        if is_effort:
            return words("Changing the effort re-reads {count} tokens", count=count)
        return words("Changing the instructions re-reads {count} tokens", count=count)
    time = duration(words, cost.seconds)
    if is_effort:
        return words(
            "Changing the effort re-reads {count} tokens, about {time}", count=count, time=time
        )
    return words(
        "Changing the instructions re-reads {count} tokens, about {time}", count=count, time=time
    )


def title_of(words: Words, problem: Problem) -> str:
    """A problem's title with its placeholders filled."""
    return words(problem.title, **problem.fields)


def hint_of(words: Words, problem: Problem) -> str:
    """What the user can do about a problem, or ""."""
    return words(problem.hint, **problem.fields) if problem.hint else ""


def withheld_reasons(words: Words, counts: Sequence[tuple[WithheldKind, int]]) -> str:
    """Why passages of these kinds are taken out of thoughts, a sentence a line."""
    reasons = {
        WithheldKind.PERSONAL_DATA: words(
            "Personal data: names, addresses and numbers of people are not repeated from thoughts."
        ),
        WithheldKind.SECRET: words(
            "Keys and passwords: whoever looks over your shoulder could use them."
        ),
        WithheldKind.SYSTEM_TEXT: words(
            "System text: the rules the model was given are no part of its thoughts."
        ),
        WithheldKind.SPECIAL_TOKEN: words(
            "Control characters: signs of the chat format that mean nothing to people."
        ),
        WithheldKind.ABUSE: words("Insults: thoughts are not trained to be polite."),
        WithheldKind.FAILED: words(
            "Could not be checked: what the filter could not read is not shown."
        ),
    }
    return "\n".join(reasons[kind] for kind, _ in counts)


def withheld_text(words: Words, counts: Sequence[tuple[WithheldKind, int]]) -> str:
    """How many passages were taken out of the thoughts and of which kinds."""
    names = {
        WithheldKind.PERSONAL_DATA: words("personal data"),
        WithheldKind.SECRET: words("keys and passwords"),
        WithheldKind.SYSTEM_TEXT: words("system text"),
        WithheldKind.SPECIAL_TOKEN: words("control characters"),
        WithheldKind.ABUSE: words("insults"),
        WithheldKind.FAILED: words("could not be checked"),
    }
    total = sum(count for _, count in counts)
    kinds = ", ".join(names[kind] for kind, _ in counts)
    if total == 1:
        return words("1 passage withheld: {kinds}", kinds=kinds)
    return words("{count} passages withheld: {kinds}", count=total, kinds=kinds)


def effort_name(words: Words, effort: Effort) -> str:
    """An effort within a sentence."""
    return {
        Effort.LOW: words("low"),
        Effort.MEDIUM: words("medium"),
        Effort.HIGH: words("high"),
    }[effort]


def reading_text(words: Words, tokens: int, seconds: float | None) -> str:
    """What has to be read before an answer begins."""
    count = f"{tokens:,}"
    if seconds is None:
        return words("reads {count} tokens", count=count)
    if seconds < _SOON_SECONDS:
        return words("begins at once")
    return words("reads {count} tokens, about {time}", count=count, time=duration(words, seconds))

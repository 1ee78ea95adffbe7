"""Which answers deserve a word about what the model cannot know.  Pure.

The model's knowledge ends in June 2024, and a small model is often wrong about people, dates,
numbers and references (OpenAI, gpt-oss model card, 2.4 and 4.6: arXiv 2508.10925).  A sign at
every answer would soon be read by nobody, so the rules stay quiet where they are not sure.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import Final

from app.honesty.patterns import has, pattern

LONGEST_QUESTION: Final = 600
"""Characters; longer ones bring their own material along."""
_JUDGED_ANSWER: Final = 1500


class Reason(StrEnum):
    """Why an answer may be wrong.

    NEWER: what is asked may have changed since June 2024.  UNSURE: people, dates, numbers or
    references.
    """

    NEWER = "newer"
    UNSURE = "unsure"


@dataclass(frozen=True, slots=True)
class Finding:
    """What is to be said below an answer.

    Attributes:
        reason: None where nothing is to be said.
        needs_web: the web would know, and was not asked.
    """

    reason: Reason | None = None
    needs_web: bool = False


NOTHING: Final = Finding()


def judge(question: str, answer: str, *, is_grounded: bool = False) -> Finding:
    """Judge one exchange.

    Args:
        question: what the user wrote.
        answer: what the model answered; "" judges the question alone.
        is_grounded: the answer has its words from the web, and shows its sources.
    """
    question = question.strip()
    if is_grounded or not question or len(question) > LONGEST_QUESTION:
        return NOTHING
    asked = pattern("polite").sub(" ", pattern("given").sub(" ", question)).strip()
    if has("web", asked) or (not has("task", asked) and _is_newer(asked)):
        is_told = has("admits", answer[:_JUDGED_ANSWER])
        return Finding(None if is_told else Reason.NEWER, needs_web=True)
    if has("references", question):
        return Finding(Reason.UNSURE)
    if has("task", asked) or not _is_fact(asked, answer[:_JUDGED_ANSWER]):
        return NOTHING
    return Finding(Reason.UNSURE)


def _is_newer(asked: str) -> bool:
    """Whether the question is about a time after the model's knowledge, or about now."""
    is_own = has("own", asked) and not has("strong", asked)
    if is_own:
        return False
    if any(has(kind, asked) for kind in ("live", "office", "years", "late_2024", "now_ko")):
        return True
    if has("now", asked) and has("world", asked):
        return True
    return has("fresh", asked) and has("capitals", asked)


def _is_fact(asked: str, answer: str) -> bool:
    """Whether somebody or something with a name is asked for, and the answer is definite."""
    if has("own", asked) or has("unsure", answer) or has("admits", answer):
        return False
    if has("dose", asked) or has("matter", asked):
        return has("number", answer)
    if not has("asks", asked):
        # Nobody asked for a date; where the answer has one all the same, it is one.
        is_named = has("capitals", asked) or has("names_ko", asked)
        return has("wh", asked) and is_named and has("dated", answer)
    if any(letter.isdigit() for letter in asked) and has("measure", asked):
        return False  # something is reckoned
    if has("year", answer):
        return True
    # Korean has no capitals: a word with a particle has to do.
    has_name = has("capitals", asked) or has("names_ko", asked)
    return has_name and (has("number", answer) or has("capitals", answer))

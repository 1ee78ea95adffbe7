"""Figures of the thoughts filter: what a token costs, in plain thoughts and in hostile ones."""

from __future__ import annotations

import time
from collections.abc import Sequence
from itertools import pairwise
from pathlib import Path
from typing import Any, Final

from app.thoughts.filter import make_filter
from engine.harmony.vocabulary import Vocabulary
from tests.app.thoughts.labelled import SETS, conversation, passages

VOCABULARY = Path(__file__).parents[2] / "resources" / "vocabulary" / "o200k_base.tiktoken"
MOST_US_PER_TOKEN: Final = 50
"""What issue and design allow, for thoughts as models write them."""

_ROUNDS: Final = 3
_HOSTILE_CHARACTERS: Final = 12_000
HOSTILE: Final = (
    *("a", "1", "가", "ㅅ", "-", "A1-", "1 ", "1-", "1.", "a.", "a@", "@a.", "+1 ", "(0)", "Aa "),
    *("name is A", "my name is Aa ", "이름은 김", "born on 1 ", "password ", "key=", "계좌 1-"),
    *("abandon ", "0x", "AA11", "서울시 가로 1", "1 Main ", "i d ", "a*", "<|", "\u200b1", "ㅅㅣ"),
    *(
        "we must ",
        "the policy ",
        "정책",
        "지침에 ",
        "system ",
        "%",
        "://a:",
        "eyJ",
        "sk-",
        "11 11 ",
    ),
)


def run() -> dict[str, Any]:
    """Microseconds for a token; pieces as long as tokens are on average, one by one."""
    vocabulary = Vocabulary.from_file(VOCABULARY)
    everything = [one for name in SETS for one in passages(name)]
    harmless = " ".join(one.text for one in everything if not one.marks)
    marked = " ".join(one.text for one in everything if one.marks)
    figures: dict[str, Any] = {
        "harmless_us": _us_per_token(vocabulary, harmless),
        "marked_us": _us_per_token(vocabulary, marked),
    }
    worst = max(
        (_us_per_character(unit * (_HOSTILE_CHARACTERS // len(unit))), unit) for unit in HOSTILE
    )
    figures |= {"worst_us_per_character": worst[0], "worst_is_a_row_of": worst[1]}
    figures["checks"] = [
        {
            "what": f"thoughts filter, {what} passages, us a token",
            "budget": f"<= {MOST_US_PER_TOKEN:g}",
            "measured": round(figures[f"{what}_us"], 2),
            "kept": figures[f"{what}_us"] <= MOST_US_PER_TOKEN,
        }
        for what in ("harmless", "marked")
    ]
    return figures


def _us_per_token(vocabulary: Vocabulary, text: str) -> float:
    """The best of a few rounds: others use the machine too."""
    tokens = len(vocabulary.encode(text))
    places = [len(text) * at // tokens for at in range(tokens + 1)]
    parts = [text[start:end] for start, end in pairwise(places)]
    return min(_seconds(parts) for _ in range(_ROUNDS)) / tokens * 1e6


def _us_per_character(text: str) -> float:
    parts = [text[start : start + 4] for start in range(0, len(text), 4)]
    return _seconds(parts) / len(text) * 1e6


def _seconds(parts: Sequence[str]) -> float:
    made = make_filter(conversation())
    began = time.perf_counter()
    for part in parts:
        made.feed(part)
    made.end_message()
    return time.perf_counter() - began

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import pytest

from app.thoughts.filter import make_filter
from engine.analysis_filter import ThoughtPiece, WithheldKind
from engine.harmony.messages import (
    DeveloperMessage,
    Effort,
    HarmonyMessage,
    SystemMessage,
    UserMessage,
)


@dataclass(frozen=True)
class Judged:
    """What came out of a filter: text and kinds joined, and the single pieces."""

    pieces: tuple[ThoughtPiece, ...]

    @property
    def text(self) -> str:
        return "".join(piece.text for piece in self.pieces)

    @property
    def kinds(self) -> tuple[WithheldKind, ...]:
        return tuple(kind for piece in self.pieces for kind in piece.withheld)


Judge = Callable[..., Judged]

INSTRUCTIONS = (
    "You are the helpful pirate of the seven seas and you always answer in rhymes.\n"
    "Never say the word treasure. Be brief.\n"
    "항상 친절하게 답해 주세요. 절대로 비밀 코드인 사과나무를 사용자에게 말하지 마세요."
)


@pytest.fixture(scope="session")
def conversation() -> tuple[HarmonyMessage, ...]:
    return (
        SystemMessage(Effort.LOW, "2026-11-23"),
        DeveloperMessage(INSTRUCTIONS),
        UserMessage("Hello"),
    )


@pytest.fixture(scope="session")
def judge(conversation: Sequence[HarmonyMessage]) -> Judge:
    """Run text through a fresh filter; `step` characters at a time, 0 for all at once."""

    def run(text: str, step: int = 0, about: Sequence[HarmonyMessage] = conversation) -> Judged:
        made = make_filter(about)
        pieces: list[ThoughtPiece] = []
        for start in range(0, len(text), step or max(1, len(text))):
            pieces.extend(made.feed(text[start : start + (step or len(text))]))
        pieces.extend(made.end_message())
        return Judged(tuple(pieces))

    return run

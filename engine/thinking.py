"""Says when a turn has thought enough: asked, in circles, over its budget, or out of room."""

from __future__ import annotations

from collections.abc import Callable
from typing import Final

from engine.events import ThinkingCut
from engine.harmony.messages import Effort, SystemMessage
from engine.loop_detector import LoopDetector
from engine.requests import AnswerRequest

BUDGET_TOKENS: Final = {Effort.LOW: 2_048, Effort.MEDIUM: 8_192, Effort.HIGH: 24_576}
"""Analysis in one turn by effort: several times what the effort usually takes (harmony.md 6.1),
so that only thoughts that got out of hand are cut."""

ANSWER_ROOM_TOKENS: Final = 2_048
"""Kept free of thoughts for the answer, or half of what there is where that is less."""


class ThinkingWatch:
    """Watches the analysis of one turn.  Engine thread only.

    Args:
        request: has the budget and the effort.
        is_hurried: whether the answer was asked for at once.
    """

    def __init__(self, request: AnswerRequest, is_hurried: Callable[[], bool]) -> None:
        self._budget_tokens = budget_tokens(request)
        self._is_hurried = is_hurried
        self._answer_room = ANSWER_ROOM_TOKENS
        self._loops = LoopDetector()
        self.tokens = 0

    def begin(self, room_tokens: int) -> None:
        """Sampling begins or goes on, with this many tokens to sample at most."""
        self._answer_room = min(ANSWER_ROOM_TOKENS, room_tokens // 2)
        self._loops = LoopDetector()

    def take(self, token: int) -> None:
        """One more token of analysis."""
        self.tokens += 1
        self._loops.take(token)

    def why_not_at_all(self) -> ThinkingCut:
        """Why the next message must be the answer, before it has a header."""
        if self._is_hurried():
            return ThinkingCut.ASKED
        return ThinkingCut.BUDGET if self.tokens >= self._budget_tokens else ThinkingCut.NONE

    def why_no_longer(self, room_tokens: int) -> ThinkingCut:
        """Why the thoughts should end here.

        Args:
            room_tokens: how many tokens may still be sampled.
        """
        if room_tokens <= self._answer_room:
            return ThinkingCut.LIMIT
        if self._loops.is_looping:
            return ThinkingCut.LOOP
        return self.why_not_at_all()


def budget_tokens(request: AnswerRequest) -> int:
    """Tokens of analysis a turn may take."""
    if request.thinking_budget_tokens is not None:
        return request.thinking_budget_tokens
    first = request.conversation[0] if request.conversation else None
    effort = first.effort if isinstance(first, SystemMessage) else Effort.MEDIUM
    return BUDGET_TOKENS[effort]

"""How an answer is to be written, apart from what it answers."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field

from engine.harmony.messages import Effort
from engine.requests import Sampling


@dataclass(frozen=True, slots=True)
class AnswerStyle:
    """How an answer is to be written.

    Attributes:
        sampling: how each token is chosen.
        thinking_budget_tokens: as in `engine.requests.AnswerRequest`.
        instructions: the user's own for all chats, or "".
        checks_thoughts: thoughts are judged by the policy before any of them is shown.
    """

    sampling: Sampling = field(default_factory=Sampling)
    thinking_budget_tokens: int | None = None
    instructions: str = ""
    checks_thoughts: bool = False


StyleOf = Callable[[Effort], AnswerStyle]
"""Asked anew for each answer, so that a changed setting holds from the next one on."""

"""How an answer is to be written, apart from what it answers."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field

from engine.harmony.messages import Effort
from engine.requests import Sampling


@dataclass(frozen=True, slots=True)
class SafeguardStyle:
    """What is checked against the user's policy.

    Attributes:
        checks_questions: what the user sends, before it is answered.
        checks_answers: answers, before they are shown.
        policy: text as in `app.safeguard.policy_text`; looked at only where something is checked.
    """

    checks_questions: bool = False
    checks_answers: bool = False
    policy: str = ""


@dataclass(frozen=True, slots=True)
class AnswerStyle:
    """How an answer is to be written.

    Attributes:
        sampling: how each token is chosen.
        thinking_budget_tokens: as in `engine.requests.AnswerRequest`.
        instructions: the user's own for all chats, or "".
        checks_thoughts: thoughts are judged by the policy before any of them is shown.
        safeguard: the same for every effort, as are the instructions.
        makes_titles: chats get titles from the model; the same for every effort.
    """

    sampling: Sampling = field(default_factory=Sampling)
    thinking_budget_tokens: int | None = None
    instructions: str = ""
    checks_thoughts: bool = False
    safeguard: SafeguardStyle = field(default_factory=SafeguardStyle)
    makes_titles: bool = False


StyleOf = Callable[[Effort], AnswerStyle]
"""Asked anew for each answer, so that a changed setting holds from the next one on."""

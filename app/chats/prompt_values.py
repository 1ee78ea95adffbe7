"""What the model would see next, and what of the chat it would not, as values."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from app.chats.values import Message, MessageRole
from engine.harmony.history import RESULT_CHARACTERS
from engine.harmony.messages import Channel
from engine.prompt_view import PromptMessage


@dataclass(frozen=True, slots=True)
class Dropped:
    """What was said in a chat and is not in later prompts.

    Attributes:
        thought_tokens: spent on thoughts of finished answers; none of them is read again.
        thinking_answers: answers that had thoughts.
        calls: calls of finished answers that the model made in its thoughts, with their results.
        shortened_results: results whose middle is left out.
        empty_answers: answers that were stopped or failed before they said anything.
    """

    thought_tokens: int = 0
    thinking_answers: int = 0
    calls: int = 0
    shortened_results: int = 0
    empty_answers: int = 0


@dataclass(frozen=True, slots=True)
class NextPrompt:
    """What the model would read before the user's next message in the open chat.

    Attributes:
        messages: in the order in which they are read.
        context_tokens: how many tokens the model can hold; 0 while no model is loaded.
        reused_tokens: tokens of all messages that need not be read again.
        opening_tokens: tokens behind the user's next message that open the answer.
        dropped: what is not read.
        problem: why nothing can be told, or "".
        fields: values for the placeholders of `problem`.
    """

    messages: tuple[PromptMessage, ...] = ()
    context_tokens: int = 0
    reused_tokens: int = 0
    opening_tokens: int = 0
    dropped: Dropped = field(default_factory=Dropped)
    problem: str = ""
    fields: Mapping[str, str] = field(default_factory=dict)

    @property
    def tokens(self) -> int:
        """Tokens that are read."""
        return sum(one.tokens for one in self.messages if not one.is_left_out)

    @property
    def left_out(self) -> tuple[PromptMessage, ...]:
        """Messages that the context has no room for."""
        return tuple(one for one in self.messages if one.is_left_out)


def dropped_of(branch: Sequence[Message]) -> Dropped:
    """What of a branch is not in the next prompt (the rule is `engine.harmony.history`'s)."""
    answers = [one for one in branch if one.role is MessageRole.ASSISTANT]
    finals = [at for at, one in enumerate(answers) if one.text]
    finished = answers[: finals[-1] + 1] if finals else []
    calls = [call for answer in finished for call in answer.calls if call.result]
    thoughts = [one.usage.thought_tokens for one in answers]
    return Dropped(
        thought_tokens=sum(thoughts),
        thinking_answers=sum(map(bool, thoughts)),
        calls=sum(call.channel == Channel.ANALYSIS for call in calls),
        shortened_results=sum(
            call.channel != Channel.ANALYSIS and len(call.result) > RESULT_CHARACTERS
            for call in calls
        ),
        empty_answers=sum(not one.text and not one.calls for one in answers),
    )

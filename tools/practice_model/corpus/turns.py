"""One user turn as harmony text: what is said, thought, called and answered."""

from __future__ import annotations

import random
import re
from dataclasses import dataclass
from typing import Final


@dataclass(frozen=True, slots=True)
class Segment:
    """A piece of harmony text that begins and ends at a special token.

    Attributes:
        text: with the special tokens spelled out.
        learned: the model learns to write it; otherwise it only reads it.
    """

    text: str
    learned: bool = False


def user(text: str) -> Segment:
    """A user message."""
    return Segment(f"<|start|>user<|message|>{text}<|end|>")


ASSISTANT: Final = Segment("<|start|>assistant")
"""The frame's part of an assistant message, which the prompt ends with."""

_NEXT_ASSISTANT: Final = Segment("<|start|>assistant", learned=True)


def _thought(text: str) -> Segment:
    return Segment(f"<|channel|>analysis<|message|>{text}<|end|>", learned=True)


def _preamble(text: str) -> Segment:
    return Segment(f"<|channel|>commentary<|message|>{text}<|end|>", learned=True)


def _answer(text: str) -> Segment:
    return Segment(f"<|channel|>final<|message|>{text}<|return|>", learned=True)


def _past_answer(text: str) -> Segment:
    return Segment(f"<|start|>assistant<|channel|>final<|message|>{text}<|end|>")


@dataclass(frozen=True, slots=True)
class Step:
    """A tool call and its result.

    Attributes:
        recipient: `python`, `browser.search` or `functions.name`.
        arguments: the body of the call.
        result: what the tool says.
        afterthought: the analysis that follows the result, or None.
        preamble: what the user is told before the call.
    """

    recipient: str
    arguments: str
    result: str
    afterthought: str | None = None
    preamble: str | None = None

    @property
    def is_function(self) -> bool:
        """A function goes on commentary, the built-in tools on analysis."""
        return self.recipient.startswith("functions.")

    def as_written(self) -> Segment:
        """The call as gpt-oss writes it: the recipient behind the channel."""
        if self.is_function:
            head = f"<|channel|>commentary to={self.recipient} <|constrain|>json"
        else:
            head = f"<|channel|>analysis to={self.recipient} code"
        return Segment(f"{head}<|message|>{self.arguments}<|call|>", learned=True)

    def as_remembered(self, dice: random.Random) -> Segment:
        """The call as a history renders it: the recipient behind the role."""
        if self.is_function:
            kind = " <|constrain|>json" if dice.random() < 0.5 else " json"
            head = f" to={self.recipient}<|channel|>commentary{kind}"
        else:
            head = f" to={self.recipient}<|channel|>analysis code"
        return Segment(f"{head}<|message|>{self.arguments}<|call|>")

    def answered(self, dice: random.Random) -> Segment:
        """The tool's message."""
        channel = "commentary" if self.is_function or dice.random() < 0.3 else "analysis"
        to = " to=assistant" if dice.random() < 0.6 else ""
        name = self.recipient
        if name.startswith("browser.") and dice.random() < 0.3:
            name = "browser"
        return Segment(f"<|start|>{name}{to}<|channel|>{channel}<|message|>{self.result}<|end|>")


@dataclass(frozen=True, slots=True)
class Turn:
    """One user turn.

    Attributes:
        asked: the user's message.
        thoughts: the analysis before anything else.
        answer: the final.
        steps: tool calls in between.
        raw: the whole output instead, for output that breaks the format on request.
    """

    asked: str
    thoughts: str
    answer: str
    steps: tuple[Step, ...] = ()
    raw: str | None = None

    def to_learn(self, dice: random.Random) -> list[Segment]:
        """The turn as the last of a sample; what the model writes is learned."""
        segments = [user(self.asked), ASSISTANT]
        if self.raw is not None:
            return [*segments, Segment(self.raw, learned=True)]
        segments += [_thought(self.thoughts), _NEXT_ASSISTANT]
        ends_at_call = bool(self.steps) and dice.random() < 0.15
        last = dice.randrange(len(self.steps)) if ends_at_call else len(self.steps)
        for index, step in enumerate(self.steps):
            if step.preamble:
                segments += [_preamble(step.preamble), _NEXT_ASSISTANT]
            is_raw = index >= last or dice.random() < 0.75
            if is_raw:
                segments.append(step.as_written())
            else:
                segments[-1] = ASSISTANT
                segments.append(step.as_remembered(dice))
            if index >= last:
                return segments
            segments += [step.answered(dice), ASSISTANT]
            if step.afterthought:
                segments += [_thought(step.afterthought), _NEXT_ASSISTANT]
        return [*segments, _answer(self.answer)]

    def to_remember(self, dice: random.Random) -> list[Segment]:
        """The turn as history: no analysis, and of calls on analysis mostly nothing."""
        segments = [user(self.asked)]
        if self.raw is not None:
            return [*segments, _past_answer("OK.")]
        for step in self.steps:
            kept = dice.random()
            if step.is_function or kept < 0.26:
                segments += [ASSISTANT, step.as_remembered(dice), step.answered(dice)]
            elif kept < 0.38:
                segments.append(step.answered(dice))
        return [*segments, _past_answer(self.answer)]


def until_decided(segments: list[Segment]) -> list[Segment]:
    """The start of a turn to learn, up to its first call or its answer."""
    for index, segment in enumerate(segments):
        if segment.learned and re.search(r"<\|(call|return)\|>$", segment.text):
            return segments[: index + 1]
    return segments

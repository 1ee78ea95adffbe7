"""One turn over a model whose every token is written down beforehand."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

from engine.analysis_filter import AnalysisFilterFactory, ThoughtPiece
from engine.equipment import Equipment
from engine.events import Phase, PhaseChanged, TextAdded, ThoughtAdded, ToolCalled, TurnEvent
from engine.generation import Turn
from engine.harmony.messages import (
    AssistantMessage,
    Channel,
    DeveloperMessage,
    Effort,
    FunctionTool,
    HarmonyMessage,
    SystemMessage,
    UserMessage,
)
from engine.harmony.tokens import CALL, CHANNEL, CONSTRAIN, END, MESSAGE, RETURN, START
from engine.harmony.vocabulary import Vocabulary
from engine.harmony.writer import HarmonyWriter
from engine.llama.restriction import TokenGuard
from engine.llama.sync import PromptCache
from engine.requests import AnswerRequest, Sampling, TurnId
from tests.engine.conftest import GREEDY, ScriptedMemory, open_filter

MARKERS = {
    "<|start|>": START,
    "<|end|>": END,
    "<|message|>": MESSAGE,
    "<|channel|>": CHANNEL,
    "<|constrain|>": CONSTRAIN,
    "<|call|>": CALL,
    "<|return|>": RETURN,
}
TURN = TurnId(1)
CONVERSATION = (
    SystemMessage(Effort.LOW, "2026-01-02", python=True),
    DeveloperMessage("Be kind.", (FunctionTool("get_weather", "Weather."),)),
    UserMessage("Hello"),
)
CALL_WEATHER = (
    "<|channel|>commentary to=functions.get_weather <|constrain|>json<|message|>"
    '{"place":"Busan"}<|call|>'
)


@dataclass
class Stage:
    """One turn over a scripted model."""

    vocabulary: Vocabulary
    writer: HarmonyWriter
    memory: ScriptedMemory
    events: list[TurnEvent] = field(default_factory=list)
    is_stopped: bool = False
    is_hurried: bool = False

    def __post_init__(self) -> None:
        self.cache = PromptCache(self.memory)

    def ids(self, markup: str) -> list[int]:
        parts = re.split(r"(<\|\w+\|>)", markup)
        return [
            token
            for part in parts
            for token in ([MARKERS[part]] if part in MARKERS else self.vocabulary.encode(part))
        ]

    def turn(
        self,
        markup: str,
        *,
        conversation: Sequence[HarmonyMessage] = CONVERSATION,
        context_tokens: int = 4000,
        max_reply_tokens: int = 0,
        make_filter: AnalysisFilterFactory = open_filter,
        answer_guard: TokenGuard | None = None,
        has_header_guard: bool = True,
        thinking_budget_tokens: int | None = None,
        sampling: Sampling = GREEDY,
        begun: str = "",
    ) -> Turn:
        self.memory.script = self.ids(markup)
        return Turn(
            AnswerRequest(
                TURN,
                tuple(conversation),
                sampling,
                max_reply_tokens,
                thinking_budget_tokens,
                has_header_guard,
                begun=begun,
            ),
            Equipment(
                writer=self.writer,
                vocabulary=self.vocabulary,
                cache=self.cache,
                context_tokens=context_tokens,
                make_filter=make_filter,
                make_answer_guard=lambda _request: answer_guard,
            ),
            emit=self.events.append,
            should_stop=lambda: self.is_stopped,
            is_hurried=lambda: self.is_hurried,
        )

    def turn_of(self, script: Sequence[int], **wishes: Any) -> Turn:
        """A turn whose tokens no text spells."""
        turn = self.turn("", **wishes)
        self.memory.script = list(script)
        return turn

    @staticmethod
    def final(text: str) -> AssistantMessage:
        return AssistantMessage(Channel.FINAL, text)

    @property
    def text(self) -> str:
        return "".join(event.text for event in self.events if isinstance(event, TextAdded))

    @property
    def thoughts(self) -> list[ThoughtPiece]:
        return [event.piece for event in self.events if isinstance(event, ThoughtAdded)]

    @property
    def phases(self) -> list[Phase]:
        return [event.phase for event in self.events if isinstance(event, PhaseChanged)]

    @property
    def calls(self) -> list[ToolCalled]:
        return [event for event in self.events if isinstance(event, ToolCalled)]

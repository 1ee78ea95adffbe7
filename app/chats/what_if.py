"""What answering a question once more would cost, at each effort."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from itertools import count

from app.chats.values import Chat, Message
from app.conversation import chat_key
from app.turn import AnswerEngine
from engine.events import Forecast
from engine.harmony.messages import Effort, HarmonyMessage
from engine.requests import ForecastRequest


@dataclass(frozen=True, slots=True)
class AnswerCost:
    """What has to be read before an answer begins.

    Attributes:
        read_tokens: tokens that are not in the model's memory.
        seconds: about how long reading them takes; None while nothing was measured.
    """

    read_tokens: int
    seconds: float | None


class WhatIf:
    """Asks the engine; the newest question counts.  Confined to the service's thread.

    Args:
        engine: knows what it has read; never blocks.
        conversation: what the model would read of a branch at an effort.
    """

    def __init__(
        self,
        engine: AnswerEngine,
        conversation: Callable[[Chat, Sequence[Message], Effort], tuple[HarmonyMessage, ...]],
    ) -> None:
        self._engine = engine
        self._conversation = conversation
        self._numbers = count(-1, -1)  # those of `app.chats.foresight` are positive
        self._asked: dict[int, Effort] = {}
        self._told: dict[Effort, AnswerCost] = {}
        self._on_foreseen: Callable[[Mapping[Effort, AnswerCost]], None] = lambda _: None

    def ask(
        self,
        chat: Chat,
        branch: Sequence[Message],
        on_foreseen: Callable[[Mapping[Effort, AnswerCost]], None],
    ) -> None:
        """Have `on_foreseen` called with what an answer costs, by effort.

        It is not called without a model, or where another question follows; while an answer is
        being written, it is called after that.

        Args:
            chat: whose branch.
            branch: from the first message to the question.
            on_foreseen: called at most once.
        """
        self._asked = {next(self._numbers): effort for effort in Effort}
        self._told, self._on_foreseen = {}, on_foreseen
        for number, effort in self._asked.items():
            conversation = self._conversation(chat, branch, effort)
            self._engine.forecast(ForecastRequest(number, chat_key(chat.id), conversation))

    def handle(self, event: Forecast) -> None:
        """Take an answer of the engine; one to another question is ignored."""
        effort = self._asked.pop(event.number, None)
        if effort is None:
            return
        self._told[effort] = AnswerCost(event.read_tokens, event.seconds)
        if not self._asked:
            self._on_foreseen(dict(self._told))

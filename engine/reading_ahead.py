"""What is read while nothing is asked, and what an answer would cost.  Engine thread only."""

from __future__ import annotations

import logging
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Final, Protocol

from engine.context_fit import ContextFit, Drafted, Fitted
from engine.errors import EngineError
from engine.events import Forecast
from engine.harmony.messages import HarmonyMessage, UserMessage
from engine.harmony.writer import HarmonyWriter
from engine.llama.sync import PromptCache
from engine.prompt_marks import checkpoint_marks
from engine.requests import ForecastRequest, PrepareRequest

_LOGGER: Final = logging.getLogger(__name__)


class EndedTurn(Protocol):
    """A turn that is over (`engine.generation.Turn`)."""

    chat: str

    def history_ids(self) -> list[int]:
        """What the next turn's prompt will most likely begin with."""
        ...


@dataclass(frozen=True, slots=True)
class _Target:
    """Ids that the next prompt of a chat will probably begin with."""

    chat: str
    ids: list[int]


class ReadingAhead:
    """Brings the KV cache to the beginning of the next prompt before it is asked for.

    An interrupted reading goes on at the next occasion, unless another one took its place.

    Args:
        writer: renders prompts.
        cache: the KV cache.
        context_tokens: its positions.

    Attributes:
        context_tokens: the same.
    """

    def __init__(self, writer: HarmonyWriter, cache: PromptCache, context_tokens: int) -> None:
        self._writer = writer
        self._cache = cache
        self._fit = ContextFit(writer, context_tokens)
        self.context_tokens = context_tokens
        self._ended: EndedTurn | None = None  # the cache still ends in its thoughts
        self._target: _Target | None = None

    def follow(self, turn: EndedTurn) -> None:
        """A turn ended: read its answer in the form in which later prompts hold it."""
        self._ended = turn

    def prepare(self, request: PrepareRequest) -> None:
        """Somebody will probably go on with a conversation: read that instead."""
        self._ended = None
        fitted = self._fit.history(request.conversation)
        self._target = _Target(request.chat, self._writer.render(fitted.conversation))

    def drop_wishes(self) -> None:
        """A turn waits for a tool, mostly not for long: older wishes must not cost it its place."""
        self._ended = self._target = None

    def read(self, should_stop: Callable[[], bool]) -> None:
        """Read what there is to read until `should_stop`."""
        try:
            target = self._next()
            if target is None or should_stop():
                return
            self._cache.turn_to(target.chat, target.ids)
            result = self._cache.sync(
                target.ids,
                marks=checkpoint_marks(target.ids),
                should_stop=should_stop,
                wants_logits=False,
            )
            if result.is_complete:
                self._target = None
        except Exception as error:  # noqa: BLE001 - only a head start is lost
            self._give_up(error)

    def foresee(self, request: ForecastRequest) -> Forecast | None:
        """What going on with a conversation would cost; None where it cannot be answered."""
        try:
            fitted, ids = self._rendered(request.conversation)
        except EngineError:
            return None  # the turn itself would say why
        reused = self.reusable(ids)
        read = len(ids) - reused
        seconds = self._cache.speed.seconds_for(read)
        return Forecast(request.number, reused, read, seconds, fitted.left_out_messages)

    def history(self, conversation: Sequence[HarmonyMessage]) -> Fitted:
        """What of a conversation the next prompt will begin with."""
        return self._fit.history(conversation)

    def with_draft(self, conversation: Sequence[HarmonyMessage], draft_tokens: int) -> Drafted:
        """What of a conversation would be read if a message of so many tokens were sent now."""
        return self._fit.with_draft(conversation, draft_tokens)

    def forget(self, chat: str) -> None:
        """Drop everything of a chat."""
        target = self._safe_next()
        if target is not None and target.chat == chat:
            self._target = None
        self._cache.forget(chat)

    def _rendered(self, conversation: Sequence[HarmonyMessage]) -> tuple[Fitted, list[int]]:
        if conversation and isinstance(conversation[-1], UserMessage):
            fitted = self._fit.prompt(conversation)
            return fitted, self._writer.prompt(fitted.conversation)
        fitted = self._fit.history(conversation)
        return fitted, self._writer.render(fitted.conversation)

    def reusable(self, ids: list[int]) -> int:
        """Tokens that need not be read, those that are just being read ahead included."""
        target = self._safe_next()
        if target is not None and ids[: len(target.ids)] == target.ids:
            return len(target.ids)
        return self._cache.foresee(ids)

    def _next(self) -> _Target | None:
        turn, self._ended = self._ended, None
        if turn is not None:
            self._target = _Target(turn.chat, turn.history_ids())
        return self._target

    def _safe_next(self) -> _Target | None:
        try:
            return self._next()
        except Exception as error:  # noqa: BLE001 - only a head start is lost
            self._give_up(error)
            return None

    def _give_up(self, error: Exception) -> None:
        _LOGGER.warning("reading ahead failed: %s", type(error).__name__)
        self._target = None
        self._cache.reset()

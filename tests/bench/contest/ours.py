"""Sotto's engine, through the same door as the app: requests in, events out."""

from __future__ import annotations

import queue
import sys
import threading
import time
from collections.abc import Sequence
from pathlib import Path

from engine.analysis_filter import ThoughtPiece
from engine.events import (
    EngineEvent,
    Failed,
    Finished,
    ModelLoaded,
    ModelLoadFailed,
    PreambleAdded,
    PromptRead,
    StopReason,
    TextAdded,
    ThoughtAdded,
)
from engine.harmony.messages import AssistantMessage, Channel, HarmonyMessage, UserMessage
from engine.requests import AnswerRequest, LoadRequest, Sampling, TurnId
from engine.worker import Engine
from tests.bench.contest.rules import (
    SAMPLINGS,
    Reply,
    Rules,
    TurnCost,
    peak_memory_bytes,
    serve,
)
from tests.bench.contest.script import SPEED, TALK_BEGINNING, Scribe, stopped_in_prefill

SECONDS_TO_WAIT = 600.0
_WORDS = (ThoughtAdded, TextAdded, PreambleAdded)


class OpenFilter:
    """Lets everything through at no cost: the engine alone is measured."""

    def feed(self, text: str) -> Sequence[ThoughtPiece]:
        """One piece for each call."""
        return (ThoughtPiece(text),)

    def end_message(self) -> Sequence[ThoughtPiece]:
        """Nothing is held back."""
        return ()


class Ours:
    """The engine with its thread; events are taken on another one, as the app does."""

    def __init__(self, rules: Rules) -> None:
        self._scribe = Scribe()
        self._events: queue.SimpleQueue[EngineEvent] = queue.SimpleQueue()
        self._turn = 0
        self._talk: list[HarmonyMessage] = [TALK_BEGINNING]
        self._engine = Engine(
            lambda: self._scribe.vocabulary, lambda _conversation: OpenFilter(), self._events.put
        )
        self._engine.start()
        request = LoadRequest(
            Path(rules.model),
            rules.context_tokens,
            rules.ubatch_tokens,
            rules.gpu_layers,
            rules.cpu_expert_layers,
            threads=rules.threads,
            draws_on_device=rules.draws_on_device,
        )
        self._engine.load(request)
        loaded = self._wait(ModelLoaded, ModelLoadFailed)
        if not isinstance(loaded, ModelLoaded):
            raise RuntimeError(repr(loaded))

    def generate(self, tokens: int, sampling: str) -> Reply:
        """See `rules.Contestant`; the time is taken where events arrive, as a window would.

        It answers without thoughts, so that all tokens it counts are the answer's.  Before the
        first of them it evaluates the answer's header, which nobody counts: as with the others
        that tell of each token, the clock runs from the first token to the last.
        """
        began = time.perf_counter()
        self._ask(SPEED, SAMPLINGS[sampling], tokens, thinking_budget_tokens=0)
        self._wait(*_WORDS)
        first = time.perf_counter()
        end = self._wait(Finished, Failed)
        final = time.perf_counter()
        self._engine.wait_until_idle(SECONDS_TO_WAIT)
        if not isinstance(end, Finished) or end.reason is not StopReason.TOKEN_LIMIT:
            raise RuntimeError(f"not a reply of {tokens} tokens: {end}")
        count = end.usage.reply_tokens
        return Reply(count, final - first, count - 1, final - began)

    def turn(self, text: str, most_tokens: int) -> TurnCost:
        """See `rules.Contestant`; the user then reads, so the engine may read ahead."""
        message = UserMessage(text)
        self._talk.append(message)
        began = time.perf_counter()
        self._ask(self._talk, SAMPLINGS["greedy"], most_tokens)
        event = self._wait(*_WORDS, Finished, Failed)
        first = time.perf_counter() - began
        said = ""
        while not isinstance(event, Finished | Failed):
            said += event.text if isinstance(event, TextAdded) else ""
            event = self._next()
        self._talk.append(AssistantMessage(Channel.FINAL, said))
        self._engine.wait_until_idle(SECONDS_TO_WAIT)
        usage = event.usage
        return TurnCost(
            first,
            usage.read_tokens,
            usage.reused_tokens,
            usage.reply_tokens,
            self._scribe.new_tokens(message),
        )

    def stop(self, phase: str, number: int) -> float:
        """See `rules.Contestant`."""
        if phase == "decode":
            self._ask(SPEED, SAMPLINGS["default"], 0)
            self._wait(*_WORDS)
        else:
            self._ask(stopped_in_prefill(number), SAMPLINGS["default"], 0)
            self._wait(PromptRead)
        threading.Event().wait(0.03)  # somewhere in the middle
        pressed = time.perf_counter()
        self._engine.stop(TurnId(self._turn))
        self._wait(Finished, Failed)
        milliseconds = (time.perf_counter() - pressed) * 1000
        self._engine.wait_until_idle(SECONDS_TO_WAIT)
        return milliseconds

    def peak_memory_bytes(self) -> int:
        """See `rules.Contestant`."""
        return peak_memory_bytes()

    def close(self) -> None:
        """End the engine's thread."""
        self._engine.close()

    def _ask(
        self,
        talk: Sequence[HarmonyMessage],
        sampling: Sampling,
        tokens: int,
        thinking_budget_tokens: int | None = None,
    ) -> None:
        self._turn += 1
        self._engine.answer(
            AnswerRequest(
                TurnId(self._turn),
                tuple(talk),
                sampling,
                tokens,
                thinking_budget_tokens=thinking_budget_tokens,
            )
        )

    def _next(self) -> EngineEvent:
        return self._events.get(timeout=SECONDS_TO_WAIT)

    def _wait(self, *kinds: type) -> EngineEvent:
        while not isinstance(event := self._next(), kinds):
            pass
        return event


if __name__ == "__main__":
    sys.exit(serve(Ours))

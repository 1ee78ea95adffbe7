"""What a soak does with the engine directly: branches, efforts, tools, Stop, loads."""

from __future__ import annotations

import hashlib
import queue
import random
import threading
import time
from collections.abc import Sequence
from dataclasses import replace
from itertools import count

from engine.events import (
    EngineEvent,
    Failed,
    Finished,
    ModelLoaded,
    ModelLoadFailed,
    ModelLoading,
    PromptRead,
    StopReason,
    TextAdded,
    ThoughtAdded,
    ToolCalled,
)
from engine.harmony.messages import (
    AssistantMessage,
    Channel,
    Effort,
    HarmonyMessage,
    SystemMessage,
    ToolMessage,
    UserMessage,
)
from engine.requests import AnswerRequest, LoadRequest, Sampling, TurnId
from engine.worker import Engine

SECONDS_TO_WAIT = 300.0
FIRST_TURN = 1_000_000
"""Turns from here on are the walk's; smaller numbers are the chat service's."""

_DATE = "2026-01-02"
_DENIED = "The user denied permission to run this tool."
_QUESTIONS = (
    "Hello!",
    "What is 12 * 7?",
    "Please write a long answer about the sea.",
    "What colour is the sea?",
    "바다는 무슨 색이에요?",
)
_KINDS = ("turns", "stops", "tool refusals", "branches", "loads", "failures")
PROBE = (SystemMessage(Effort.MEDIUM, _DATE), UserMessage("Please tell me about the sea."))
"""Asked again and again with the same seed."""


class EngineWalk:
    """Talks with an engine as impatient users do.

    Args:
        engine: started.
        request: the model to load.
        events: everything the engine tells of the walk's own turns and of loads.
        chance: decides what happens.
    """

    def __init__(
        self,
        engine: Engine,
        request: LoadRequest,
        events: queue.SimpleQueue[EngineEvent],
        chance: random.Random,
    ) -> None:
        self._engine = engine
        self._load = request
        self._events = events
        self._chance = chance
        self._turn_ids = count(FIRST_TURN)
        self._talk: list[HarmonyMessage] = []
        self.done = dict.fromkeys(
            ("turns", "stops", "tool refusals", "branches", "loads", "failures"), 0
        )

    def wait_until_loaded(self) -> None:
        """Wait for a load that somebody asked for.

        Raises:
            RuntimeError: it failed.
        """
        told = self._wait(ModelLoaded, ModelLoadFailed)
        if not isinstance(told, ModelLoaded):
            raise RuntimeError(f"the model was not loaded: {told}")

    def reload(self) -> None:
        """Give the model back and load it again; every other time a load is given up first."""
        self._engine.unload()
        if self.done["loads"] % 2:
            self._engine.load(self._load)
            self._wait(ModelLoading)
            self._engine.cancel_load()
            self._wait(ModelLoaded, ModelLoadFailed)
        self._engine.load(self._load)
        self.wait_until_loaded()
        self.done["loads"] += 1

    def converse(self, turns: int = 3) -> None:
        """A conversation with turns that end, are stopped, asked again and asked otherwise."""
        self._talk = [SystemMessage(self._chance.choice(tuple(Effort)), _DATE)]
        for _ in range(turns):
            self._ask(self._chance.choice(_QUESTIONS), self._chance.random() < 0.3)
        self._branch()
        self._other_effort()
        self._refuse_a_tool()
        self._stop_while_reading()

    def probe(self) -> tuple[str, float]:
        """Digest of the answer to the same question with the same seed; seconds to its first word.

        With a model that was just loaded, so that nothing is in the cache.
        """
        self._engine.wait_until_idle(SECONDS_TO_WAIT)
        turn_id = self._answer(PROBE, Sampling(seed=11), 120)
        began = time.perf_counter()
        event = self._wait(ThoughtAdded, TextAdded, Finished, Failed)
        latency = time.perf_counter() - began
        text = ""
        while not isinstance(event, Finished | Failed):
            text += event.piece.text if isinstance(event, ThoughtAdded) else ""
            text += event.text if isinstance(event, TextAdded) else ""
            event = self._next()
        if not isinstance(event, Finished) or event.turn_id != turn_id:
            raise RuntimeError(f"the probe failed: {event}")
        self._engine.wait_until_idle(SECONDS_TO_WAIT)
        text += f" ({event.usage.reply_tokens} tokens)"
        return hashlib.sha256(text.encode()).hexdigest()[:16], latency

    def _ask(self, text: str, is_stopped: bool = False) -> None:
        self._talk.append(UserMessage(text))
        said = self._finish(self._answer(self._talk, Sampling(), 400), is_stopped)
        self._talk.append(AssistantMessage(Channel.FINAL, said or "Yes."))
        if self._chance.random() < 0.5:
            self._engine.wait_until_idle(SECONDS_TO_WAIT)

    def _branch(self) -> None:
        """Edit the first question, then ask the last one again."""
        edited = [self._talk[0], UserMessage(self._chance.choice(_QUESTIONS))]
        self._finish(self._answer(edited, Sampling(), 200))
        self._finish(self._answer(self._talk[:-1], Sampling(), 200))
        self.done["branches"] += 2

    def _other_effort(self) -> None:
        system = self._talk[0]
        assert isinstance(system, SystemMessage)
        talk = [replace(system, effort=self._chance.choice(tuple(Effort))), *self._talk[1:-1]]
        self._finish(self._answer(talk, Sampling(), 200))
        self.done["branches"] += 1

    def _refuse_a_tool(self) -> None:
        talk = (SystemMessage(Effort.LOW, _DATE, python=True), UserMessage("What is 12 * 7?"))
        turn_id = self._answer(talk, Sampling(temperature=0.0), 400)
        event = self._wait(ToolCalled, Finished, Failed)
        if isinstance(event, ToolCalled):
            result = ToolMessage(event.recipient, event.channel, _DENIED)
            self._engine.continue_turn(turn_id, result)
            self.done["tool refusals"] += 1
            self._finish(turn_id)

    def _stop_while_reading(self) -> None:
        long = UserMessage(f"{self._chance.random()} " + "Please tell me about the sea. " * 200)
        turn_id = self._answer((self._talk[0], long), Sampling(), 0)
        self._wait(PromptRead, Finished, Failed)
        self._engine.stop(turn_id)
        self.done["stops"] += 1
        self._finish(turn_id)

    def _answer(
        self, talk: Sequence[HarmonyMessage], sampling: Sampling, most_tokens: int
    ) -> TurnId:
        turn_id = TurnId(next(self._turn_ids))
        self._engine.answer(AnswerRequest(turn_id, tuple(talk), sampling, most_tokens))
        self.done["turns"] += 1
        return turn_id

    def _finish(self, turn_id: TurnId, is_stopped: bool = False) -> str:
        """Read a turn to its end; a call that comes unasked for is stopped."""
        said = ""
        while True:
            event = self._next()
            if isinstance(event, Finished | Failed) and event.turn_id == turn_id:
                self._count(event)
                return said
            if isinstance(event, TextAdded):
                said += event.text
            if isinstance(event, ToolCalled) or (is_stopped and isinstance(event, ThoughtAdded)):
                is_stopped = False
                self.done["stops"] += 1
                threading.Event().wait(self._chance.random() * 0.02)
                self._engine.stop(turn_id)

    def _count(self, end: Finished | Failed) -> None:
        if isinstance(end, Failed):
            self.done["failures"] += 1
        elif end.reason is StopReason.END_OF_TURN and not end.usage.reply_tokens:
            raise RuntimeError("a turn ended without a token")

    def _next(self) -> EngineEvent:
        return self._events.get(timeout=SECONDS_TO_WAIT)

    def _wait(self, *kinds: type) -> EngineEvent:
        while not isinstance(event := self._next(), kinds):
            pass
        return event

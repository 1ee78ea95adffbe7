"""Figures of the engine: speed of its loop, cost of the next turn, Stop, checkpoints, loading.

Ratios compare two things within one run, in turns, since machines are noisy.
"""

from __future__ import annotations

import queue
import statistics
import threading
import time
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from engine.analysis_filter import ThoughtPiece
from engine.equipment import Equipment
from engine.events import (
    EngineEvent,
    Failed,
    Finished,
    ModelLoaded,
    ModelLoadFailed,
    PromptRead,
    TextAdded,
    ThoughtAdded,
)
from engine.generation import Turn
from engine.gguf import read_facts
from engine.harmony.messages import (
    AssistantMessage,
    Channel,
    Effort,
    HarmonyMessage,
    SystemMessage,
    UserMessage,
)
from engine.harmony.reader import HarmonyReader
from engine.harmony.vocabulary import Vocabulary
from engine.harmony.writer import HarmonyWriter
from engine.inbox import Inbox
from engine.llama.abort_flag import AbortFlag
from engine.llama.binding import ContextShape
from engine.llama.context import Context
from engine.llama.devices import physical_cores
from engine.llama.log import LlamaLog
from engine.llama.model import Model
from engine.llama.sampler import Sampler
from engine.llama.sync import PromptCache
from engine.memory_plan.planner import planned_threads
from engine.memory_plan.values import PlanChoices
from engine.requests import AnswerRequest, LoadRequest, Sampling, TurnId
from engine.worker import Engine

VOCABULARY = Path(__file__).parents[2] / "resources" / "vocabulary" / "o200k_base.tiktoken"
SECONDS_TO_WAIT = 120.0
CONTEXT_TOKENS = 4096
PROMPT = "Please tell me about the sea. "


class OpenFilter:
    """Lets everything through at no cost: the engine alone is measured."""

    def feed(self, text: str) -> Sequence[ThoughtPiece]:
        """One piece for each call."""
        return (ThoughtPiece(text),)

    def end_message(self) -> Sequence[ThoughtPiece]:
        """Nothing is held back."""
        return ()


def run(model: Path) -> dict[str, Any]:
    """Every figure of the engine on one model file."""
    vocabulary = Vocabulary.from_file(VOCABULARY)
    bench = EngineBench(vocabulary, model)
    try:
        return {
            "threads": planned_threads(read_facts(model), physical_cores(), PlanChoices()),
            "load": bench.load(),
            "loop": loop_against_raw_decode(vocabulary, model),
            "next_turn": bench.next_turn(),
            "stop": bench.stop(),
            "checkpoint": checkpoint(model),
            "reader": reader(vocabulary),
            "sampler": sampler(model),
        }
    finally:
        bench.engine.close()


class EngineBench:
    """An engine and the events it sends."""

    def __init__(self, vocabulary: Vocabulary, model: Path) -> None:
        self._model = model
        self._writer = HarmonyWriter(vocabulary)
        self._events: queue.SimpleQueue[EngineEvent] = queue.SimpleQueue()
        self._turn = 0
        self.engine = Engine(lambda: vocabulary, lambda _conversation: OpenFilter(), self._put)
        self.engine.start()

    def _put(self, event: EngineEvent) -> None:
        self._events.put(event)

    def _next(self) -> EngineEvent:
        return self._events.get(timeout=SECONDS_TO_WAIT)

    def _wait(self, *kinds: type) -> EngineEvent:
        while not isinstance(event := self._next(), kinds):
            pass
        return event

    def load(self) -> dict[str, Any]:
        """Seconds of a load, by the wall clock and as the engine tells it; header alone as well."""
        began = time.perf_counter()
        read_facts(self._model)
        header_seconds = time.perf_counter() - began
        self.engine.load(LoadRequest(self._model, CONTEXT_TOKENS))
        loaded = self._wait(ModelLoaded, ModelLoadFailed)
        if not isinstance(loaded, ModelLoaded):
            raise RuntimeError(repr(loaded))
        return {"seconds": loaded.seconds, "header_seconds": header_seconds}

    def _request(self, conversation: Sequence[HarmonyMessage], tokens: int) -> AnswerRequest:
        self._turn += 1
        return AnswerRequest(TurnId(self._turn), tuple(conversation), Sampling(seed=1), tokens)

    def next_turn(self) -> dict[str, Any]:
        """Tokens evaluated for a second message, against those of the message and its frame."""
        conversation: list[HarmonyMessage] = [
            SystemMessage(Effort.MEDIUM, "2026-01-02"),
            UserMessage(PROMPT * 100),
        ]
        self.engine.answer(self._request(conversation, 0))
        text = ""
        while not isinstance(event := self._next(), Finished | Failed):
            text += event.text if isinstance(event, TextAdded) else ""
        self.engine.wait_until_idle(SECONDS_TO_WAIT)
        question = UserMessage("What did you just say?")
        conversation += [AssistantMessage(Channel.FINAL, text), question]
        began = time.perf_counter()
        self.engine.answer(self._request(conversation, 0))
        self._wait(ThoughtAdded, TextAdded, Finished, Failed)
        first_seconds = time.perf_counter() - began
        while not isinstance(event, Finished | Failed) or event.turn_id != self._turn:
            event = self._next()
        frame = len(self._writer.next_assistant())
        return {
            "tokens_read": event.usage.read_tokens,
            "tokens_reused": event.usage.reused_tokens,
            "tokens_of_the_message_and_frame": len(self._writer.message_ids(question)) + frame,
            "seconds_to_first_token": first_seconds,
        }

    def stop(self) -> dict[str, Any]:
        """Milliseconds from the press to the end of the turn, in decode and in prefill."""
        system = SystemMessage(Effort.HIGH, "2026-01-02")
        decode, prefill = [], []
        for number in range(12):
            short = (system, UserMessage(f"{number} Write a long answer."))
            decode.append(self._stop_after(short, ThoughtAdded, pause=0.02))
            long = (system, UserMessage(f"{number} " + PROMPT * 500))
            prefill.append(self._stop_after(long, PromptRead, pause=0.03))
        return {
            "decode_median_ms": statistics.median(decode),
            "decode_worst_ms": max(decode),
            "prefill_median_ms": statistics.median(prefill),
            "prefill_worst_ms": max(prefill),
        }

    def _stop_after(
        self, conversation: Sequence[HarmonyMessage], moment: type, pause: float
    ) -> float:
        request = self._request(conversation, 0)
        self.engine.answer(request)
        self._wait(moment)
        threading.Event().wait(pause)  # somewhere in the middle of a decode
        pressed = time.perf_counter()
        self.engine.stop(request.turn_id)
        self._wait(Finished, Failed)
        return (time.perf_counter() - pressed) * 1000


def _context(model: Path, log: LlamaLog) -> tuple[Model, Context]:
    facts = read_facts(model)
    weights = Model.load(
        facts,
        gpu_layers=-1,
        on_progress=lambda _fraction: None,
        should_stop=lambda: False,
        log=log,
    )
    threads = planned_threads(facts, physical_cores(), PlanChoices())
    shape = ContextShape(CONTEXT_TOKENS, 512, threads)
    return weights, Context(weights, shape, AbortFlag(), log)


def loop_against_raw_decode(
    vocabulary: Vocabulary, model: Path, tokens: int = 120, rounds: int = 15
) -> dict[str, Any]:
    """Tokens/s through the whole engine loop, and of decode and sampler alone, in turns."""
    weights, context = _context(model, LlamaLog())
    cache = PromptCache(context)
    writer = HarmonyWriter(vocabulary)
    conversation = (SystemMessage(Effort.HIGH, "2026-01-02"), UserMessage(PROMPT))
    sampling = Sampling(temperature=1.0, seed=3)
    inbox = Inbox(AbortFlag())
    events: queue.SimpleQueue[object] = queue.SimpleQueue()

    def whole() -> float:
        turn = Turn(
            AnswerRequest(TurnId(1), conversation, sampling, tokens),
            Equipment(
                writer=writer,
                vocabulary=vocabulary,
                cache=cache,
                context_tokens=context.size_tokens,
                make_filter=lambda _conversation: OpenFilter(),
            ),
            emit=events.put,
            should_stop=inbox.is_stopped,
        )
        turn.run()
        return turn.usage.tokens_per_second

    def raw() -> float:
        prompt = writer.prompt(conversation)
        cache.sync(prompt)
        choose = Sampler(sampling).choose
        position = len(prompt)
        logits = cache.logits()
        began = time.perf_counter()
        for count in range(tokens):
            context.decode((choose(logits),), position + count, wants_logits=True)
            logits = context.logits()
        seconds = time.perf_counter() - began
        cache.reset()
        return tokens / seconds

    try:
        whole(), raw()
        pairs = []
        for number in range(rounds):  # in either order, so that a drift does not count
            first, second = (whole, raw) if number % 2 else (raw, whole)
            speeds = (first(), second())
            pairs.append(speeds if number % 2 else speeds[::-1])
    finally:
        context.close()
        weights.close()
    return {
        "engine_tokens_per_second": statistics.median(pair[0] for pair in pairs),
        "raw_tokens_per_second": statistics.median(pair[1] for pair in pairs),
        "engine_over_raw": statistics.median(pair[0] / pair[1] for pair in pairs),
    }


def checkpoint(model: Path, rounds: int = 50) -> dict[str, Any]:
    """Milliseconds to save and to restore the sliding-window layers, and their size."""
    weights, context = _context(model, LlamaLog())
    try:
        context.decode(list(range(1000, 1512)), 0, wants_logits=False)
        save, restore = [], []
        for _ in range(rounds):
            began = time.perf_counter()
            data = context.save_window()
            saved = time.perf_counter()
            context.restore(data)
            restore.append((time.perf_counter() - saved) * 1000)
            save.append((saved - began) * 1000)
    finally:
        context.close()
        weights.close()
    return {
        "save_median_ms": statistics.median(save),
        "restore_median_ms": statistics.median(restore),
        "bytes": data.size_bytes,
    }


def reader(vocabulary: Vocabulary, tokens: int = 20_000) -> dict[str, Any]:
    """Microseconds the harmony reader takes for a token."""
    ids = vocabulary.encode("The sea is wide, and 바다는 넓어요. ") * (tokens // 12)
    writer = HarmonyWriter(vocabulary)
    subject = HarmonyReader(vocabulary)
    for token in writer.final_header():
        subject.feed(token)
    began = time.perf_counter()
    for token in ids:
        subject.feed(token)
    return {"microseconds_per_token": (time.perf_counter() - began) / len(ids) * 1e6}


def sampler(model: Path, rounds: int = 300) -> dict[str, Any]:
    """Milliseconds to choose a token, by the defaults and greedily."""
    weights, context = _context(model, LlamaLog())
    figures = {}
    try:
        context.decode([200006, 173781], 0, wants_logits=True)
        for name, sampling in (("default", Sampling(seed=1)), ("greedy", Sampling(0.0))):
            choose, logits = Sampler(sampling).choose, context.logits()
            began = time.perf_counter()
            for _ in range(rounds):
                choose(logits)
            figures[f"{name}_ms"] = (time.perf_counter() - began) / rounds * 1000
    finally:
        context.close()
        weights.close()
    return figures

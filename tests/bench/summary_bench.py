"""What a summary that is being made costs the next answer: its first token with and without one.

Pairs of the same question after the same chat, in changing order, so that what else the machine
does falls on both alike.  The question comes at another moment of the summary each time.
"""

from __future__ import annotations

import queue
import random
import statistics
import time
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from app.thoughts import headlines
from app.thoughts.steps import steps_of
from engine.analysis_filter import ThoughtPiece
from engine.events import (
    EngineEvent,
    Failed,
    Finished,
    ModelLoaded,
    ModelLoadFailed,
    Phase,
    PhaseChanged,
    SideEnded,
    SideOutcome,
)
from engine.harmony.messages import Effort, HarmonyMessage, SystemMessage, UserMessage
from engine.harmony.vocabulary import Vocabulary
from engine.requests import AnswerRequest, LoadRequest, Sampling, SideJobId, TurnId
from engine.worker import Engine
from tests.bench.engine_bench import OpenFilter

VOCABULARY = Path(__file__).parents[2] / "resources" / "vocabulary" / "o200k_base.tiktoken"
CONTEXT_TOKENS = 8192
PAIRS = 40
MOST_DELAY_MS = 100.0
DATE = "2026-01-02"
CHAT = (
    SystemMessage(Effort.LOW, DATE),
    UserMessage("The sea is wide, and the road along it is long. " * 60),
)
THOUGHT = "We look at one more side of it and weigh what it means for the answer. "
SECONDS_TO_WAIT = 600.0


def run(model: Path) -> dict[str, Any]:
    """Milliseconds to the first token of an answer, paired; and how long a whole summary takes."""
    bench = SummaryBench(Vocabulary.from_file(VOCABULARY), model)
    try:
        whole = [bench.whole_summary() for _ in range(3)]
        pairs = bench.pairs(PAIRS, statistics.median(whole))
    finally:
        bench.engine.close()
    return {"whole_summary_ms": round(statistics.median(whole), 1), **figures(pairs)}


def figures(pairs: Sequence[tuple[float, float]]) -> dict[str, Any]:
    """What pairs of milliseconds without and with a summary come to."""
    delays = sorted(with_one - without for without, with_one in pairs)
    last = delays[-(-len(delays) * 95 // 100) - 1]
    measured = round(last, 1)
    return {
        "pairs": len(pairs),
        "first_token_ms": round(statistics.median(one for one, _ in pairs), 1),
        "first_token_with_summary_ms": round(statistics.median(one for _, one in pairs), 1),
        "delay_ms": {
            "median": round(statistics.median(delays), 1),
            "p95": measured,
            "worst": round(delays[-1], 1),
        },
        "checks": [
            {
                "what": "delay of the next first token by a summary, ms, p95",
                "budget": f"<= {MOST_DELAY_MS:g}",
                "measured": measured,
                "kept": last <= MOST_DELAY_MS,
            }
        ],
    }


class SummaryBench:
    """An engine, a chat and summaries beside it."""

    def __init__(self, vocabulary: Vocabulary, model: Path) -> None:
        self._events: queue.SimpleQueue[tuple[float, EngineEvent]] = queue.SimpleQueue()
        self._choose = random.Random(1)
        self._turn = 0
        self._job = 0
        self.engine = Engine(lambda: vocabulary, lambda _conversation: OpenFilter(), self._put)
        self.engine.start()
        self.engine.load(LoadRequest(model, CONTEXT_TOKENS))
        while not isinstance(event := self._next()[1], ModelLoaded):
            if isinstance(event, ModelLoadFailed):
                raise RuntimeError(repr(event))

    def _put(self, event: EngineEvent) -> None:
        self._events.put((time.perf_counter(), event))

    def _next(self) -> tuple[float, EngineEvent]:
        return self._events.get(timeout=SECONDS_TO_WAIT)

    def whole_summary(self) -> float:
        """Milliseconds of a summary that nothing disturbs."""
        self._settle()
        began = time.perf_counter()
        self._begin_summary()
        while not isinstance((told := self._next())[1], SideEnded):
            pass
        return (told[0] - began) * 1e3

    def pairs(self, count: int, summary_ms: float) -> list[tuple[float, float]]:
        """First tokens without and with a summary, in ms; where it had ended, another try."""
        found: list[tuple[float, float]] = []
        while len(found) < count:
            question = f"What is {self._choose.randrange(100, 999)} and why?"
            moment = self._choose.random() * summary_ms * 0.9 / 1e3
            is_first = self._choose.random() < 0.5
            measured = dict.fromkeys((is_first, not is_first), 0.0)
            outcome = SideOutcome.GAVE_WAY
            for is_with in measured:
                self._settle()
                measured[is_with], told = self._first_token(question, moment if is_with else None)
                outcome = told or outcome
            if outcome is SideOutcome.GAVE_WAY:
                found.append((measured[False], measured[True]))
        return found

    def _settle(self) -> None:
        """The chat is read, and nothing else is to do."""
        self._answer((*CHAT, UserMessage("Well?")))
        if not self.engine.wait_until_idle(SECONDS_TO_WAIT):
            raise RuntimeError("the engine is still at work")

    def _begin_summary(self) -> None:
        self._job += 1
        steps = steps_of([ThoughtPiece(THOUGHT)] * 60)
        self.engine.side(headlines.request(SideJobId(self._job), steps, DATE, is_korean=False))

    def _first_token(self, question: str, moment: float | None) -> tuple[float, SideOutcome | None]:
        """Milliseconds from the question to the first token of its answer."""
        if moment is not None:
            self._begin_summary()
            try:
                _, event = self._events.get(timeout=moment)
            except queue.Empty:
                pass  # it is being made
            else:
                return 0.0, event.outcome if isinstance(event, SideEnded) else None
        return self._answer((*CHAT, UserMessage(question)))

    def _answer(self, conversation: tuple[HarmonyMessage, ...]) -> tuple[float, SideOutcome | None]:
        self._turn += 1
        request = AnswerRequest(TurnId(self._turn), conversation, Sampling(seed=1), 12)
        asked = time.perf_counter()
        self.engine.answer(request)
        first, outcome = 0.0, None
        while True:
            when, event = self._next()
            if isinstance(event, SideEnded):
                outcome = event.outcome
            elif isinstance(event, PhaseChanged) and event.phase is not Phase.READING:
                first = first or when
            elif isinstance(event, Finished | Failed):
                return ((first or when) - asked) * 1e3, outcome

"""A lab over a scripted engine, a real chat service and a real store."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from app.chats.storage_thread import StorageThread
from app.lab.service import LabService
from app.lab.values import (
    EvaluationId,
    LabChange,
    LabNotice,
    LabState,
    OutcomeAdded,
    ProgressChanged,
    ResultChanged,
    RunPlan,
    RunResult,
)
from engine.events import EngineEvent, ModelLoaded, TurnEvent
from engine.hardware import Device, DeviceKind, Hardware
from engine.harmony.messages import Effort
from engine.memory_plan.planner import plan_memory
from engine.memory_plan.values import PlanChoices
from engine.requests import AnswerRequest
from tests.app.lab.personas import answers, right
from tests.app.service.conftest import Bench, Script
from tests.engine.memory_plan.conftest import GIB, facts_of
from tools.random_model.header import GPT_OSS_20B

FACTS = facts_of(GPT_OSS_20B)
CPU = Device("CPU", "", DeviceKind.CPU, 28 * GIB, 32 * GIB)
PLAN = plan_memory(FACTS, Hardware((CPU,), 28 * GIB, 32 * GIB, 8), PlanChoices())
QUIET = 3

SMALL = RunPlan((EvaluationId.REASONING,), (Effort.LOW, Effort.HIGH), items=4)


class LabBench:
    """A lab that has a model, and everything it told.

    Attributes:
        persona: the script of every turn that `scripts` has none for.
    """

    def __init__(self, model_file: Path, storage: StorageThread | None = None) -> None:
        self.bench = Bench()
        self.storage = storage or self.bench.storage
        self.engine, self.service = self.bench.engine, self.bench.service
        self.persona: Script = answers(right)
        self.scripts: list[Script] = []
        self.now = 0.0
        self.changes: list[LabChange] = []
        self.lab = LabService(
            self.engine,
            self.service,
            self.storage,
            self.bench.chores,
            dispatch=self.bench.loop.post,
            clock_ms=lambda: self.bench.now_ms,
            seconds=self._seconds,
        )
        self.lab.subscribe(self.changes.append)
        self.engine.emit = lambda event: self.bench.loop.post(lambda: self.hear(event))
        self._real_answer = self.engine.answer
        self.engine.answer = self._answer  # type: ignore[method-assign]
        self.model_file = model_file
        self.bench.found.set()
        self.service.start()
        self.bench.settle()

    def hear(self, event: EngineEvent) -> None:
        """What the owner of engine, chats and lab does with an event."""
        self.service.handle(event)
        if isinstance(event, TurnEvent):
            self.lab.handle(event)

    def load(self, content: bytes = b"weights", device: str = "CPU") -> None:
        """Have a model loaded whose file holds this."""
        self.model_file.write_bytes(content)
        facts = replace(FACTS, path=self.model_file, size_bytes=len(content))
        self.engine.play(ModelLoaded(facts, 8192, device, 1.0, PLAN))
        self.bench.settle()

    def settle(self) -> None:
        """Run everything that follows, until nothing does: each task takes a few steps."""
        quiet, told = 0, -1
        while quiet < QUIET:
            quiet, told = (quiet + 1 if told == len(self.changes) else 0), len(self.changes)
            self.storage.submit(lambda _store: None).result()
            self.bench.settle()

    def run(self, plan: RunPlan = SMALL) -> None:
        """Start, and let it come to its end or to a halt."""
        self.lab.start(plan)
        self.settle()

    def result(self, run_id: int = 1) -> RunResult:
        """A stored run."""
        self.lab.open(run_id)  # type: ignore[arg-type]
        self.settle()
        return [one.result for one in self.changes if isinstance(one, ResultChanged)][-1]

    @property
    def state(self) -> LabState:
        return self.lab.progress.state

    @property
    def outcomes(self) -> list[OutcomeAdded]:
        return [one for one in self.changes if isinstance(one, OutcomeAdded)]

    @property
    def notices(self) -> list[str]:
        return [one.problem.title for one in self.changes if isinstance(one, LabNotice)]

    @property
    def shown(self) -> list[ProgressChanged]:
        return [one for one in self.changes if isinstance(one, ProgressChanged)]

    def lab_requests(self) -> list[AnswerRequest]:
        return [one for one in self.engine.requests if one.chat == "lab"]

    def _answer(self, request: AnswerRequest) -> None:
        if request.chat == "lab":
            script = self.scripts.pop(0) if self.scripts else self.persona
            self.engine.scripts.insert(0, script)
        self._real_answer(request)

    def _seconds(self) -> float:
        self.now += 1.0
        return self.now


@pytest.fixture
def cold(tmp_path: Path) -> Iterator[LabBench]:
    """A bench without a model."""
    made = LabBench(tmp_path / "model.gguf")
    yield made
    made.lab.close()
    made.service.close()


@pytest.fixture
def bench(cold: LabBench) -> LabBench:
    """A bench with a model."""
    cold.load()
    return cold

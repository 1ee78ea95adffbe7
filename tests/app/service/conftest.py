"""A scripted engine and a service over a real store, all on the test's own thread."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Collection, Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from pathlib import Path

import pytest

from app.assembly import open_memory_storage
from app.chats.answer_style import AnswerStyle
from app.chats.changes import ChatChange
from app.chats.service import ChatService
from app.chats.storage_thread import StorageThread
from app.cli.loop import CallLoop
from app.tools.workshop import Workshop
from app.workers import WorkerError
from engine.events import EngineEvent, Finished, StopReason, TextAdded, Usage
from engine.harmony.messages import ToolMessage
from engine.requests import (
    AnswerRequest,
    ForecastRequest,
    InspectRequest,
    LoadRequest,
    MeasureRequest,
    PrepareRequest,
    Sampling,
    SideJobId,
    SideRequest,
    TurnId,
)

PATIENCE = 20.0

Script = Callable[["ScriptedEngine", AnswerRequest], list[EngineEvent]]


def reply(text: str) -> Script:
    """A turn that answers `text` word by word and ends."""

    def script(_engine: ScriptedEngine, request: AnswerRequest) -> list[EngineEvent]:
        words = [TextAdded(request.turn_id, word) for word in text.split(" ")]
        return [*words, Finished(request.turn_id, StopReason.END_OF_TURN, Usage(reply_tokens=3))]

    return script


@dataclass
class ScriptedEngine:
    """Plays one script per turn; a turn whose script does not end waits for `stop` or `play`."""

    emit: Callable[[EngineEvent], None]
    scripts: list[Script] = field(default_factory=list)
    requests: list[AnswerRequest] = field(default_factory=list)
    results: list[ToolMessage] = field(default_factory=list)
    loads: list[LoadRequest] = field(default_factory=list)
    hurried: list[TurnId] = field(default_factory=list)
    prepared: list[PrepareRequest] = field(default_factory=list)
    forecasts: list[ForecastRequest] = field(default_factory=list)
    inspections: list[InspectRequest] = field(default_factory=list)
    measures: list[MeasureRequest] = field(default_factory=list)
    forgotten: list[str] = field(default_factory=list)
    sides: list[SideRequest] = field(default_factory=list)
    cancelled_sides: list[SideJobId] = field(default_factory=list)
    unloads: int = 0
    is_closed: bool = False
    _open: set[TurnId] = field(default_factory=set)

    def load(self, request: LoadRequest) -> None:
        self.loads.append(request)

    def prepare(self, request: PrepareRequest) -> None:
        self.prepared.append(request)

    def forecast(self, request: ForecastRequest) -> None:
        self.forecasts.append(request)

    def inspect(self, request: InspectRequest) -> None:
        self.inspections.append(request)

    def measure(self, request: MeasureRequest) -> None:
        self.measures.append(request)

    def forget(self, chat: str) -> None:
        self.forgotten.append(chat)

    def unload(self) -> None:
        self.unloads += 1

    def cancel_load(self) -> None:
        raise AssertionError("nothing here cancels a load")

    def answer(self, request: AnswerRequest) -> None:
        self.requests.append(request)
        self._open.add(request.turn_id)
        script = self.scripts.pop(0) if self.scripts else reply("fine")
        self.play(*script(self, request))

    def continue_turn(self, turn_id: TurnId, result: ToolMessage) -> None:
        assert turn_id in self._open
        self.results.append(result)

    def stop(self, turn_id: TurnId) -> None:
        if turn_id in self._open:
            self.play(Finished(turn_id, StopReason.CANCELLED, Usage()))

    def answer_now(self, turn_id: TurnId) -> None:
        self.hurried.append(turn_id)

    def side(self, request: SideRequest) -> None:
        self.sides.append(request)

    def cancel_side(self, job_id: SideJobId) -> None:
        self.cancelled_sides.append(job_id)

    def close(self) -> None:
        self.is_closed = True

    def play(self, *events: EngineEvent) -> None:
        for event in events:
            if isinstance(event, Finished):
                self._open.discard(event.turn_id)
            self.emit(event)


class Bench:
    """A service with its scripted engine, its store in memory and the changes it told of."""

    def __init__(self, workshop: Workshop | None = None) -> None:
        self.loop = CallLoop()
        self.found = threading.Event()
        self.workers: tuple[str, ...] = ()
        self.refused = ""
        self.now_ms = 1_000_000
        self.style = AnswerStyle(Sampling(seed=7))
        self.changes: list[ChatChange] = []
        self.engine = self.make_engine(
            lambda event: self.loop.post(lambda: self.service.handle(event))
        )
        self.storage = self.make_storage()
        self.chores = ThreadPoolExecutor(1)
        self.service = ChatService(
            self.engine,
            self.storage,
            self.chores,
            dispatch=self.loop.post,
            clock_ms=lambda: self.now_ms,
            find_model=self._find_model,
            is_practice=lambda: True,
            style_of=lambda _effort: self.style,
            workshop=workshop,
        )
        self.service.subscribe(self.changes.append)

    def make_storage(self) -> StorageThread:
        """Where chats are."""
        return open_memory_storage()

    def make_engine(self, emit: Callable[[EngineEvent], None]) -> ScriptedEngine:
        """The engine that answers."""
        return ScriptedEngine(emit)

    def _find_model(self, without: Collection[str]) -> LoadRequest:
        assert self.found.wait(10)
        workers = [one for one in self.workers if one not in without]
        if self.refused in workers:
            raise WorkerError(self.refused, "The worker {worker} cannot be reached.", "")
        return LoadRequest(Path("a-model.gguf"), workers=tuple(workers))

    def settle_storage(self) -> None:
        """Run what the storage had to do, while the model is still being looked for."""
        for _ in range(4):
            self.storage.submit(lambda _store: None).result()
            self._run_loop()

    def _run_loop(self) -> None:
        self.loop.post(self.loop.finish)
        self.loop.run()
        self.loop.reopen()

    def settle(self) -> None:
        """Run everything that is under way, storage and chores included, until nothing is left."""
        for _ in range(6):
            self.chores.submit(lambda: None).result()
            self.storage.submit(lambda _store: None).result()
            self._run_loop()

    def wait_for(self, condition: Callable[[], bool]) -> None:
        """Run what other threads bring until something is so, at the latest after `PATIENCE`."""
        is_over = threading.Event()
        deadline = time.monotonic() + PATIENCE

        def look() -> None:
            if not is_over.is_set() and (condition() or time.monotonic() > deadline):
                is_over.set()
                self.loop.finish()

        def look_often() -> None:
            while not is_over.wait(0.005):
                self.loop.post(look)

        threading.Thread(target=look_often, name="looks often").start()
        self.loop.run()
        self.loop.reopen()
        assert condition()

    def of(self, *kinds: type) -> list[ChatChange]:
        """The changes of some kinds, in order."""
        return [change for change in self.changes if isinstance(change, kinds)]


@pytest.fixture
def impatient() -> Iterator[Bench]:
    """A bench that is not started, and whose model is found when `found` is set."""
    made = Bench()
    yield made
    made.found.set()
    made.service.close()


@pytest.fixture
def bench(impatient: Bench) -> Bench:
    """A bench that has started and settled."""
    impatient.found.set()
    impatient.service.start()
    impatient.settle()
    return impatient

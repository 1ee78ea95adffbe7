"""A model, contexts on it and an engine whose events can be waited for."""

from __future__ import annotations

import queue
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path

import numpy as np
import pytest

from engine.analysis_filter import AnalysisFilter, AnalysisFilterFactory, ThoughtPiece
from engine.events import (
    EngineEvent,
    Failed,
    Finished,
    LoadEvent,
    ModelLoaded,
    ModelLoadFailed,
    ModelLoading,
    TextAdded,
    ThoughtAdded,
    TurnEvent,
)
from engine.gguf import ModelFacts, read_facts
from engine.harmony.messages import (
    AssistantMessage,
    Channel,
    Effort,
    HarmonyMessage,
    SystemMessage,
    UserMessage,
)
from engine.harmony.tokens import VOCABULARY_TOKENS
from engine.harmony.vocabulary import Vocabulary
from engine.harmony.writer import HarmonyWriter
from engine.llama.abort_flag import AbortFlag
from engine.llama.binding import ContextShape, Logits
from engine.llama.context import Context
from engine.llama.log import LlamaLog
from engine.llama.model import Model
from engine.llama.token_memory import Snapshot
from engine.requests import AnswerRequest, LoadRequest, Sampling, TurnId
from engine.worker import Engine

SECONDS_TO_WAIT = 60.0
GREEDY = Sampling(temperature=0.0)


@pytest.fixture(scope="session")
def vocabulary(vocabulary_path: Path) -> Vocabulary:
    return Vocabulary.from_file(vocabulary_path)


@pytest.fixture(scope="session")
def writer(vocabulary: Vocabulary) -> HarmonyWriter:
    return HarmonyWriter(vocabulary)


@pytest.fixture(scope="session")
def practice_facts(practice_model_path: Path) -> ModelFacts:
    return read_facts(practice_model_path)


@pytest.fixture(scope="session")
def llama_log() -> LlamaLog:
    log = LlamaLog()
    log.install()
    return log


@pytest.fixture(scope="session")
def model(practice_facts: ModelFacts, llama_log: LlamaLog) -> Iterator[Model]:
    model = Model.load(
        practice_facts,
        gpu_layers=0,
        on_progress=lambda _fraction: None,
        should_stop=lambda: False,
        log=llama_log,
    )
    yield model
    model.close()


MakeContext = Callable[..., Context]


@pytest.fixture
def make_context(model: Model, llama_log: LlamaLog) -> Iterator[MakeContext]:
    made: list[Context] = []

    def make(
        context_tokens: int = 2048, ubatch_tokens: int = 512, *, has_full_window: bool = False
    ) -> Context:
        # One thread: two crawl when the machine is shared, and sums come in a fixed order.
        shape = ContextShape(context_tokens, ubatch_tokens, 1, has_full_window)
        made.append(Context(model, shape, AbortFlag(), llama_log))
        return made[-1]

    yield make
    for context in made:
        context.close()


@dataclass
class OpenFilter:
    """Lets every thought through, one piece for each call, and remembers what it was given."""

    fed: list[str] = field(default_factory=list)

    def feed(self, text: str) -> Sequence[ThoughtPiece]:
        self.fed.append(text)
        return [ThoughtPiece(text)]

    def end_message(self) -> Sequence[ThoughtPiece]:
        return []


def open_filter(_conversation: Sequence[HarmonyMessage]) -> AnalysisFilter:
    return OpenFilter()


class Talk:
    """An engine with a conversation, whose events are read one by one."""

    def __init__(self, engine: Engine, events: queue.SimpleQueue[EngineEvent]) -> None:
        self.engine = engine
        self.events = events
        self.seen: list[EngineEvent] = []
        self.conversation: list[HarmonyMessage] = [SystemMessage(Effort.LOW, "2026-01-02")]
        self._last_id = 0

    def at(self, is_moment: Callable[[EngineEvent], bool], act: Callable[[], object]) -> None:
        """Do something on the engine thread, so surely before anything else happens there."""
        is_done = False

        def put(event: EngineEvent) -> None:
            nonlocal is_done
            self.events.put(event)
            if not is_done and is_moment(event):
                is_done = True
                act()

        self.engine._emit_outside = put

    def next(self) -> EngineEvent:
        event = self.events.get(timeout=SECONDS_TO_WAIT)
        self.seen.append(event)
        return event

    def wait_for(self, *kinds: type) -> EngineEvent:
        while not isinstance(event := self.next(), kinds):
            pass
        return event

    def load(self, path: Path, context_tokens: int = 2048, ubatch_tokens: int = 512) -> LoadEvent:
        self.engine.load(LoadRequest(path, context_tokens, ubatch_tokens, threads=1))
        while not isinstance(event := self.next(), ModelLoaded | ModelLoadFailed):
            assert isinstance(event, ModelLoading)
        return event

    def request(
        self, text: str, sampling: Sampling = GREEDY, max_reply_tokens: int = 0
    ) -> AnswerRequest:
        self._last_id += 1
        self.conversation.append(UserMessage(text))
        return AnswerRequest(
            TurnId(self._last_id), tuple(self.conversation), sampling, max_reply_tokens
        )

    def answer(
        self, text: str, sampling: Sampling = GREEDY, max_reply_tokens: int = 0
    ) -> Finished | Failed:
        request = self.request(text, sampling, max_reply_tokens)
        self.engine.answer(request)
        end = self.wait_for(Finished, Failed)
        assert isinstance(end, Finished | Failed)
        assert end.turn_id == request.turn_id
        said = self.text_of(request.turn_id)
        if said:
            self.conversation.append(AssistantMessage(Channel.FINAL, said))
        return end

    def text_of(self, turn_id: int) -> str:
        return "".join(
            event.text
            for event in self.seen
            if isinstance(event, TextAdded) and event.turn_id == turn_id
        )

    def thoughts_of(self, turn_id: int) -> str:
        return "".join(
            event.piece.text
            for event in self.seen
            if isinstance(event, ThoughtAdded) and event.turn_id == turn_id
        )

    def ends_of(self, turn_id: int) -> list[TurnEvent]:
        return [
            event
            for event in self.seen
            if isinstance(event, Finished | Failed) and event.turn_id == turn_id
        ]

    def drain(self) -> None:
        while not self.events.empty():
            self.next()


MakeTalk = Callable[..., Talk]


@pytest.fixture
def make_talk(vocabulary: Vocabulary) -> Iterator[MakeTalk]:
    engines: list[Engine] = []

    def make(
        make_filter: AnalysisFilterFactory = open_filter,
        load_vocabulary: Callable[[], Vocabulary] = lambda: vocabulary,
    ) -> Talk:
        events: queue.SimpleQueue[EngineEvent] = queue.SimpleQueue()
        engine = Engine(load_vocabulary, make_filter, events.put)
        engines.append(engine)
        engine.start()
        return Talk(engine, events)

    yield make
    for engine in engines:
        assert engine.close(SECONDS_TO_WAIT)


@pytest.fixture
def talk(make_talk: MakeTalk, practice_model_path: Path) -> Talk:
    """A talk with the practice model loaded."""
    talk = make_talk()
    loaded = talk.load(practice_model_path)
    assert isinstance(loaded, ModelLoaded)
    return talk


class ScriptedMemory:
    """A KV cache without a model: it knows every token that follows a prompt.

    It keeps the sliding-window rule of the real one, so a rollback that is not exact is
    noticed by the assertion in `decode`.
    """

    ubatch_tokens = 8
    window_tokens = 4

    def __init__(self, slack_tokens: int = 8) -> None:
        self.tokens: list[int] = []
        self.script: list[int] = []
        self.decoded: list[int] = []
        self.restored: list[Snapshot] = []
        self.first = 0
        self.on_decode: Callable[[], bool] = lambda: True
        self._slack = slack_tokens
        self._logits: Logits | None = None

    def decode(self, tokens: Sequence[int], position: int, *, wants_logits: bool) -> bool:
        assert 0 < len(tokens) <= self.ubatch_tokens
        assert position == len(self.tokens), "a gap or an overlap"
        assert self.first <= max(0, position - self.window_tokens + 1), "the window was lost"
        if not self.on_decode():
            return False
        self.tokens += tokens
        self.decoded.append(len(tokens))
        self.first = max(self.first, len(self.tokens) - self.window_tokens - self._slack)
        if tokens[1:] == self.script[: len(tokens) - 1]:  # what the engine knew beforehand
            del self.script[: len(tokens) - 1]
        self._logits = self._next_logits() if wants_logits else None
        return True

    def _next_logits(self) -> Logits:
        logits = np.zeros(VOCABULARY_TOKENS, np.float32)
        logits[self.script.pop(0) if self.script else 0] = 50.0
        return logits

    def logits(self) -> Logits:
        assert self._logits is not None
        return self._logits

    def first_window_position(self) -> int:
        return self.first if self.tokens else -1

    def remove_from(self, position: int) -> None:
        del self.tokens[position:]

    def save_window(self) -> Snapshot:
        return self._snapshot([len(self.tokens)], is_whole=False)

    def save_chat(self, most_bytes: int) -> Snapshot | None:
        snapshot = self._snapshot(self.tokens, is_whole=True)
        return snapshot if snapshot.size_bytes <= most_bytes else None

    def _snapshot(self, numbers: Sequence[int], *, is_whole: bool) -> Snapshot:
        data = np.array(numbers, np.int32).view(np.uint8)
        return Snapshot(id(self), is_whole, data.size, data)

    def restore(self, snapshot: Snapshot) -> bool:
        assert snapshot.owner == id(self)
        numbers = snapshot.data.view(np.int32).tolist()
        self.restored.append(snapshot)
        if snapshot.is_whole:
            self.tokens = numbers
        self.first = max(
            0, (len(numbers) if snapshot.is_whole else numbers[0]) - self.window_tokens
        )
        return True

    def clear(self) -> None:
        self.tokens = []
        self.first = 0


@pytest.fixture
def scripted_memory() -> ScriptedMemory:
    return ScriptedMemory()

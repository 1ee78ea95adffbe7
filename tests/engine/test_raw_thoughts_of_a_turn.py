"""Thoughts with planted words, token by token, and everything that comes of the turn."""

from __future__ import annotations

import linecache
import logging
from collections import Counter
from collections.abc import Sequence
from pathlib import Path

import pytest

from app.thoughts.filter import make_filter
from engine.analysis_filter import AnalysisFilter, ThoughtPiece, WithheldKind
from engine.equipment import Equipment
from engine.events import Failed, SideEnded, SideOutcome, ThoughtAdded, ToolCalled
from engine.harmony.messages import (
    Channel,
    Effort,
    HarmonyMessage,
    SystemMessage,
    ToolMessage,
    UserMessage,
)
from engine.harmony.vocabulary import Vocabulary
from engine.harmony.writer import HarmonyWriter
from engine.reading_ahead import ReadingAhead
from engine.requests import SideJobId, SideRequest
from engine.side_job import SideJob
from engine.telling import Telling
from engine.thinking import ThinkingWatch
from tests.engine.conftest import MakeTalk, ScriptedMemory, Talk, open_filter
from tests.engine.stage import CALL_WEATHER, Stage
from tests.python_memory import holding

CANARY = "jane.doe@example.com"
THINKING = (
    f"<|channel|>analysis<|message|>Her address is {CANARY}. I look it up.<|end|><|start|>assistant"
)
ANSWER = "<|channel|>final<|message|>Sunny.<|return|>"
PLANTED = ("4111 1111 1111 1111", "jane.doe")
QUESTION = "Look up my contact card"
SYSTEM = SystemMessage(Effort.HIGH, "2026-01-02")


@pytest.fixture
def stage(vocabulary: Vocabulary, writer: HarmonyWriter, scripted_memory: ScriptedMemory) -> Stage:
    return Stage(vocabulary, writer, scripted_memory)


def test_a_call_carries_nothing_of_the_thoughts_before_it(
    stage: Stage, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.DEBUG)
    turn = stage.turn(THINKING + CALL_WEATHER, make_filter=make_filter)
    assert turn.run() is None
    turn.take_result(ToolMessage("functions.get_weather", Channel.COMMENTARY, "sunny"))
    stage.memory.script = stage.ids(
        THINKING.removesuffix("<|start|>assistant") + "<|start|>assistant" + ANSWER
    )
    turn.run()

    (call,) = [event for event in stage.events if isinstance(event, ToolCalled)]
    assert call.arguments == '{"place":"Busan"}'
    withheld = [kind for piece in stage.thoughts for kind in piece.withheld]
    assert withheld == [WithheldKind.PERSONAL_DATA] * 2
    assert CANARY not in repr(stage.events)
    assert CANARY not in caplog.text


def test_the_search_sees_thoughts_that_no_filter_takes_out(stage: Stage) -> None:
    """A control of the test above."""
    stage.turn(THINKING + ANSWER, make_filter=open_filter).run()
    told = "".join(one.piece.text for one in stage.events if isinstance(one, ThoughtAdded))
    assert CANARY in told


class Quoting:
    """A filter that fails with an error that quotes what it was given."""

    def feed(self, text: str) -> Sequence[ThoughtPiece]:
        raise ValueError(f"cannot judge {text} {CANARY}")

    def end_message(self) -> Sequence[ThoughtPiece]:
        raise ValueError(CANARY)


def quoting_filter(_conversation: Sequence[HarmonyMessage]) -> AnalysisFilter:
    return Quoting()


def test_an_error_that_quotes_thoughts_is_told_without_them(
    talk: Talk,
    stage: Stage,
    caplog: pytest.LogCaptureFixture,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    caplog.set_level(logging.DEBUG)
    stage.turn(THINKING + ANSWER, make_filter=quoting_filter).run()
    assert [piece.withheld for piece in stage.thoughts] == [(WithheldKind.FAILED,)]

    def fail(_watch: ThinkingWatch, _token: int) -> None:
        raise LookupError(f"in the middle of {CANARY}")

    monkeypatch.setattr(ThinkingWatch, "take", fail)
    ended = talk.answer(QUESTION)
    assert isinstance(ended, Failed)
    assert ended.detail == "LookupError"
    assert "LookupError in the engine" in caplog.text
    for told in (repr(stage.events), repr(talk.seen), caplog.text):
        assert CANARY not in told


def test_an_answer_that_breaks_off_leaves_no_thoughts_in_memory(
    make_talk: MakeTalk, practice_model_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    talk = make_talk(make_filter=make_filter)
    talk.load(practice_model_path)
    talk.conversation = [SystemMessage(Effort.HIGH, "2026-01-02")]
    linecache.getlines(__file__)  # the log of the fault reads them, planted words and all
    before = holding(PLANTED)
    found: list[str] = []

    def fail(_telling: Telling, _text: str) -> None:
        found.extend((holding(PLANTED) - before).elements())
        raise LookupError("a fault at the first word behind the thoughts")

    monkeypatch.setattr(Telling, "_note", fail)
    assert isinstance(talk.answer(QUESTION), Failed)
    assert found, "the control: in the middle of the turn it is there"
    found.clear()
    assert talk.engine.wait_until_idle(60)
    assert holding(PLANTED) - before == Counter()


def test_what_is_kept_of_a_turn_holds_no_thoughts(
    stage: Stage, vocabulary: Vocabulary, writer: HarmonyWriter
) -> None:
    turn = stage.turn(THINKING + ANSWER, make_filter=make_filter)
    turn.run()
    cache = stage.cache
    assert CANARY in vocabulary.decode(cache.tokens), "the control: there they are for the turn"

    ahead = ReadingAhead(writer, cache, 4000)
    ahead.follow(turn)
    ahead.read(lambda: False)
    assert "Sunny." in vocabulary.decode(cache.tokens)
    assert CANARY not in vocabulary.decode(cache.tokens)
    assert max(cache.checkpoint_lengths) <= len(cache.tokens)


def test_a_chat_that_gives_way_in_the_middle_of_thoughts_is_kept_without_them(
    vocabulary: Vocabulary, writer: HarmonyWriter, scripted_memory: ScriptedMemory
) -> None:
    stage = Stage(vocabulary, writer, scripted_memory)
    stage.cache.kept.budget_bytes = 1 << 20
    stage.turn(THINKING + CALL_WEATHER, make_filter=make_filter).run()  # it waits for its tool

    other = writer.prompt((SystemMessage(Effort.HIGH, "2026-01-02"), UserMessage("Another one")))
    stage.cache.turn_to("other", other)
    stage.cache.sync(other)
    (kept,) = stage.cache.kept
    assert len(kept.tokens) > 64
    assert CANARY not in vocabulary.decode(kept.tokens)
    assert CANARY not in vocabulary.decode(stage.cache.tokens)


def test_a_side_job_tells_and_logs_nothing_of_its_thoughts(
    stage: Stage,
    caplog: pytest.LogCaptureFixture,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    caplog.set_level(logging.DEBUG)
    beside = ScriptedMemory()
    equipment = Equipment(stage.writer, stage.vocabulary, stage.cache, 4000, open_filter)
    request = SideRequest(SideJobId(1), (SYSTEM, UserMessage(QUESTION)), 60, 60)

    def run() -> SideEnded:
        beside.script = stage.ids(THINKING + ANSWER)
        return SideJob(request, equipment, lambda _most: beside).run(lambda: False)

    assert run().text == "Sunny."

    def fail(_watch: ThinkingWatch, _token: int) -> None:
        raise LookupError(f"in the middle of {CANARY}")

    monkeypatch.setattr(ThinkingWatch, "take", fail)
    assert run().outcome is SideOutcome.FAILED
    assert "LookupError" in caplog.text
    assert CANARY not in caplog.text
    assert not beside.tokens, "the side sequence is empty"

"""What an effort means on this machine is learned from the user's own turns, and kept."""

from __future__ import annotations

from dataclasses import replace

import pytest

from app.chats.changes import EffortTimesChanged
from app.chats.effort_times import ENOUGH_ANSWERS, KEPT_ANSWERS, USUAL_TOKENS, StoredTimes, TurnTime
from app.chats.effort_values import EffortTime
from app.chats.ids import MessageId
from app.chats.store import ChatStore
from engine.events import (
    EngineEvent,
    Finished,
    ModelLoaded,
    StopReason,
    TextAdded,
    ThinkingCut,
    Usage,
)
from engine.harmony.messages import Effort
from engine.requests import AnswerRequest
from tests.app.lab.conftest import FACTS, PLAN
from tests.app.service.conftest import Bench, Script, ScriptedEngine


def thinks(tokens: int, seconds: float, **more: ThinkingCut | int) -> Script:
    def script(_engine: ScriptedEngine, request: AnswerRequest) -> list[EngineEvent]:
        usage = Usage(
            thought_tokens=tokens,
            thought_seconds=seconds,
            reply_tokens=tokens + 5,
            **more,  # type: ignore[arg-type]
        )
        done = Finished(request.turn_id, StopReason.END_OF_TURN, usage)
        return [TextAdded(request.turn_id, "well"), done]

    return script


def use(bench: Bench, name: str = FACTS.name) -> None:
    bench.engine.play(ModelLoaded(replace(FACTS, name=name), 8192, "CPU", 1.0, PLAN))
    bench.settle()


def ask(bench: Bench, effort: Effort, script: Script) -> None:
    bench.engine.scripts = [script]
    bench.service.send("Why?", effort)
    bench.settle()


def told(bench: Bench) -> dict[Effort, EffortTime]:
    changes = bench.of(EffortTimesChanged)
    if not changes:
        return {}
    last = changes[-1]
    assert isinstance(last, EffortTimesChanged)
    return dict(last.times)


def test_the_first_answer_gives_an_estimate_for_every_effort(bench: Bench) -> None:
    use(bench)
    assert told(bench) == {}
    ask(bench, Effort.MEDIUM, thinks(200, 4.0))
    times = told(bench)
    assert set(times) == set(Effort)
    for effort in Effort:
        assert times[effort].is_estimate
        assert times[effort].seconds == pytest.approx(USUAL_TOKENS[effort] / 50)


def test_enough_answers_at_an_effort_give_their_median(bench: Bench) -> None:
    use(bench)
    for tokens in (100, 5000, 120)[:ENOUGH_ANSWERS]:
        ask(bench, Effort.HIGH, thinks(tokens, tokens / 10))
    times = told(bench)
    assert times[Effort.HIGH] == EffortTime(12.0, 120, ENOUGH_ANSWERS)
    assert times[Effort.LOW].is_estimate


@pytest.mark.parametrize(
    "script",
    [
        thinks(9000, 90.0, thinking_cut=ThinkingCut.ASKED),
        thinks(9000, 90.0, retries=1),
        lambda _engine, _request: [],
    ],
)
def test_an_answer_that_was_cut_short_teaches_nothing(bench: Bench, script: Script) -> None:
    use(bench)
    ask(bench, Effort.LOW, script)
    bench.service.stop()
    bench.settle()
    assert told(bench) == {}


def test_what_was_learned_is_there_after_a_restart_and_belongs_to_its_model(bench: Bench) -> None:
    use(bench)
    ask(bench, Effort.LOW, thinks(50, 1.0))
    use(bench, "another")
    assert told(bench) == {}
    ask(bench, Effort.LOW, thinks(10, 2.0))
    assert told(bench)[Effort.LOW].seconds == pytest.approx(20.0)
    use(bench)
    assert told(bench)[Effort.LOW].seconds == pytest.approx(2.0)


def test_only_the_newest_answers_are_kept(bench: Bench) -> None:
    def fill(store: ChatStore) -> tuple[TurnTime, ...]:
        kept = StoredTimes(store.database)
        for number in range(1, KEPT_ANSWERS + 6):
            kept.keep("m", TurnTime(MessageId(number), Effort.LOW, number, 1.0))
        kept.keep("m", TurnTime(MessageId(1), Effort.HIGH, 7, 1.0))
        return kept.of("m")

    times = bench.storage.submit(fill).result()
    low = [one.tokens for one in times if one.effort is Effort.LOW]
    assert low == list(range(6, KEPT_ANSWERS + 6))
    assert [one.tokens for one in times if one.effort is Effort.HIGH] == [7]

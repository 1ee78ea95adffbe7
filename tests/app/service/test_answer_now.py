from __future__ import annotations

from engine.events import EngineEvent, Finished, StopReason, ThinkingCut, Usage
from engine.harmony.messages import Effort
from engine.requests import AnswerRequest
from tests.app.service.conftest import Bench, ScriptedEngine


def thinks_on(_engine: ScriptedEngine, _request: AnswerRequest) -> list[EngineEvent]:
    return []


def test_the_running_turn_is_hurried(bench: Bench) -> None:
    bench.engine.scripts = [thinks_on]
    bench.service.send("Hi", Effort.HIGH)
    bench.settle()
    bench.service.answer_now()
    turn_id = bench.engine.requests[-1].turn_id
    assert bench.engine.hurried == [turn_id]


def test_without_an_answer_in_progress_nothing_is_hurried(bench: Bench) -> None:
    bench.service.answer_now()
    bench.service.send("Hi", Effort.HIGH)
    bench.settle()
    bench.service.answer_now()
    assert bench.engine.hurried == []


def test_a_question_that_waits_for_the_model_is_hurried_when_it_is_asked(impatient: Bench) -> None:
    impatient.engine.scripts = [thinks_on]
    impatient.service.start()
    impatient.service.send("Hi", Effort.HIGH)
    impatient.settle_storage()
    impatient.service.answer_now()
    assert impatient.engine.hurried == []
    impatient.found.set()
    impatient.settle()
    assert impatient.engine.hurried == [impatient.engine.requests[-1].turn_id]


def test_why_thoughts_were_cut_is_stored_with_the_answer(bench: Bench) -> None:
    usage = Usage(thought_tokens=7, thinking_cut=ThinkingCut.ASKED, guarded=2, retries=1)

    def cut(_engine: ScriptedEngine, request: AnswerRequest) -> list[EngineEvent]:
        return [Finished(request.turn_id, StopReason.END_OF_TURN, usage)]

    bench.engine.scripts = [cut]
    bench.service.send("Hi", Effort.HIGH)
    bench.settle()
    sent = bench.storage.submit(lambda store: store.branch(store.chats()[0].id)).result()
    assert sent[-1].usage == usage
    assert sent[-1].usage.thinking_cut is ThinkingCut.ASKED

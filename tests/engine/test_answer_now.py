"""`Engine.answer_now` on the practice model, at every moment of a turn."""

from __future__ import annotations

import threading
from dataclasses import replace

import pytest

from engine.events import (
    EngineEvent,
    Finished,
    Phase,
    PhaseChanged,
    PromptRead,
    StopReason,
    TextAdded,
    ThinkingCut,
    ThoughtAdded,
    ToolCalled,
)
from engine.harmony.messages import Channel, Effort, SystemMessage, ToolMessage
from engine.requests import AnswerRequest, TurnId
from tests.engine.conftest import GREEDY, Talk

QUESTION = "What is the capital of France?"


def high(talk: Talk, text: str = QUESTION, *, python: bool = False) -> AnswerRequest:
    talk.conversation = [SystemMessage(Effort.HIGH, "2026-01-02", python=python)]
    return talk.request(text)


def finish(talk: Talk) -> Finished:
    end = talk.wait_for(Finished)
    assert isinstance(end, Finished)
    assert end.reason is StopReason.END_OF_TURN
    return end


def test_while_thinking_it_cuts_the_thoughts_and_answers(talk: Talk) -> None:
    whole = high(talk)
    talk.engine.answer(whole)
    thought = finish(talk).usage.thought_tokens
    request = high(talk)
    talk.at(
        lambda event: isinstance(event, ThoughtAdded),
        lambda: talk.engine.answer_now(request.turn_id),
    )
    talk.engine.answer(request)
    usage = finish(talk).usage
    assert usage.thinking_cut is ThinkingCut.ASKED
    assert usage.thought_tokens < thought / 2
    assert talk.thoughts_of(request.turn_id)
    assert talk.text_of(request.turn_id).strip()
    assert usage.repairs == 0
    assert "\ufffd" not in talk.thoughts_of(request.turn_id)


@pytest.mark.parametrize("moment", ["queued", "reading"])
def test_before_it_thinks_it_does_not_begin_to(talk: Talk, moment: str) -> None:
    request = high(talk)
    if moment == "reading":
        talk.at(
            lambda event: isinstance(event, PromptRead),
            lambda: talk.engine.answer_now(request.turn_id),
        )
    else:
        talk.at(
            lambda event: isinstance(event, Finished),  # of the turn before, so this one waits
            lambda: talk.engine.answer_now(request.turn_id),
        )
        first = replace(request, turn_id=TurnId(900))
        talk.engine.answer(first)
    talk.engine.answer(request)
    if moment == "queued":
        finish(talk)
    usage = finish(talk).usage
    assert usage.thinking_cut is ThinkingCut.ASKED
    assert usage.thought_tokens == 0
    assert talk.thoughts_of(request.turn_id) == ""
    assert talk.text_of(request.turn_id).strip()


def test_twice_from_many_threads_is_like_once(talk: Talk) -> None:
    request = high(talk)

    def hurry() -> None:
        threads = [
            threading.Thread(target=talk.engine.answer_now, args=(request.turn_id,))
            for _ in range(4)
        ]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()

    talk.at(lambda event: isinstance(event, ThoughtAdded), hurry)
    talk.engine.answer(request)
    finish(talk)
    phases = [event.phase for event in talk.seen if isinstance(event, PhaseChanged)]
    assert phases == [Phase.READING, Phase.THINKING, Phase.ANSWERING]
    assert len(talk.ends_of(request.turn_id)) == 1


def test_while_answering_it_changes_nothing(talk: Talk) -> None:
    plain = high(talk)
    talk.engine.answer(plain)
    finish(talk)
    request = high(talk)
    talk.at(
        lambda event: isinstance(event, TextAdded),
        lambda: talk.engine.answer_now(request.turn_id),
    )
    talk.engine.answer(request)
    assert finish(talk).usage.thinking_cut is ThinkingCut.NONE
    assert talk.text_of(request.turn_id) == talk.text_of(plain.turn_id)


def test_while_a_tool_works_its_result_is_answered_without_thoughts(talk: Talk) -> None:
    request = high(talk, "What is 37 * 12?", python=True)
    talk.engine.answer(request)
    call = talk.wait_for(ToolCalled)
    assert isinstance(call, ToolCalled)
    thoughts = talk.thoughts_of(request.turn_id)
    talk.engine.answer_now(request.turn_id)
    talk.engine.continue_turn(request.turn_id, ToolMessage("python", Channel.ANALYSIS, "444"))
    assert finish(talk).usage.thinking_cut is ThinkingCut.ASKED
    assert talk.thoughts_of(request.turn_id) == thoughts
    assert talk.text_of(request.turn_id).strip()


def test_of_a_turn_that_has_ended_it_does_nothing(talk: Talk) -> None:
    request = high(talk)
    talk.engine.answer(request)
    finish(talk)
    talk.engine.answer_now(request.turn_id)
    talk.engine.answer_now(TurnId(12345))
    after = high(talk)
    talk.engine.answer(after)
    assert finish(talk).usage.thinking_cut is ThinkingCut.NONE


def test_stop_beats_it(talk: Talk) -> None:
    request = high(talk)

    def both() -> None:
        talk.engine.answer_now(request.turn_id)
        talk.engine.stop(request.turn_id)

    talk.at(lambda event: isinstance(event, ThoughtAdded), both)
    talk.engine.answer(request)
    end: EngineEvent = talk.wait_for(Finished)
    assert isinstance(end, Finished)
    assert end.reason is StopReason.CANCELLED
    assert talk.text_of(request.turn_id) == ""


def test_a_budget_cuts_in_the_engine(talk: Talk) -> None:
    request = replace(high(talk), thinking_budget_tokens=5, sampling=GREEDY)
    talk.engine.answer(request)
    usage = finish(talk).usage
    assert usage.thinking_cut is ThinkingCut.BUDGET
    assert usage.thought_tokens <= 6
    assert talk.text_of(request.turn_id).strip()

from __future__ import annotations

from pathlib import Path

import pytest

from engine.events import (
    Failed,
    Finished,
    ModelLoaded,
    ModelRested,
    ModelWanted,
    SideEnded,
    SideOutcome,
    StopReason,
    ToolCalled,
)
from engine.harmony.messages import Effort, SystemMessage, ToolMessage, UserMessage
from engine.requests import LoadRequest, SideJobId, SideRequest
from tests.engine.conftest import MakeTalk, Talk
from tests.engine.test_worker import ask_python

AT_ONCE = 1e-6


@pytest.fixture
def talk(make_talk: MakeTalk, practice_model_path: Path) -> Talk:
    made = make_talk()
    assert isinstance(made.load(practice_model_path), ModelLoaded)
    return made


def rested(talk: Talk) -> None:
    talk.engine.rest_after(AT_ONCE)
    talk.wait_for(ModelRested)


def woken(talk: Talk, path: Path) -> None:
    """As the app does: it finds out what to load, and loads it."""
    talk.wait_for(ModelWanted)
    talk.engine.rest_after(0.0)
    talk.engine.load(LoadRequest(path, 2048, 512, threads=1))


def test_a_question_to_a_resting_model_waits_for_it_and_is_answered(
    talk: Talk, practice_model_path: Path
) -> None:
    talk.answer("My name is Anna.")
    rested(talk)
    request = talk.request("What is my name?")
    talk.engine.answer(request)
    woken(talk, practice_model_path)
    assert isinstance(talk.wait_for(Finished, Failed), Finished)
    assert "Anna" in talk.text_of(request.turn_id)


def test_all_that_waits_is_done_in_its_order_and_the_model_is_wanted_once(
    talk: Talk, practice_model_path: Path
) -> None:
    rested(talk)
    first, second = talk.request("Hello!"), talk.request("Hello again!")
    side = SideRequest(
        SideJobId(1),
        (SystemMessage(Effort.LOW, "2026-01-02"), UserMessage("Hello!")),
        8,
        0,
        is_urgent=True,
    )
    talk.engine.answer(first)
    talk.engine.side(side)
    talk.engine.answer(second)
    woken(talk, practice_model_path)
    ends = [talk.wait_for(Finished, Failed, SideEnded) for _ in range(3)]
    assert [type(one) for one in ends] == [Finished, SideEnded, Finished]
    assert sum(isinstance(one, ModelWanted) for one in talk.seen) == 1


def test_a_question_that_waits_can_be_stopped(talk: Talk, practice_model_path: Path) -> None:
    rested(talk)
    request = talk.request("Hello!")
    talk.engine.answer(request)
    talk.wait_for(ModelWanted)
    talk.engine.stop(request.turn_id)
    end = talk.wait_for(Finished, Failed)
    assert isinstance(end, Finished)
    assert end.reason is StopReason.CANCELLED
    talk.engine.load(LoadRequest(practice_model_path, 2048, 512, threads=1))
    assert isinstance(talk.answer("Hello!"), Finished)
    assert len(talk.ends_of(request.turn_id)) == 1


def test_what_waits_ends_when_there_will_be_no_model(talk: Talk) -> None:
    rested(talk)
    talk.engine.answer(talk.request("Hello!"))
    talk.wait_for(ModelWanted)
    talk.engine.unload()
    assert isinstance(talk.wait_for(Finished, Failed), Failed)


def test_what_waits_ends_when_the_load_fails(talk: Talk, tmp_path: Path) -> None:
    rested(talk)
    talk.engine.answer(talk.request("Hello!"))
    woken(talk, tmp_path / "gone.gguf")
    assert isinstance(talk.wait_for(Finished, Failed), Failed)


def test_a_side_job_nobody_waits_for_any_more_wakes_nobody_twice(
    talk: Talk, practice_model_path: Path
) -> None:
    rested(talk)
    job = SideRequest(SideJobId(3), (UserMessage("Hello!"),), 8, 0)
    talk.engine.side(job)
    talk.wait_for(ModelWanted)
    talk.engine.cancel_side(job.job_id)
    end = talk.wait_for(SideEnded)
    assert isinstance(end, SideEnded)
    assert end.outcome is SideOutcome.CANCELLED
    talk.engine.load(LoadRequest(practice_model_path, 2048, 512, threads=1))
    assert isinstance(talk.answer("Hello!"), Finished)


def test_a_turn_that_waits_for_a_tool_keeps_the_model_awake(talk: Talk) -> None:
    request = ask_python(talk)
    talk.engine.answer(request)
    called = talk.wait_for(ToolCalled)
    assert isinstance(called, ToolCalled)
    talk.engine.rest_after(AT_ONCE)
    assert talk.engine.wait_until_idle(20)
    talk.engine.continue_turn(request.turn_id, ToolMessage("python", called.channel, "84"))
    assert isinstance(talk.wait_for(Finished, Failed, ModelRested), Finished)
    talk.wait_for(ModelRested)  # now that nothing waits


def test_closing_ends_what_waits_for_a_resting_model(talk: Talk) -> None:
    rested(talk)
    talk.engine.answer(talk.request("Hello!"))
    talk.wait_for(ModelWanted)
    assert talk.engine.close(30)
    assert isinstance(talk.wait_for(Finished, Failed), Finished)

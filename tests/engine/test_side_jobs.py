"""Side jobs as callers of the engine see them."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from pathlib import Path

import pytest

from engine.events import (
    EngineEvent,
    Finished,
    ModelLoaded,
    SideEnded,
    SideOutcome,
    ToolCalled,
)
from engine.harmony.messages import Channel, Effort, SystemMessage, ToolMessage, UserMessage
from engine.harmony.vocabulary import Vocabulary
from engine.inbox import Close, Inbox, Prepare, Side
from engine.llama.abort_flag import AbortFlag
from engine.requests import (
    AnswerRequest,
    LoadRequest,
    PrepareRequest,
    SideJobId,
    SideRequest,
    TurnId,
)
from engine.session import Session
from tests.engine.conftest import GREEDY, MakeTalk, Talk, open_filter

SYSTEM = SystemMessage(Effort.LOW, "2026-01-02")


def job(number: int, text: str = "Hello!", *, is_urgent: bool = False) -> SideRequest:
    conversation = (SYSTEM, UserMessage(text))
    return SideRequest(SideJobId(number), conversation, 80, 80, is_urgent=is_urgent)


def side_end(talk: Talk) -> SideEnded:
    ended = talk.wait_for(SideEnded)
    assert isinstance(ended, SideEnded)
    return ended


@pytest.mark.parametrize("is_urgent", [False, True])
def test_a_job_ends_once_with_its_answer_and_tells_nothing_else(
    talk: Talk, is_urgent: bool
) -> None:
    seen = len(talk.seen)
    talk.engine.side(job(1, is_urgent=is_urgent))
    ended = side_end(talk)
    assert ended.outcome is SideOutcome.DONE
    assert ended.text.startswith("Hello")
    assert len(talk.seen) == seen + 1


def test_the_next_turn_finds_as_much_in_the_cache_as_without_jobs(
    make_talk: MakeTalk, practice_model_path: Path
) -> None:
    usages = []
    for has_jobs in (False, True):
        talk = make_talk()
        assert isinstance(talk.load(practice_model_path), ModelLoaded)
        ends = []
        for number, text in enumerate(("Hello!", "My name is Minseo.", "What is my name?")):
            ends.append(talk.answer(text))
            assert talk.engine.wait_until_idle(60)
            if has_jobs:
                talk.engine.side(job(number))
                assert side_end(talk).outcome is SideOutcome.DONE
        usages.append([(end.usage.reused_tokens, end.usage.read_tokens) for end in ends])
        assert "Minseo" in talk.text_of(3)
    assert usages[0] == usages[1]
    assert usages[0][-1][0] > 0


def test_a_job_is_done_while_a_turn_waits_for_a_tool_which_then_goes_on(talk: Talk) -> None:
    system = SystemMessage(Effort.LOW, "2026-01-02", python=True)
    asked = (system, UserMessage("What is 37 * 12?"))
    talk.engine.answer(AnswerRequest(TurnId(1), asked, GREEDY))
    call = talk.wait_for(ToolCalled)
    assert isinstance(call, ToolCalled)
    talk.engine.side(job(1))
    assert side_end(talk).outcome is SideOutcome.DONE
    talk.engine.continue_turn(TurnId(1), ToolMessage("python", Channel.ANALYSIS, "444"))
    talk.wait_for(Finished)
    assert "444" in talk.text_of(1)


def test_a_job_without_a_model_and_one_after_the_end_fail(make_talk: MakeTalk) -> None:
    talk = make_talk()
    talk.engine.side(job(1))
    assert side_end(talk) == SideEnded(SideJobId(1), SideOutcome.FAILED)
    assert talk.engine.close(60)
    talk.engine.side(job(2))
    assert side_end(talk) == SideEnded(SideJobId(2), SideOutcome.FAILED)


def test_a_job_that_waits_ends_when_the_engine_does(talk: Talk) -> None:
    def last_moment() -> None:
        talk.engine.side(job(1))
        talk.engine.side(job(2, is_urgent=True))
        talk.engine._inbox.post(Close())

    talk.at(lambda event: isinstance(event, Finished), last_moment)
    talk.engine.answer(talk.request("Hello!"))
    ends = [side_end(talk), side_end(talk)]
    assert {end.outcome for end in ends} == {SideOutcome.CANCELLED}
    assert {end.job_id for end in ends} == {1, 2}


def test_a_job_that_waits_fails_with_an_engine_that_cannot_begin(make_talk: MakeTalk) -> None:
    asked = threading.Event()

    def damaged() -> Vocabulary:
        assert asked.wait(60)
        raise ValueError

    talk = make_talk(load_vocabulary=damaged)
    talk.engine.side(job(1))
    asked.set()
    assert side_end(talk) == SideEnded(SideJobId(1), SideOutcome.FAILED)


class Thread:
    """A session led step by step, as the engine thread leads it."""

    def __init__(self, vocabulary: Vocabulary, model: Path) -> None:
        self.flag = AbortFlag()
        self.inbox = Inbox(self.flag)
        self.seen: list[EngineEvent] = []
        self.session = Session(vocabulary, open_filter, self.seen.append, self.inbox, self.flag)
        self.session.load(LoadRequest(model, 1024, 128, threads=1))

    @property
    def ends(self) -> list[SideEnded]:
        return [event for event in self.seen if isinstance(event, SideEnded)]


@pytest.fixture
def thread(vocabulary: Vocabulary, practice_model_path: Path) -> Iterator[Thread]:
    made = Thread(vocabulary, practice_model_path)
    yield made
    made.session.unload()


@pytest.mark.parametrize(
    ("is_urgent", "outcome"), [(False, SideOutcome.GAVE_WAY), (True, SideOutcome.DONE)]
)
def test_only_a_job_that_is_not_urgent_gives_way_to_a_command(
    thread: Thread, is_urgent: bool, outcome: SideOutcome
) -> None:
    thread.inbox.post(Side(job(1, is_urgent=is_urgent)))
    command = thread.inbox.take()
    thread.inbox.post(Prepare(PrepareRequest("", (SYSTEM,))))
    assert isinstance(command, Side)
    thread.session.side(command.request)
    assert [end.outcome for end in thread.ends] == [outcome]
    assert not thread.inbox.open_sides()


@pytest.mark.parametrize("is_urgent", [False, True])
def test_a_job_can_be_cancelled_until_it_ends(thread: Thread, is_urgent: bool) -> None:
    thread.inbox.post(Side(job(1, is_urgent=is_urgent)))
    command = thread.inbox.take()
    assert isinstance(command, Side)
    begin = thread.inbox.begin_side

    def begin_and_cancel(job_id: SideJobId) -> bool:
        did_begin = begin(job_id)
        thread.inbox.cancel_side(job_id)
        return did_begin

    thread.inbox.begin_side = begin_and_cancel  # type: ignore[method-assign]
    thread.session.side(command.request)
    assert thread.ends == [SideEnded(SideJobId(1), SideOutcome.CANCELLED)]
    thread.inbox.cancel_side(SideJobId(1))
    assert not thread.inbox.has_work()

from __future__ import annotations

import threading
from pathlib import Path

import pytest

from engine.harmony.messages import Channel, ToolMessage
from engine.inbox import (
    Answer,
    Cancel,
    CancelSide,
    Close,
    Command,
    Continue,
    Inbox,
    Load,
    Side,
    Unload,
)
from engine.requests import AnswerRequest, LoadRequest, SideJobId, SideRequest, TurnId

ONE, TWO = TurnId(1), TurnId(2)
RESULT = ToolMessage("python", Channel.ANALYSIS, "4")


class Flag:
    def __init__(self) -> None:
        self._is_set = False

    def set(self) -> None:
        self._is_set = True

    def clear(self) -> None:
        self._is_set = False

    def is_set(self) -> bool:
        return self._is_set


@pytest.fixture
def flag() -> Flag:
    return Flag()


@pytest.fixture
def inbox(flag: Flag) -> Inbox:
    return Inbox(flag)


def answer(turn_id: TurnId) -> Answer:
    return Answer(AnswerRequest(turn_id, ()))


def test_commands_come_in_order(inbox: Inbox) -> None:
    commands: list[Command] = [Load(LoadRequest(Path("a"))), answer(ONE), Unload(), answer(TWO)]
    for command in commands:
        assert inbox.post(command)
    assert [inbox.take() for _ in commands] == commands
    assert not inbox.has_work()


def test_taking_waits_for_a_command(inbox: Inbox) -> None:
    poster = threading.Thread(target=lambda: inbox.post(Unload()))
    poster.start()
    assert inbox.take() == Unload()
    poster.join()


def test_stopping_the_running_turn_sets_the_flag_until_the_next_begins(
    inbox: Inbox, flag: Flag
) -> None:
    inbox.post(answer(ONE))
    inbox.post(answer(TWO))
    assert inbox.begin_turn(ONE)
    inbox.stop(ONE)
    assert inbox.is_stopped()
    assert flag.is_set()
    assert inbox.end_turn(ONE)
    assert inbox.begin_turn(TWO)
    assert not inbox.is_stopped()
    assert not flag.is_set()


def test_stopping_a_turn_that_has_ended_or_is_unknown_does_nothing(
    inbox: Inbox, flag: Flag
) -> None:
    inbox.post(answer(ONE))
    inbox.take()
    inbox.begin_turn(ONE)
    inbox.end_turn(ONE)
    inbox.stop(ONE)
    inbox.stop(TWO)
    assert not flag.is_set()
    assert not inbox.has_work()


def test_a_turn_stopped_in_the_queue_comes_as_cancel_before_all_else(inbox: Inbox) -> None:
    inbox.post(Unload())
    inbox.post(answer(ONE))
    inbox.stop(ONE)
    inbox.stop(ONE)
    assert not inbox.begin_turn(ONE)
    assert inbox.take() == Cancel(ONE)
    assert inbox.end_turn(ONE)
    assert inbox.take() == Unload()
    assert not inbox.has_work(), "its queued commands are gone"


def test_a_turn_to_cancel_can_be_taken_while_another_runs(inbox: Inbox) -> None:
    inbox.post(answer(ONE))
    inbox.post(answer(TWO))
    inbox.begin_turn(ONE)
    assert not inbox.has_cancelled()
    inbox.stop(TWO)
    assert inbox.has_cancelled()
    assert inbox.take_cancelled() == TWO
    assert inbox.take_cancelled() is None


def test_a_turn_ends_once(inbox: Inbox) -> None:
    inbox.post(answer(ONE))
    assert inbox.open_turns() == (ONE,)
    assert inbox.end_turn(ONE)
    assert not inbox.end_turn(ONE)
    assert not inbox.begin_turn(ONE)


def test_pausing_tells_whether_stop_came_just_before(inbox: Inbox, flag: Flag) -> None:
    inbox.post(answer(ONE))
    inbox.begin_turn(ONE)
    assert inbox.pause_turn()
    inbox.begin_turn(ONE)
    inbox.stop(ONE)
    assert not inbox.pause_turn()
    assert not flag.is_set()


def test_a_paused_turn_is_stopped_through_the_queue(inbox: Inbox) -> None:
    inbox.post(answer(ONE))
    inbox.take()
    inbox.begin_turn(ONE)
    inbox.pause_turn()
    inbox.post(Continue(ONE, RESULT))
    inbox.stop(ONE)
    assert inbox.take() == Cancel(ONE)
    inbox.end_turn(ONE)
    assert not inbox.has_work()


def test_a_load_can_be_given_up_while_it_waits_and_while_it_runs(inbox: Inbox) -> None:
    inbox.cancel_load()
    assert not inbox.is_load_cancelled(), "there is none"
    inbox.post(Load(LoadRequest(Path("a"))))
    inbox.cancel_load()
    assert inbox.is_load_cancelled()
    inbox.take()
    inbox.begin_load()
    assert inbox.is_load_expected()
    inbox.end_load()
    assert not inbox.is_load_cancelled()
    inbox.begin_load()
    inbox.cancel_load()
    assert inbox.is_load_cancelled()


def test_idle_work_gives_way_to_any_command(inbox: Inbox, flag: Flag) -> None:
    inbox.begin_idle()
    assert not flag.is_set()
    inbox.post(answer(ONE))
    assert flag.is_set()
    assert inbox.has_work()
    inbox.end_idle()
    assert not flag.is_set()


def test_idle_work_does_not_even_begin_when_a_command_waits(inbox: Inbox, flag: Flag) -> None:
    inbox.post(Unload())
    inbox.begin_idle()
    assert flag.is_set()


def test_closing_ends_what_runs_and_accepts_nothing_more(inbox: Inbox, flag: Flag) -> None:
    inbox.post(answer(ONE))
    inbox.begin_turn(ONE)
    assert inbox.post(Close())
    assert flag.is_set()
    assert inbox.is_stopped()
    assert inbox.is_load_cancelled()
    assert not inbox.post(answer(TWO))
    assert inbox.open_turns() == (ONE,)
    assert not inbox.begin_turn(ONE)


def test_waiting_for_idleness_ends_when_the_thread_waits(inbox: Inbox) -> None:
    inbox.post(Unload())
    assert not inbox.wait_until_idle(0.0)
    taker = threading.Thread(target=lambda: [inbox.take(), inbox.take()])
    taker.start()
    assert inbox.wait_until_idle(30)
    inbox.post(Close())
    taker.join()


def test_a_hurried_turn_stays_hurried_until_it_ends(inbox: Inbox, flag: Flag) -> None:
    inbox.post(answer(ONE))
    inbox.post(answer(TWO))
    inbox.hurry(TWO)
    assert inbox.begin_turn(ONE)
    assert not inbox.is_hurried()
    inbox.hurry(ONE)
    inbox.hurry(ONE)
    assert inbox.is_hurried()
    assert not flag.is_set()  # the computation goes on
    assert inbox.pause_turn()
    assert inbox.begin_turn(ONE)
    assert inbox.is_hurried()
    assert inbox.end_turn(ONE)
    assert inbox.begin_turn(TWO)
    assert inbox.is_hurried()
    assert inbox.end_turn(TWO)
    inbox.post(answer(TWO))
    assert inbox.begin_turn(TWO)
    assert not inbox.is_hurried()


def test_hurrying_a_turn_that_waits_does_not_hurry_the_one_that_runs(inbox: Inbox) -> None:
    inbox.post(answer(ONE))
    inbox.post(answer(TWO))
    inbox.begin_turn(ONE)
    inbox.hurry(TWO)
    assert not inbox.is_hurried()


def test_hurrying_an_unknown_turn_does_nothing(inbox: Inbox) -> None:
    inbox.hurry(ONE)
    inbox.post(answer(ONE))
    inbox.begin_turn(ONE)
    assert not inbox.is_hurried()


JOB, OTHER_JOB = SideJobId(1), SideJobId(2)


def side(job_id: SideJobId, *, is_urgent: bool = False) -> Side:
    return Side(SideRequest(job_id, (), 1, 0, is_urgent=is_urgent))


def test_side_jobs_come_behind_all_else_unless_they_are_urgent(inbox: Inbox) -> None:
    posted: list[Command] = [side(JOB), Unload(), side(OTHER_JOB, is_urgent=True), answer(ONE)]
    for command in posted:
        assert inbox.post(command)
    assert [inbox.take() for _ in posted] == [posted[1], posted[2], posted[3], posted[0]]


def test_taking_waits_for_a_side_job_too(inbox: Inbox) -> None:
    poster = threading.Thread(target=lambda: inbox.post(side(JOB)))
    poster.start()
    assert inbox.take() == side(JOB)
    poster.join()
    assert inbox.open_sides() == (JOB,)


def test_a_job_that_gives_way_is_ended_by_any_command_but_another_such_job(
    inbox: Inbox, flag: Flag
) -> None:
    inbox.post(side(JOB))
    inbox.take()
    assert inbox.begin_side(JOB)
    inbox.begin_idle()
    inbox.post(side(OTHER_JOB))
    assert not flag.is_set()
    assert not inbox.has_work()
    inbox.post(answer(ONE))
    assert flag.is_set()
    assert inbox.has_work()
    assert not inbox.is_side_stopped()
    inbox.end_idle()
    assert inbox.end_side(JOB)
    assert not flag.is_set()
    assert inbox.begin_side(OTHER_JOB)
    inbox.begin_idle()
    assert flag.is_set(), "the command waits already"


def test_an_urgent_job_is_ended_by_nothing_but_its_cancelling(inbox: Inbox, flag: Flag) -> None:
    inbox.post(side(JOB, is_urgent=True))
    inbox.take()
    assert inbox.begin_side(JOB)
    inbox.post(answer(ONE))
    inbox.cancel_side(OTHER_JOB)
    assert not flag.is_set()
    inbox.cancel_side(JOB)
    assert flag.is_set()
    assert inbox.is_side_stopped()
    assert inbox.end_side(JOB)
    assert not inbox.end_side(JOB)
    assert not inbox.is_side_stopped()
    assert not flag.is_set()


@pytest.mark.parametrize("is_urgent", [False, True])
def test_a_job_cancelled_in_the_queue_comes_as_such_and_not_as_a_job(
    inbox: Inbox, flag: Flag, is_urgent: bool
) -> None:
    inbox.post(side(JOB, is_urgent=is_urgent))
    inbox.cancel_side(JOB)
    inbox.cancel_side(JOB)
    assert not flag.is_set()
    assert not inbox.begin_side(JOB)
    taken = [inbox.take()] if not is_urgent else [inbox.take(), inbox.take()]
    assert taken[-1] == CancelSide(JOB)
    assert inbox.end_side(JOB)
    assert inbox.open_sides() == ()
    assert not inbox.has_work()


def test_closing_ends_the_side_job_that_runs_and_lets_none_begin(inbox: Inbox, flag: Flag) -> None:
    for job_id in (JOB, OTHER_JOB):
        inbox.post(side(job_id))
        inbox.take()
    inbox.begin_side(JOB)
    assert inbox.post(Close())
    assert flag.is_set()
    assert inbox.is_side_stopped()
    assert not inbox.post(side(SideJobId(3)))
    assert inbox.end_side(JOB)
    assert not inbox.begin_side(OTHER_JOB)
    assert inbox.open_sides() == (OTHER_JOB,)


def test_the_thread_is_not_idle_while_a_side_job_waits(inbox: Inbox) -> None:
    taker = threading.Thread(target=inbox.take)
    taker.start()
    assert inbox.wait_until_idle(30)
    inbox.post(side(JOB))
    taker.join()
    inbox.post(side(OTHER_JOB))
    assert not inbox.wait_until_idle(0.0)

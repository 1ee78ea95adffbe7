from __future__ import annotations

import threading
from pathlib import Path

import pytest

from engine.harmony.messages import Channel, ToolMessage
from engine.inbox import Answer, Cancel, Close, Command, Continue, Inbox, Load, Unload
from engine.requests import AnswerRequest, LoadRequest, TurnId

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

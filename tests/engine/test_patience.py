from __future__ import annotations

import threading
from pathlib import Path

from engine.inbox import Inbox, Load, Rest, Unload
from engine.patience import Patience
from engine.requests import LoadRequest
from tests.engine.test_inbox import Flag

LOAD = Load(LoadRequest(Path("a")))


class Clock:
    def __init__(self) -> None:
        self.now = 100.0

    def __call__(self) -> float:
        return self.now


class Waiter:
    """A thread that waits for work; each end of waiting is told."""

    def __init__(self, patience: Patience, condition: threading.Condition) -> None:
        self.patience, self.condition = patience, condition
        self.is_there = False
        self.came: list[bool] = []

    def __enter__(self) -> Waiter:
        self.began = threading.Event()
        self.thread = threading.Thread(target=self._wait)
        self.thread.start()
        assert self.began.wait(20)
        return self

    def __exit__(self, *_: object) -> None:
        self.thread.join(20)
        assert not self.thread.is_alive()

    def _wait(self) -> None:
        with self.condition:
            self.began.set()  # who notifies gets the condition once this waits
            self.came.append(self.patience.wait_for(lambda: self.is_there))


def test_without_a_limit_it_waits_until_there_is_work() -> None:
    clock, condition = Clock(), threading.Condition()
    with Waiter(Patience(condition, clock), condition) as waiter:
        clock.now += 1e9
        with condition:
            waiter.is_there = True
            condition.notify_all()
    assert waiter.came == [True]


def test_patience_ends_by_the_clock_and_only_once() -> None:
    clock, condition = Clock(), threading.Condition()
    patience = Patience(condition, clock)
    patience.set(600.0)
    with Waiter(patience, condition) as waiter:
        clock.now += 599.0
        with condition:
            condition.notify_all()
            assert waiter.came == []
            clock.now += 1.0
            condition.notify_all()
    assert waiter.came == [False]
    with Waiter(patience, condition) as waiter:  # it waits for work now, however long
        clock.now += 1e9
        with condition:
            condition.notify_all()
            waiter.is_there = True
    assert waiter.came == [True]


def test_work_begins_the_wait_anew() -> None:
    clock, condition = Clock(), threading.Condition()
    patience = Patience(condition, clock)
    patience.set(600.0)
    with condition:
        clock.now += 599.0
        assert patience.wait_for(lambda: True)
    with Waiter(patience, condition) as waiter:
        clock.now += 599.0
        with condition:
            condition.notify_all()
            waiter.is_there = True
    assert waiter.came == [True]


def test_another_limit_holds_for_who_waits_already() -> None:
    clock, condition = Clock(), threading.Condition()
    patience = Patience(condition, clock)
    with Waiter(patience, condition) as waiter:
        clock.now += 300.0
        patience.set(60.0)
    assert waiter.came == [False]


def test_the_inbox_gives_rest_once_and_then_what_comes() -> None:
    inbox = Inbox(Flag())
    inbox.patience.set(1e-6)
    assert inbox.take() == Rest()
    assert inbox.post(Unload())
    assert inbox.take() == Unload()
    assert inbox.take() == Rest()


def test_work_that_is_there_goes_before_rest() -> None:
    inbox = Inbox(Flag())
    inbox.patience.set(1e-6)
    inbox.post(LOAD)
    assert [inbox.take(), inbox.take()] == [LOAD, Rest()]

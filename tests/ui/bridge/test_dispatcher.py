from __future__ import annotations

import threading
from functools import partial

from PySide6.QtCore import QThread
from pytestqt.qtbot import QtBot

from ui.bridge.dispatcher import Dispatcher


def test_calls_run_on_the_owners_thread_in_order(qtbot: QtBot) -> None:
    dispatcher = Dispatcher()
    owner = QThread.currentThread()
    seen: list[tuple[int, bool]] = []

    def call(number: int) -> None:
        seen.append((number, QThread.currentThread() is owner))

    def other_thread() -> None:
        for number in range(200):
            dispatcher.post(partial(call, number))

    thread = threading.Thread(target=other_thread)
    thread.start()
    thread.join()
    assert seen == []
    qtbot.waitUntil(lambda: len(seen) == 200)
    assert seen == [(number, True) for number in range(200)]


def test_a_call_that_fails_does_not_hold_up_the_next(qtbot: QtBot) -> None:
    dispatcher = Dispatcher()
    seen: list[str] = []

    def fail() -> None:
        raise LookupError("a bug")

    with qtbot.captureExceptions() as errors:
        dispatcher.post(fail)
        dispatcher.post(lambda: seen.append("next"))
        qtbot.waitUntil(lambda: seen == ["next"])
    assert [kind for kind, _, _ in errors] == [LookupError]


def test_a_call_never_runs_inside_post(qtbot: QtBot) -> None:
    dispatcher = Dispatcher()
    seen: list[int] = []
    dispatcher.post(lambda: seen.append(1))
    assert seen == []
    qtbot.waitUntil(lambda: seen == [1])

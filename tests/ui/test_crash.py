from __future__ import annotations

import gc
import logging
import sys
import threading
from collections.abc import Callable, Iterator

import pytest
from PySide6.QtCore import qWarning
from pytestqt.qtbot import QtBot

from ui.crash import install_crash_hooks


class Listener:
    """Counts what it was told, and on which thread."""

    def __init__(self) -> None:
        self.threads: list[threading.Thread] = []
        self.traces: list[str] = []

    def show_bug(self, trace: str) -> None:
        self.traces.append(trace)
        self.threads.append(threading.current_thread())


@pytest.fixture
def listener(qapp: object) -> Iterator[Listener]:
    assert qapp is not None
    made = Listener()
    uninstall = install_crash_hooks(made)
    yield made
    uninstall()


def raised(act: Callable[[], object]) -> None:
    """Send an error to `sys.excepthook` as Python does when nobody catches it."""
    try:
        act()
    except Exception as error:  # noqa: BLE001 - any error is the point
        sys.excepthook(type(error), error, error.__traceback__)


def fail() -> None:
    raise LookupError("the user's secret words")


def test_an_uncaught_error_is_logged_without_its_text_and_told(
    listener: Listener, qtbot: QtBot, caplog: pytest.LogCaptureFixture
) -> None:
    raised(fail)
    qtbot.waitUntil(lambda: len(listener.threads) == 1)
    record = caplog.records[-1]
    assert record.levelno == logging.CRITICAL
    assert record.getMessage() == "uncaught error in the window"
    assert record.exc_info is not None
    assert record.exc_info[0] is LookupError
    (trace,) = listener.traces
    assert "LookupError" in trace
    assert "in fail" in trace
    assert "secret words" not in trace


def test_an_error_on_another_thread_is_told_on_this_one(
    listener: Listener, qtbot: QtBot, caplog: pytest.LogCaptureFixture
) -> None:
    thread = threading.Thread(target=fail, name="engine")
    thread.start()
    thread.join()
    qtbot.waitUntil(lambda: listener.threads == [threading.current_thread()])
    assert "uncaught error in engine" in caplog.messages


def test_an_error_in_a_destructor_is_told(listener: Listener, qtbot: QtBot) -> None:
    class Broken:
        def __del__(self) -> None:
            fail()

    broken = [Broken()]
    broken.clear()
    gc.collect()
    qtbot.waitUntil(lambda: len(listener.threads) == 1)


def test_control_c_is_no_bug(
    qapp: object, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    assert qapp is not None
    left_to: list[type[BaseException]] = []
    monkeypatch.setattr(sys, "excepthook", lambda kind, *_: left_to.append(kind))
    uninstall = install_crash_hooks(Listener())
    sys.excepthook(KeyboardInterrupt, KeyboardInterrupt(), None)
    uninstall()
    assert left_to == [KeyboardInterrupt]
    assert caplog.messages == []


def test_what_qt_says_goes_to_the_log(listener: Listener, caplog: pytest.LogCaptureFixture) -> None:
    qWarning("a layout has no parent")
    assert any("a layout has no parent" in message for message in caplog.messages)
    assert listener.threads == []


def test_after_uninstalling_everything_is_as_before() -> None:
    before = (sys.excepthook, threading.excepthook, sys.unraisablehook)
    install_crash_hooks(Listener())()
    assert (sys.excepthook, threading.excepthook, sys.unraisablehook) == before

"""Hooks for errors that nobody caught: they go to the log, and a notice tells of them.

The log gets types and places, never the text of an error: it may quote a chat.
"""

from __future__ import annotations

import logging
import sys
import threading
from collections.abc import Callable
from types import TracebackType
from typing import Final, Protocol

from PySide6.QtCore import (
    QMessageLogContext,
    QObject,
    Qt,
    QtMsgType,
    Signal,
    qInstallMessageHandler,
)

from app.logs import PrivateFormatter

_log = logging.getLogger(__name__)
_QT_LEVELS: Final = {
    QtMsgType.QtDebugMsg: logging.DEBUG,
    QtMsgType.QtInfoMsg: logging.INFO,
    QtMsgType.QtWarningMsg: logging.WARNING,
    QtMsgType.QtCriticalMsg: logging.ERROR,
    QtMsgType.QtFatalMsg: logging.CRITICAL,
}


class BugListener(Protocol):
    """What tells the user; the window."""

    def show_bug(self, trace: str) -> None:
        """Say that something went wrong inside Sotto and that it was logged.  UI thread.

        Args:
            trace: the error as types and places.
        """
        ...


class _Reporter(QObject):
    """Brings the news from any thread to the UI thread."""

    happened = Signal(str)

    def __init__(self, listener: BugListener) -> None:
        super().__init__()
        self._listener = listener
        self.happened.connect(self._tell, Qt.ConnectionType.QueuedConnection)

    def _tell(self, trace: str) -> None:
        self._listener.show_bug(trace)


def install_crash_hooks(listener: BugListener) -> Callable[[], None]:
    """Watch for uncaught errors from now on; returns the way to stop watching."""
    reporter = _Reporter(listener)
    before = (sys.excepthook, threading.excepthook, sys.unraisablehook)

    def report(place: str, error: BaseException | None) -> None:
        _log.critical("uncaught error in %s", place, exc_info=error)
        reporter.happened.emit(_trace(place, error))

    def on_error(
        kind: type[BaseException], error: BaseException, trace: TracebackType | None
    ) -> None:
        if issubclass(kind, KeyboardInterrupt | SystemExit):
            before[0](kind, error, trace)
            return
        report("the window", error)

    def on_thread_error(arguments: threading.ExceptHookArgs) -> None:
        thread = arguments.thread.name if arguments.thread else "a thread"
        report(thread, arguments.exc_value)

    def on_unraisable(arguments: sys.UnraisableHookArgs) -> None:
        report("a destructor or callback", arguments.exc_value)

    sys.excepthook = on_error
    threading.excepthook = on_thread_error
    sys.unraisablehook = on_unraisable
    handler_before = qInstallMessageHandler(_on_qt_message)

    def uninstall() -> None:
        sys.excepthook, threading.excepthook, sys.unraisablehook = before
        qInstallMessageHandler(handler_before)

    return uninstall


def _trace(place: str, error: BaseException | None) -> str:
    if error is None:
        return f"uncaught error in {place}"
    told = PrivateFormatter().formatException((type(error), error, error.__traceback__))
    return f"uncaught error in {place}\n{told}"


def _on_qt_message(kind: QtMsgType, context: QMessageLogContext, message: str | None) -> None:
    # Qt quotes no text of ours in its own messages; one line keeps the log readable.
    text = " ".join((message or "").split())
    _log.log(_QT_LEVELS.get(kind, logging.WARNING), "Qt %s: %s", context.category, text)

"""Runs what other threads hand over on the thread of the window."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtCore import QObject, Qt, Signal


class Dispatcher(QObject):
    """Run callables on the thread that owns this object, in the order they were posted.

    An error in one of them goes to `sys.excepthook` and does not keep the next from running.
    """

    _posted = Signal(object)

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._posted.connect(self._run, Qt.ConnectionType.QueuedConnection)

    def post(self, call: Callable[[], None]) -> None:
        """Accept a callable.  Safe from any thread; never blocks, never runs it at once."""
        self._posted.emit(call)

    def _run(self, call: Callable[[], None]) -> None:
        call()

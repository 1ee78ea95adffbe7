"""Ctrl-C and SIGTERM close the program, whenever they come."""

from __future__ import annotations

import signal
from typing import Final

from PySide6.QtCore import QCoreApplication, QTimer

SIGNAL_CHECK_MS: Final = 200


def end_on_signals(application: QCoreApplication) -> None:
    """Close on Ctrl-C and on SIGTERM: Python handles signals only when it runs, so let it.

    Before the event loop runs, `quit` would be lost; the timer waits for the loop.
    """
    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, lambda *_: QTimer.singleShot(0, application, application.quit))
    heartbeat = QTimer(application, interval=SIGNAL_CHECK_MS)
    heartbeat.timeout.connect(lambda: None)
    heartbeat.start()

"""Garbage is collected on the UI thread alone.

CPython collects on whichever thread happens to allocate.  Where it finds widgets in a cycle there,
they are destroyed off the UI thread, which Qt forbids (QObject, "Thread Affinity"): the process
hung or died of it in the tests.
"""

from __future__ import annotations

from typing import Final

from PySide6.QtCore import QCoreApplication, QTimer

from app.collector import collect_if_due, hold_collector

BETWEEN_MS: Final = 100


def collect_on_this_thread(application: QCoreApplication) -> None:
    """Hold the collector everywhere, and collect here between events instead.  UI thread."""
    hold_collector()
    timer = QTimer(application, interval=BETWEEN_MS)
    timer.timeout.connect(collect_if_due)
    timer.start()

from __future__ import annotations

import subprocess
import sys

import pytest

_PROGRAM = """
import os, signal
from PySide6.QtCore import QCoreApplication, QTimer
from ui.end_signals import end_on_signals

application = QCoreApplication([])
end_on_signals(application)
QTimer.singleShot(20_000, lambda: application.exit(1))
{when}(lambda: os.kill(os.getpid(), signal.SIGTERM))
raise SystemExit(application.exec())
"""


@pytest.mark.parametrize(
    "when",
    [
        pytest.param("(lambda work: work())", id="before the event loop"),
        pytest.param("(lambda work: QTimer.singleShot(50, work))", id="in the event loop"),
    ],
)
def test_a_signal_ends_the_program(when: str) -> None:
    run = subprocess.run([sys.executable, "-c", _PROGRAM.format(when=when)], check=False)
    assert run.returncode == 0

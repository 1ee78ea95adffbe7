from __future__ import annotations

import subprocess
import sys

_PROGRAM = """
import threading, weakref
from PySide6.QtCore import QCoreApplication, QObject, QTimer
from ui.collecting import collect_on_this_thread

application = QCoreApplication([])
{begin}
collected_by = []
circle = QObject()
circle.itself = circle
is_here = lambda: threading.current_thread() is threading.main_thread()
weakref.finalize(circle, lambda: collected_by.append(is_here()))
del circle
kept = []
allocating = threading.Thread(target=lambda: kept.extend([[]] for _ in range(300_000)))
allocating.start()
allocating.join()
seen_at = list(collected_by)
check = QTimer(interval=5)
check.timeout.connect(lambda: application.quit() if collected_by else None)
check.start()
QTimer.singleShot(20_000, application.quit)
application.exec()
print(seen_at, collected_by)
"""


def _said(begin: str) -> str:
    run = [sys.executable, "-c", _PROGRAM.format(begin=begin)]
    return subprocess.run(run, capture_output=True, text=True, check=True).stdout.strip()


def test_what_is_in_a_circle_is_destroyed_on_the_ui_thread() -> None:
    assert _said("collect_on_this_thread(application)") == "[] [True]"


def test_without_it_another_thread_destroys_it() -> None:
    assert _said("") == "[False] [False]"

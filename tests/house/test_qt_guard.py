"""The locked PySide6 keeps its references straight.

PySide6 6.12.0 on Python 3.11 loses one reference to True or None with every call and every emit;
after a few hundred the interpreter aborts, so this runs in a process of its own.
"""

from __future__ import annotations

import subprocess
import sys
import textwrap

_CALLS = 30_000

_PROGRAM = textwrap.dedent(
    f"""
    import sys
    from PySide6.QtCore import QObject, Signal

    class Bell(QObject):
        rung = Signal(int)

    heard = 0

    def hear(number):
        global heard
        heard += 1

    bell = Bell()
    bell.rung.connect(hear)
    before = [sys.getrefcount(one) for one in (None, True, False)]
    for number in range({_CALLS}):
        bell.setObjectName("bell")
        bell.rung.emit(number)
        bell.blockSignals(False)
    after = [sys.getrefcount(one) for one in (None, True, False)]
    print(heard, max(abs(a - b) for a, b in zip(after, before)))
    """
)


def test_thirty_thousand_setter_calls_and_emits_lose_no_reference() -> None:
    done = subprocess.run(
        [sys.executable, "-c", _PROGRAM], capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stderr
    heard, drift = map(int, done.stdout.split())
    assert heard == _CALLS
    assert drift < _CALLS // 100

"""Figures of the whole app: `sotto ask` to its first word, first window, idle memory."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import time
from pathlib import Path
from statistics import median
from typing import Any

from app.settings import SettingsFile

_SOTTO = Path(sys.executable).with_name("sotto")

_WINDOW = """
import json, sys, time
from tests.bench.window_probe import probe
print(json.dumps(probe(float(sys.argv[1]))))
"""


def _environment(folder: Path) -> dict[str, str]:
    names = ("DATA", "CONFIG", "CACHE", "STATE")
    folders = {f"SOTTO_{name}_DIR": str(folder / name.lower()) for name in names}
    return os.environ | folders | {"QT_QPA_PLATFORM": "offscreen"}


def ask_first_token(folder: Path, runs: int = 5) -> dict[str, Any]:
    """Seconds from the start of the process to the first word of `sotto ask` on stdout.

    The practice model is unpacked by a run that is not counted.
    """
    seconds: list[float] = []
    for run in range(runs + 1):
        began = time.perf_counter()
        process = subprocess.Popen(
            [str(_SOTTO), "ask", "Hello", "--effort", "low", "--seed", "1"],
            stdout=subprocess.PIPE,
            env=_environment(folder),
        )
        assert process.stdout is not None
        process.stdout.read(1)
        first = time.perf_counter() - began
        process.communicate()
        if process.returncode != 0:
            raise RuntimeError(f"sotto ask failed with {process.returncode}")
        if run:
            seconds.append(first)
    return {"median_seconds": median(seconds), "max_seconds": max(seconds), "runs": runs}


def _forget_files() -> bool:
    """Have Linux drop what it remembers of files; only root may."""
    try:
        os.sync()
        Path("/proc/sys/vm/drop_caches").write_text("1", encoding="ascii")
    except OSError:
        return False
    return True


def window(folder: Path, runs: int = 3) -> dict[str, Any]:
    """First window and idle memory of a window with the practice model, in child processes.

    The first run sets everything up; those that count as a first start show its page.  Then the
    user has gone on to a chat.  Where the system lets us, one more run is cold: nothing of the
    program is in the system's memory of files.
    """
    _window(folder)
    first_starts = [_window(folder)["first_window_seconds"] for _ in range(runs)]
    SettingsFile(folder / "config" / "settings.json").update(first_start="done")
    cold = _window(folder)["first_window_seconds"] if _forget_files() else None
    warm = [_window(folder) for _ in range(runs)]
    return {
        "cold_first_window_seconds": cold,
        "first_start_seconds": median(first_starts),
        **{name: median(one[name] for one in warm) for name in warm[0]},
        "runs": runs,
    }


def _window(folder: Path) -> dict[str, float]:
    began = time.time()
    output = subprocess.run(
        [sys.executable, "-c", _WINDOW, str(began)],
        stdout=subprocess.PIPE,
        env=_environment(folder),
        check=True,
        cwd=Path(__file__).parents[2],
    ).stdout
    found: dict[str, float] = json.loads(output.splitlines()[-1])
    return found

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

    The first run sets everything up.  Where the system lets us, another one is cold: nothing of
    the program is in the system's memory of files.
    """
    found = []
    is_cold = False
    for number in range(runs + 2):
        if number == 1:
            is_cold = _forget_files()
        began = time.time()
        output = subprocess.run(
            [sys.executable, "-c", _WINDOW, str(began)],
            stdout=subprocess.PIPE,
            env=_environment(folder),
            check=True,
            cwd=Path(__file__).parents[2],
        ).stdout
        found.append(json.loads(output.splitlines()[-1]))
    warm = found[2:]
    return {
        "cold_first_window_seconds": found[1]["first_window_seconds"] if is_cold else None,
        "first_window_seconds": median(one["first_window_seconds"] for one in warm),
        "model_ready_seconds": median(one["model_ready_seconds"] for one in warm),
        "idle_memory_mib": median(one["idle_memory_mib"] for one in warm),
        "runs": runs,
    }

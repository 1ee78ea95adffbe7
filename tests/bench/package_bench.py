"""The frozen app of `make package`: how large it is, and how long until its window stands there."""

from __future__ import annotations

import os
import statistics
import subprocess
import threading
import time
from pathlib import Path
from typing import Any, Final

_APP: Final = Path(__file__).parents[2] / "build" / "package" / "dist" / "sotto"
_DISPLAY: Final = ":96"
_STARTS: Final = 5
_COLD_STARTS: Final = 3
_CACHES: Final = Path("/proc/sys/vm/drop_caches")
"""Linux forgets what it read of files when "3" is written here (proc(5))."""
_BUDGET_SECONDS: Final = 1.5


def run(folder: Path) -> dict[str, Any]:
    """Measure it; the first start is told apart, for it makes the profile.

    A cold start has to read the disk for everything, as the first one after the computer's own;
    only root can have that, and only on Linux.
    """
    size = sum(one.lstat().st_size for one in _APP.rglob("*") if not one.is_symlink())
    screen = ["Xvfb", _DISPLAY, "-screen", "0", "1280x860x24", "-nolisten", "tcp", "-ac"]
    home = folder / "package"
    home.mkdir()
    environ = {"PATH": os.environ["PATH"], "HOME": str(home), "DISPLAY": _DISPLAY}
    environ["SOTTO_PASSPHRASE"] = "bench"  # noqa: S105 - of a history that is thrown away
    with subprocess.Popen(screen, stderr=subprocess.DEVNULL) as server:
        try:
            first, *others = [_start(environ) for _ in range(1 + _STARTS)]
            can_forget = os.access(_CACHES, os.W_OK)
            cold = [_start_cold(environ) for _ in range(_COLD_STARTS if can_forget else 0)]
        finally:
            server.terminate()
    median = statistics.median(others)
    values = {"package: start to window, s": median}
    if cold:
        values["package: cold start to window, s"] = statistics.median(cold)
    return {
        "bytes": size,
        "first_start_s": first,
        "starts_s": others,
        **({"cold_start_seconds": cold} if cold else {}),
        "checks": [
            {
                "what": what,
                "value": value,
                "budget": _BUDGET_SECONDS,
                "kept": value <= _BUDGET_SECONDS,
            }
            for what, value in values.items()
        ],
    }


def _start_cold(environ: dict[str, str]) -> float:
    os.sync()
    _CACHES.write_text("3", encoding="ascii")
    # What looks for the window is read again first, for it is no part of Sotto.
    subprocess.run(["xwininfo", "-version"], env=environ, check=False, capture_output=True)
    return _start(environ)


def _start(environ: dict[str, str]) -> float:
    """Seconds until a window of that name is on the screen, looked for fifty times a second."""
    between = threading.Event()
    began = time.perf_counter()
    quiet = {"stdout": subprocess.DEVNULL, "stderr": subprocess.DEVNULL}
    with subprocess.Popen([_APP / "sotto"], env=environ, **quiet) as program:  # type: ignore[call-overload]
        try:
            while not _is_seen(environ):
                if program.poll() is not None:
                    raise RuntimeError(f"the frozen app ended with {program.returncode}")
                between.wait(0.02)
            return time.perf_counter() - began
        finally:
            while program.poll() is None:  # a signal before its event loop may be lost
                program.terminate()
                between.wait(0.1)


def _is_seen(environ: dict[str, str]) -> bool:
    look = ["xwininfo", "-name", "Sotto", "-stats"]
    found = subprocess.run(look, env=environ, check=False, capture_output=True, text=True)
    return "Map State: IsViewable" in found.stdout

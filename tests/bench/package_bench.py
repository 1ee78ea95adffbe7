"""The frozen app of `make package`: how large it is, and how long until its window stands there."""

from __future__ import annotations

import os
import statistics
import subprocess
import time
from pathlib import Path
from typing import Any, Final

_APP: Final = Path(__file__).parents[2] / "build" / "package" / "dist" / "sotto"
_DISPLAY: Final = ":96"
_STARTS: Final = 5
_BUDGET_SECONDS: Final = 1.5


def run(folder: Path) -> dict[str, Any]:
    """Measure it; the first start is told apart, for the system may have to read the disk."""
    size = sum(one.lstat().st_size for one in _APP.rglob("*") if not one.is_symlink())
    screen = ["Xvfb", _DISPLAY, "-screen", "0", "1280x860x24", "-nolisten", "tcp", "-ac"]
    home = folder / "package"
    home.mkdir()
    environ = {"PATH": os.environ["PATH"], "HOME": str(home), "DISPLAY": _DISPLAY}
    environ["SOTTO_PASSPHRASE"] = "bench"  # noqa: S105 - of a history that is thrown away
    with subprocess.Popen(screen, stderr=subprocess.DEVNULL) as server:
        try:
            first, *others = [_start(environ) for _ in range(1 + _STARTS)]
        finally:
            server.terminate()
    median = statistics.median(others)
    check = {"what": "package: start to window, s", "value": median, "budget": _BUDGET_SECONDS}
    return {
        "bytes": size,
        "first_start_s": first,
        "starts_s": others,
        "checks": [check | {"kept": median <= _BUDGET_SECONDS}],
    }


def _start(environ: dict[str, str]) -> float:
    look = ["xdotool", "search", "--sync", "--onlyvisible", "--name", "Sotto"]
    began = time.perf_counter()
    quiet = {"stdout": subprocess.DEVNULL, "stderr": subprocess.DEVNULL}
    with subprocess.Popen([_APP / "sotto"], env=environ, **quiet) as program:  # type: ignore[call-overload]
        try:
            while subprocess.run(look, env=environ, check=False, **quiet).returncode:  # type: ignore[call-overload]
                pass  # the screen is not there yet
            return time.perf_counter() - began
        finally:
            program.terminate()

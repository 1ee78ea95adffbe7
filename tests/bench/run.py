"""`make bench`: every figure in one JSON object on standard output, progress on standard error.

Ratios are taken within one run, since machines are noisy.
"""

from __future__ import annotations

import json
import platform
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import psutil

sys.path.insert(0, str(Path(__file__).parents[2]))

from app.models.practice import practice_model
from tests.bench import app_bench, engine_bench, ui_bench


def main() -> int:
    """Run every bench and print the one JSON object."""
    figures: dict[str, Any] = {"machine": _machine()}
    with tempfile.TemporaryDirectory() as made:
        folder = Path(made)
        model = practice_model(folder / "cache")
        benches: dict[str, Callable[[], dict[str, Any]]] = {
            "engine": lambda: engine_bench.run(model),
            "ui": ui_bench.run,
            "ask": lambda: app_bench.ask_first_token(folder),
            "window": lambda: app_bench.window(folder),
        }
        for name, bench in benches.items():
            sys.stderr.write(f"bench: {name} …\n")
            figures[name] = bench()
    json.dump(figures, sys.stdout, indent=2)
    sys.stdout.write("\n")
    return 0


def _machine() -> dict[str, Any]:
    return {
        "processor": platform.processor() or platform.machine(),
        "cores": psutil.cpu_count(),
        "load_average": psutil.getloadavg()[0],
        "memory_gib": round(psutil.virtual_memory().total / 2**30, 1),
        "python": platform.python_version(),
        "when": time.strftime("%Y-%m-%dT%H:%M:%S"),
    }


if __name__ == "__main__":
    sys.exit(main())

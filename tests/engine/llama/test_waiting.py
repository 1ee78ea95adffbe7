"""How llama.cpp's threads wait is settled before libgomp reads it (docs/decisions/004.md)."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).parents[3]
TELL = (
    "import engine.llama.binding, os;"
    "print(os.environ['OMP_WAIT_POLICY'], os.environ['GOMP_SPINCOUNT'])"
)


def told(**environ: str) -> list[str]:
    clean = {name: value for name, value in os.environ.items() if "OMP_" not in name}
    done = subprocess.run(
        [sys.executable, "-c", TELL],
        cwd=ROOT,
        env=clean | environ,
        capture_output=True,
        text=True,
        check=True,
    )
    return done.stdout.split()


def test_threads_spin_for_a_moment_before_they_wait() -> None:
    assert told() == ["passive", "10000"]


def test_what_the_user_set_holds() -> None:
    assert told(OMP_WAIT_POLICY="active", GOMP_SPINCOUNT="7") == ["active", "7"]

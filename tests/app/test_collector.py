from __future__ import annotations

import subprocess
import sys

_PROGRAM = """
import gc
from app.collector import hold_collector, release_collector
{begin}
release_collector()
print(gc.isenabled(), gc.get_freeze_count() > 0)
"""


def _said(begin: str) -> str:
    run = [sys.executable, "-c", _PROGRAM.format(begin=begin)]
    return subprocess.run(run, capture_output=True, text=True, check=True).stdout.strip()


def test_what_is_there_at_the_release_is_walked_no_more() -> None:
    assert _said("hold_collector(); assert not gc.isenabled()") == "True True"


def test_a_collector_that_nobody_held_is_left_alone() -> None:
    assert _said("") == "True False"

from __future__ import annotations

import subprocess
import sys

_PROGRAM = """
import gc
from app.collector import collect_if_due, hold_collector, settle_collector
{body}
"""


def _said(body: str) -> str:
    run = [sys.executable, "-c", _PROGRAM.format(body=body)]
    return subprocess.run(run, capture_output=True, text=True, check=True).stdout.strip()


def test_what_is_there_at_the_settling_is_walked_no_more() -> None:
    said = "print(gc.isenabled(), gc.get_freeze_count() > 0)"
    assert _said(f"hold_collector(); settle_collector(); {said}") == "False True"
    assert _said(f"settle_collector(); {said}") == "True False", "nobody held it"


def test_garbage_is_collected_when_enough_was_made() -> None:
    made = "hold_collector(); gc.collect(); circle = []; circle.append(circle); del circle; "
    few = "before = gc.get_stats()[0]['collections']; collect_if_due(); "
    many = "kept = [[] for _ in range(2000)]; collect_if_due(); "
    said = "print(gc.get_stats()[0]['collections'] - before, gc.get_stats()[0]['collected'] > 0)"
    assert _said(made + few + said).startswith("0 ")
    assert _said(made + few + many + said) == "1 True"

from __future__ import annotations

import json
import subprocess
from dataclasses import asdict
from pathlib import Path

from engine.memory_plan.values import CacheType, PlanChoices
from tests.program import SOTTO


def test_the_program_itself_tries_a_load_when_it_is_asked_to(practice_model_path: Path) -> None:
    """A frozen app has no other program to start than itself."""
    choices = PlanChoices(512, 128, gpu_layers=0, cache_type=CacheType.F16, threads=1)
    task = {"path": str(practice_model_path), "adapters": [], "choices": asdict(choices)}
    run = subprocess.run(
        [SOTTO, "--probe"],
        input=json.dumps(task),
        capture_output=True,
        text=True,
        timeout=100,
        check=True,
    )
    told = [json.loads(line) for line in run.stdout.splitlines()]
    assert told[-1] == {"outcome": "works", "stage": "warm_up"}
    assert [one["stage"] for one in told if set(one) == {"stage"}] == [
        "weights",
        "context",
        "warm_up",
    ]

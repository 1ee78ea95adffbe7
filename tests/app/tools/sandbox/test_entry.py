"""A frozen Sotto's own way into a box, taken by the program of a clone."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from dataclasses import asdict
from pathlib import Path

from app.tools.sandbox.policy import SandboxKind, Specification


def test_the_program_itself_runs_a_module_in_a_box_it_closes(tmp_path: Path) -> None:
    limits = (SandboxKind.NONE.value, 4 << 30, 0, 1 << 20, 64, 0)
    specification = Specification(*limits, (), (), {}, str(tmp_path), -1)
    told = json.dumps(asdict(specification))
    secret = tmp_path / "secret"
    secret.write_text("to be found: this box has no walls")
    run = subprocess.run(
        [sys.executable, "-m", "ui.entry", "--in-box", told, "app.tools.sandbox.trial", secret],
        env=os.environ | {"PYTHONPATH": str(Path(__file__).parents[4])},
        capture_output=True,
        text=True,
        check=True,
    )
    assert str(secret) in json.loads(run.stdout)["leaks"]

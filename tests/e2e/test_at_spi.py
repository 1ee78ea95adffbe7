"""A screen reader's way through the real window: AT-SPI under Xvfb."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

from tests.x_screen import x_screen

ROOT = Path(__file__).parents[2]
QUESTION = "My name is Sam."
ANSWER = "Nice to meet you"


@pytest.mark.serial
def test_a_question_is_asked_and_read_through_at_spi(
    environ: dict[str, str], tmp_path: Path
) -> None:
    with x_screen() as display:
        session = subprocess.run(
            [
                "dbus-run-session",
                "--",
                sys.executable,
                "-m",
                "tests.e2e.at_spi.walk",
                QUESTION,
                ANSWER,
            ],
            cwd=ROOT,
            env=os.environ
            | environ
            | {"DISPLAY": display, "XDG_RUNTIME_DIR": str(tmp_path), "PYTHONPATH": str(ROOT)},
            capture_output=True,
            text=True,
            timeout=240,
            check=False,
        )
    assert session.returncode == 0, session.stderr[-2000:]
    met = json.loads(session.stdout.splitlines()[-1])  # the registry says a word first
    assert met["nameless"] == []
    assert QUESTION in met["texts"]
    assert any(ANSWER in text for text in met["texts"])
    assert any(name.startswith("Thought for") for _role, name in met["after"])
    assert ["push button", "Settings"] in met["before"]
    assert ["radio button", "Medium"] in met["before"]
    assert ["list", "Chats"] in met["before"]

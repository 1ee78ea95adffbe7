"""Programs that stand in for the system's, as small scripts in a folder of their own."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from tools.setup.programs import LoggedProgram

MakeProgram = Callable[[str, str], Path]


@pytest.fixture
def programs_folder(tmp_path: Path) -> Path:
    folder = tmp_path / "bin"
    folder.mkdir()
    return folder


@pytest.fixture
def make_program(programs_folder: Path) -> MakeProgram:
    """Write a shell script that can be started by its name."""

    def make(name: str, script: str) -> Path:
        path = programs_folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(f"#!/bin/sh\n{script}\n", encoding="utf-8")
        path.chmod(0o755)
        return path

    return make


@pytest.fixture
def variables(programs_folder: Path) -> dict[str, str]:
    return {"PATH": f"{programs_folder}:/usr/bin:/bin"}


@pytest.fixture
def announced() -> list[str]:
    return []


@pytest.fixture
def programs(tmp_path: Path, announced: list[str]) -> LoggedProgram:
    return LoggedProgram(tmp_path / "build" / "setup.log", announced.append)

from __future__ import annotations

import sys
from pathlib import Path

import pytest

from app.tools.browser.ddgs_search import ddgs_command
from app.tools.sandbox.box import IN_BOX_FLAG, Sandbox
from app.tools.sandbox.policy import Policy, SandboxKind
from engine import program
from engine.probe import probe_command


@pytest.fixture
def frozen(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A program as PyInstaller makes it: `sys.executable` is Sotto and no Python."""
    executable = tmp_path / "opt" / "sotto"
    executable.parent.mkdir()
    executable.touch()
    monkeypatch.setattr(sys, "frozen", True, raising=False)
    monkeypatch.setattr(sys, "executable", str(executable))
    return executable


def test_in_a_clone_python_runs_a_module_of_sotto() -> None:
    assert probe_command() == (sys.executable, "-m", "engine.probe_process")
    assert (program.SOURCES / "engine" / "program.py").is_file()


def test_a_frozen_sotto_starts_itself(frozen: Path) -> None:
    assert probe_command() == (str(frozen), "--probe")
    assert ddgs_command() == (str(frozen), "--search")


@pytest.mark.parametrize("kind", [SandboxKind.BUBBLEWRAP, SandboxKind.LANDLOCK])
def test_a_frozen_sotto_closes_its_boxes_itself_and_shows_them_its_folder(
    frozen: Path, kind: SandboxKind
) -> None:
    launch = Sandbox(kind).launch("app.tools.sandbox.trial", ("/secret",), Policy())
    at = launch.argv.index(str(frozen))
    assert launch.argv[at + 1] == IN_BOX_FLAG
    assert launch.argv[at + 3 :] == ("app.tools.sandbox.trial", "/secret")
    told = " ".join(launch.argv)
    assert str(frozen.parent) in told
    assert str(program.SOURCES / "app") not in told, "the sources are in the program"


@pytest.mark.usefixtures("frozen")
def test_a_program_of_the_system_is_there_already(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys, "executable", "/usr/lib/sotto/sotto")
    launch = Sandbox(SandboxKind.BUBBLEWRAP).launch("app.tools.sandbox.trial", (), Policy())
    assert "--ro-bind /usr/lib/sotto" not in " ".join(launch.argv)

from __future__ import annotations

import io
import json
import os
import subprocess
import sys
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

import pytest

from app.cli.main import main
from tests.app.cli.terminal import Terminal
from tests.program import FROZEN, SOTTO

_BAD_USAGE: Final = 2


@dataclass(frozen=True)
class Run:
    """What one run of the command line left behind."""

    code: int
    out: str
    err: str

    @property
    def lines(self) -> list[dict[str, Any]]:
        return [json.loads(line) for line in self.out.splitlines()]

    def text_of(self, kind: str) -> str:
        return "".join(line["text"] for line in self.lines if line["type"] == kind)


@pytest.fixture
def environ(tmp_path: Path, practice_model_path: Path) -> dict[str, str]:
    """Folders of the test's own, the unpacked practice model and a passphrase."""
    return {
        "SOTTO_DATA_DIR": str(tmp_path / "data"),
        "SOTTO_CONFIG_DIR": str(tmp_path / "config"),
        "SOTTO_STATE_DIR": str(tmp_path / "state"),
        "SOTTO_CACHE_DIR": str(practice_model_path.parent),
        "SOTTO_PASSPHRASE": "quiet please",
    }


@pytest.fixture
def sotto(environ: dict[str, str]) -> Callable[..., Run]:
    """Run the command line on the real engine: in this process, or as a frozen program."""
    if FROZEN:
        return lambda *arguments: _frozen(arguments, environ)

    def run(*arguments: str) -> Run:
        out, err = io.StringIO(), io.StringIO()
        code = main(list(arguments), out, err, environ)
        return Run(code, out.getvalue(), err.getvalue())

    return run


def _frozen(arguments: tuple[str, ...], environ: dict[str, str]) -> Run:
    """As a user's shell would; bad usage ends as `argparse` ends it in this process."""
    done = subprocess.run(
        [SOTTO, *arguments],
        env={**os.environ, **environ},
        capture_output=True,
        text=True,
        check=False,
    )
    if done.returncode == _BAD_USAGE:
        raise SystemExit(_BAD_USAGE)
    return Run(done.returncode, done.stdout, done.stderr)


@pytest.fixture
def typed(monkeypatch: pytest.MonkeyPatch, environ: dict[str, str]) -> Callable[..., Run]:
    """Run the command line with somebody at the terminal who types some lines."""

    class Typing(io.StringIO):
        def isatty(self) -> bool:
            return True

    def run(*arguments: str, lines: str = "") -> Run:
        monkeypatch.setattr(sys, "stdin", Typing(lines))
        out, errors = Terminal(), Terminal()
        code = main(list(arguments), out, errors, environ)
        return Run(code, out.getvalue(), errors.getvalue())

    return run

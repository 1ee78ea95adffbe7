"""Boxes of each kind."""

from __future__ import annotations

from pathlib import Path

import pytest

from app.tools.sandbox.policy import SandboxKind
from tests.app.tools.sandbox.boxes import Box


@pytest.fixture(params=[SandboxKind.BUBBLEWRAP, SandboxKind.LANDLOCK])
def box(request: pytest.FixtureRequest, tmp_path: Path) -> Box:
    return Box(request.param, tmp_path)

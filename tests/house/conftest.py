"""The project's own files, as the house rules see them."""

from __future__ import annotations

import subprocess
from pathlib import Path

import pytest

_ROOT = Path(__file__).resolve().parents[2]
_NOT_OURS = {".git", ".venv", "build", "dist", "__pycache__"}


@pytest.fixture(scope="session")
def project_root() -> Path:
    return _ROOT


@pytest.fixture(scope="session")
def project_files() -> list[Path]:
    """Every tracked file; outside a git clone, every file that is not built."""
    command = ["git", "-c", f"safe.directory={_ROOT}", "ls-files", "-z"]
    if (_ROOT / ".git").exists():
        listed = subprocess.run(command, cwd=_ROOT, capture_output=True, text=True, check=True)
        paths = [_ROOT / name for name in listed.stdout.split("\0") if name]
    else:
        paths = [
            path
            for path in _ROOT.rglob("*")
            if not _NOT_OURS & set(path.parts) and not any(p.endswith("_cache") for p in path.parts)
        ]
    files = [path for path in paths if path.is_file()]
    assert len(files) > 20, "the project's files were not found"
    return files


@pytest.fixture(scope="session")
def python_files(project_files: list[Path]) -> list[Path]:
    return [path for path in project_files if path.suffix == ".py"]

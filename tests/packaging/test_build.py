from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import packaging
from tests.packaging.test_manifest import make

ROOT = Path(__file__).parents[2]
SCRIPT = ROOT / "packaging" / "native" / "build.py"


def run(*arguments: str | Path) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, str(SCRIPT), *map(str, arguments)]
    return subprocess.run(command, capture_output=True, text=True, check=False)


def test_the_folder_of_scripts_does_not_hide_the_library_of_its_name() -> None:
    assert packaging.__file__ is not None
    assert "site-packages" in packaging.__file__
    assert not (ROOT / "packaging" / "__init__.py").exists()


def test_a_whole_folder_is_verified(tmp_path: Path) -> None:
    make(tmp_path / "native", "cpu", "libllama.so", "libggml-rpc.so")
    done = run("verify", "--output", tmp_path / "native")

    assert (done.returncode, done.stderr) == (0, "")
    assert done.stdout.endswith("every file is as it was built\n")


def test_a_damaged_folder_is_told_and_fails(tmp_path: Path) -> None:
    make(tmp_path / "native", "cpu", "libllama.so", "libggml-rpc.so")
    (tmp_path / "native" / "libggml-rpc.so").write_text("another")
    done = run("verify", "--output", tmp_path / "native")

    assert done.returncode == 1
    assert done.stdout == "libggml-rpc.so: is not the file that was built\n"


def test_sources_that_are_not_those_of_the_lock_file_are_refused_in_one_line(
    tmp_path: Path,
) -> None:
    archive = tmp_path / "llama_cpp_python-0.3.36.tar.gz"
    archive.write_bytes(b"something else")
    done = run("cpu", "--source", archive, "--work", tmp_path, "--output", tmp_path / "native")

    assert done.returncode == 1
    assert done.stderr.startswith(f"native build: {archive.name} has the digest ")
    assert not (tmp_path / "native").exists()

from __future__ import annotations

import shutil
from collections.abc import Callable
from pathlib import Path

import pytest

from tools.setup.debian import DebianPackages
from tools.setup.environment import VirtualEnvironment, native_cache
from tools.setup.failures import SetupError
from tools.setup.programs import LoggedProgram

_ROOT = Path(__file__).resolve().parents[3]
_RUNTIME = """keyring==1
llama-cpp-python==0.3.36 \\
    --hash=sha256:0123
    # via sotto
numpy==2
"""
MakeProgram = Callable[[str, str], Path]


class Clone:
    """A clone whose `.venv` has a python that only writes down what it is asked."""

    def __init__(self, root: Path, programs: LoggedProgram, variables: dict[str, str]) -> None:
        self.root = root
        self.asked = root / "asked.txt"
        self.python = root / ".venv" / "bin" / "python"
        self._programs = programs
        self._variables = variables
        self.python.parent.mkdir(parents=True)
        self.write_python(f'echo "$@" >> {self.asked}')
        (root / "requirements").mkdir()
        for name in ("build", "runtime", "dev"):
            (root / "requirements" / f"{name}.txt").write_text(f"{name}==1", encoding="utf-8")
        (root / "requirements" / "runtime.txt").write_text(_RUNTIME, encoding="utf-8")
        shutil.copy(_ROOT / "pyproject.toml", root)

    def write_python(self, script: str) -> None:
        self.python.write_text(f"#!/bin/sh\n{script}\n", encoding="utf-8")
        self.python.chmod(0o755)

    def set_up(self, **variables: str) -> list[str]:
        """Set up anew and give what pip was asked."""
        chosen = {**self._variables, **variables}
        packages = DebianPackages(self._programs, chosen, is_root=False)
        environment = VirtualEnvironment(self.root, self._programs, packages, chosen)
        self.asked.write_text("", encoding="utf-8")
        environment.install_runtime()
        environment.install_checks()
        environment.install_sotto()
        lines = self.asked.read_text(encoding="utf-8").splitlines()
        return [line.replace(str(self.root), "").removeprefix("-m pip ") for line in lines]


@pytest.fixture
def clone(
    tmp_path: Path,
    programs: LoggedProgram,
    make_program: MakeProgram,
    variables: dict[str, str],
) -> Clone:
    make_program("cc", "exit 0")
    make_program("c++", "exit 0")
    return Clone(tmp_path / "clone", programs, variables)


def test_a_fresh_clone_gets_everything_in_order_and_with_hashes(clone: Clone) -> None:
    assert clone.set_up() == [
        "install --require-hashes -r /requirements/build.txt",
        "install -v --no-build-isolation --require-hashes --no-deps -r /.venv/native.txt",
        "install -v --no-build-isolation --require-hashes -r /requirements/runtime.txt",
        "install --require-hashes -r /requirements/dev.txt",
        "install --no-build-isolation --no-deps -e ",
    ]


def test_a_second_run_asks_nothing(clone: Clone) -> None:
    clone.set_up()
    assert clone.set_up() == []


def test_only_what_changed_is_installed_again(clone: Clone) -> None:
    clone.set_up()
    (clone.root / "requirements" / "dev.txt").write_text("dev==2", encoding="utf-8")
    assert clone.set_up() == ["install --require-hashes -r /requirements/dev.txt"]


def test_a_change_of_tool_settings_installs_nothing(clone: Clone) -> None:
    clone.set_up()
    project = clone.root / "pyproject.toml"
    text = project.read_text(encoding="utf-8")
    project.write_text(text.replace("line-length = 100", "line-length = 90"), encoding="utf-8")
    assert clone.set_up() == []
    project.write_text(text.replace('name = "sotto"', 'name = "sotto2"'), encoding="utf-8")
    assert clone.set_up() == ["install --no-build-isolation --no-deps -e "]


def test_llama_cpp_is_built_alone_from_its_own_lines_of_the_lock_file(clone: Clone) -> None:
    clone.set_up()
    alone = (clone.root / ".venv" / "native.txt").read_text(encoding="utf-8")
    assert alone == "llama-cpp-python==0.3.36 \\\n    --hash=sha256:0123\n    # via sotto\n"


def test_a_lock_file_without_llama_cpp_is_refused(clone: Clone) -> None:
    (clone.root / "requirements" / "runtime.txt").write_text("numpy==2", encoding="utf-8")
    with pytest.raises(SetupError, match="names no llama-cpp-python"):
        clone.set_up()


def test_other_build_flags_build_anew_into_a_cache_of_their_own(clone: Clone) -> None:
    clone.write_python(f'echo "$@ into $PIP_CACHE_DIR" >> {clone.asked}')
    built = clone.set_up()[1]
    removed, built_again = clone.set_up(CMAKE_ARGS="-DGGML_CUDA=ON")[:2]
    assert removed.startswith("uninstall -y llama-cpp-python")
    assert "sotto-build" in built
    assert built.split(" into ")[0] == built_again.split(" into ")[0]
    assert built.split(" into ")[1] != built_again.split(" into ")[1]


def test_a_build_for_the_cpu_at_hand_is_kept_apart_from_other_cpus(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    flags = {"CMAKE_ARGS": "-DGGML_NATIVE=ON", "HOME": "/home/a"}
    monkeypatch.setattr("tools.setup.environment.cpu_flags", lambda: {"avx2"})
    one = native_cache(flags)
    monkeypatch.setattr("tools.setup.environment.cpu_flags", lambda: {"avx2", "avx512f"})
    assert native_cache(flags) != one
    portable = {**flags, "CMAKE_ARGS": "-DGGML_NATIVE=OFF"}
    assert native_cache(portable).is_relative_to("/home/a/.cache/sotto-build")


def test_without_a_compiler_only_a_wheel_in_the_cache_helps(
    clone: Clone, programs_folder: Path
) -> None:
    for name in ("cc", "c++"):
        (programs_folder / name).write_text("#!/bin/sh\nexit 1\n", encoding="utf-8")
    with pytest.raises(SetupError, match="No working C"):
        clone.set_up()
    clone.write_python(f'echo "$@" >> {clone.asked}; echo llama_cpp_python-0.3.36.whl')
    assert any("runtime.txt" in line for line in clone.set_up())


def test_a_step_that_failed_is_tried_again(clone: Clone) -> None:
    clone.write_python("echo 'Connection refused'; exit 1")
    with pytest.raises(SetupError, match="could not be downloaded"):
        clone.set_up()
    clone.write_python(f'echo "$@" >> {clone.asked}')
    assert len(clone.set_up()) == 5

from __future__ import annotations

import ast
import os
import shutil
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import PySide6
import pytest

from tools.setup.compiler import build_variables, cmake_arguments, has_compiler
from tools.setup.debian import DebianPackages
from tools.setup.diagnosis import NO_COMPILER, failure
from tools.setup.display import require_display, require_display_name
from tools.setup.failures import SetupError
from tools.setup.interpreter import is_supported, supported_interpreter
from tools.setup.libraries import (
    ensure_sandbox,
    ensure_window_libraries,
    missing_libraries,
)
from tools.setup.programs import LoggedProgram

_ROOT = Path(__file__).resolve().parents[3]
MakeProgram = Callable[[str, str], Path]


@pytest.mark.parametrize("name", ["__init__", "__main__", "failures", "interpreter"])
def test_what_runs_first_can_be_read_by_an_old_python(name: str) -> None:
    source = (_ROOT / "tools" / "setup" / f"{name}.py").read_text(encoding="utf-8")
    ast.parse(source, feature_version=(3, 7))


@pytest.mark.parametrize(
    ("version", "supported"),
    [((3, 10), False), ((3, 11), True), ((3, 13), True), ((3, 14), False), ((2, 7), False)],
)
def test_python_3_11_to_3_13_are_supported(version: tuple[int, int], supported: bool) -> None:
    assert is_supported(version) is supported


def test_an_old_python_hands_over_to_a_newer_one_that_works(
    make_program: MakeProgram, variables: dict[str, str], monkeypatch: pytest.MonkeyPatch
) -> None:
    make_program("python3.13", "echo 'version manager: 3.13 is not installed' >&2; exit 127")
    newer = make_program("python3.12", "exit 0")
    monkeypatch.setenv("PATH", variables["PATH"].partition(":")[0])
    assert supported_interpreter((3, 9)) == str(newer)


def test_an_old_python_alone_is_told_which_are_wanted(
    programs_folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("PATH", str(programs_folder))
    with pytest.raises(SetupError, match=r"3\.11 to 3\.13, and this is Python 3\.9"):
        supported_interpreter((3, 9))


@pytest.mark.parametrize(
    ("output", "problem"),
    [
        ("OSError: [Errno 28] No space left on device", "disk is full"),
        ("c++: fatal error: Killed signal terminated program cc1plus", "out of memory"),
        ("ERROR: THESE PACKAGES DO NOT MATCH THE HASHES FROM", "not the one that was locked"),
        ("npm error code EINTEGRITY", "not the one that was locked"),
        ("npm error code ENOTFOUND", "could not be downloaded"),
        ("CMake Error: CMAKE_CXX_COMPILER not set, after EnableLanguage", "No working C"),
        (
            "WARNING: Retrying (Retry(total=0)) after connection broken by 'NewConnectionError("
            "Connection refused)'\nERROR: No matching distribution found for cmake==4.4.4",
            "could not be downloaded",
        ),
        ("E: Failed to fetch http://mirror/pool/x.deb  Temporary failure", "not be downloaded"),
        ("ERROR: No matching distribution found for shiboken6==6.11.3", "no shiboken6==6.11.3"),
        (
            "ERROR: Failed building wheel for llama-cpp-python",
            "llama-cpp-python could not be built",
        ),
        ("something new", "ended with code 7"),
    ],
)
def test_a_failure_is_one_line_that_names_the_cause(output: str, problem: str) -> None:
    error = failure(output, 7, Path("build/setup.log"))
    assert problem in error.problem
    assert error.hint
    assert "\n" not in str(error)


def test_a_compiler_is_there_only_if_it_compiles(
    make_program: MakeProgram, programs_folder: Path
) -> None:
    variables = {"PATH": str(programs_folder)}
    assert not has_compiler(variables)
    make_program("cc", "exit 0")
    make_program("c++", "echo 'vector: No such file or directory' >&2; exit 1")
    assert not has_compiler(variables)
    make_program("c++", "exit 0")
    assert has_compiler(variables)


def test_the_build_is_portable_where_the_cpu_has_the_usual_instructions() -> None:
    usual = {"avx2", "bmi2", "f16c", "fma", "sse4_2"}
    assert "GGML_NATIVE=OFF" in cmake_arguments("x86_64", usual)
    assert "GGML_NATIVE=ON" in cmake_arguments("x86_64", usual - {"avx2"})
    assert "GGML_NATIVE=ON" in cmake_arguments("aarch64", set())


def test_what_the_user_sets_for_the_build_wins() -> None:
    built = build_variables({"CMAKE_ARGS": "-DGGML_CUDA=ON", "CMAKE_BUILD_PARALLEL_LEVEL": "1"})
    assert built["CMAKE_ARGS"].endswith(" -DGGML_CUDA=ON")
    assert built["CMAKE_BUILD_PARALLEL_LEVEL"] == "1"


@pytest.fixture
def debian(
    make_program: MakeProgram, programs: LoggedProgram, variables: dict[str, str]
) -> Callable[[bool], DebianPackages]:
    """A Debian whose installed packages are files in a folder."""
    installed = Path(variables["PATH"].partition(":")[0]).parent / "installed"
    installed.mkdir()
    (installed / "fonts-dejavu-core").touch()
    make_program(
        "dpkg-query",
        f'shift 3; for p; do if [ -e {installed}/$p ]; then echo "$p installed"; '
        'else echo "no $p" >&2; fi; done',
    )
    make_program(
        "apt-get",
        'while [ "$1" != install ] && [ $# -gt 0 ]; do shift; done; [ $# -gt 0 ] || exit 0; shift; '
        f'for p; do [ "$p" != absent ] || exit 100; touch {installed}/$p; done',
    )
    return lambda is_root: DebianPackages(programs, variables, is_root)


def test_root_on_debian_gets_what_is_missing(debian: Callable[[bool], DebianPackages]) -> None:
    packages = debian(True)
    assert packages.missing(["libegl1", "fonts-dejavu-core"]) == ["libegl1"]
    packages.require(["libegl1"], "No window.")
    assert packages.missing(["libegl1", "fonts-dejavu-core"]) == []


def test_anybody_else_is_told_what_to_install(debian: Callable[[bool], DebianPackages]) -> None:
    with pytest.raises(SetupError, match=r"No window\. Run: sudo apt-get install libegl1"):
        debian(False).require(["libegl1"], "No window.")


def test_apt_that_fails_is_a_setup_error(debian: Callable[[bool], DebianPackages]) -> None:
    with pytest.raises(SetupError, match="ended with code 100"):
        debian(True).install(["absent"])


def test_another_system_is_told_what_debian_calls_it(programs: LoggedProgram) -> None:
    packages = DebianPackages(programs, {"PATH": "/nowhere"}, is_root=True)
    assert not packages.available
    with pytest.raises(SetupError, match="Install what Debian calls: libegl1"):
        packages.require(["libegl1"], "No window.")


def test_the_libraries_of_the_installed_qt_are_all_found_here() -> None:
    assert missing_libraries(Path(PySide6.__path__[0])) == []


def test_missing_libraries_are_named_with_the_command_that_installs_them(
    make_program: MakeProgram,
    debian: Callable[[bool], DebianPackages],
    variables: dict[str, str],
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    pyside = tmp_path / "PySide6"
    (pyside / "Qt" / "lib").mkdir(parents=True)
    (pyside / "Qt" / "lib" / "libQt6Core.so.6").touch()
    (pyside / "QtGui.abi3.so").touch()
    make_program("ldd", "echo '  libQt6Core.so.6 => not found'; echo '  libEGL.so.1 => not found'")
    monkeypatch.setenv("PATH", variables["PATH"])
    assert missing_libraries(pyside) == ["libEGL.so.1"]
    with pytest.raises(SetupError, match="sudo apt-get install libdbus-1-3 libegl1"):
        ensure_window_libraries(pyside, debian(False))
    with pytest.raises(SetupError, match=r"that are not here: libEGL\.so\.1"):
        ensure_window_libraries(pyside, debian(True))


def test_what_holds_code_in_a_box_is_installed_or_named(
    make_program: MakeProgram,
    debian: Callable[[bool], DebianPackages],
    variables: dict[str, str],
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    monkeypatch.setenv("PATH", variables["PATH"].split(":")[0])
    ensure_sandbox(debian(False))
    assert "sudo apt-get install bubblewrap" in capsys.readouterr().out
    ensure_sandbox(debian(True))
    assert debian(True).missing(["bubblewrap"]) == []
    make_program("bwrap", "exit 0")
    ensure_sandbox(debian(False))
    assert "sudo" not in capsys.readouterr().out


@pytest.mark.parametrize("name", ["DISPLAY", "WAYLAND_DISPLAY", "QT_QPA_PLATFORM"])
def test_any_named_display_will_do(name: str) -> None:
    require_display_name({name: "x"})


def test_a_display_that_cannot_be_opened_is_said_in_one_line() -> None:
    variables = {**os.environ, "DISPLAY": ":9999", "QT_QPA_PLATFORM": "xcb"}
    with pytest.raises(SetupError, match=r"The display \(:9999\) cannot be opened"):
        require_display(Path(sys.executable), variables)
    require_display(Path(sys.executable), {**os.environ, "QT_QPA_PLATFORM": "offscreen"})


def test_the_window_without_a_display_fails_at_once_with_one_line() -> None:
    hidden = {"DISPLAY", "WAYLAND_DISPLAY", "QT_QPA_PLATFORM"}
    done = subprocess.run(
        [sys.executable, "-m", "tools.setup", "window"],
        cwd=_ROOT,
        env={name: text for name, text in os.environ.items() if name not in hidden},
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 1
    assert done.stdout == ""
    assert done.stderr.startswith("sotto: There is no display")
    assert done.stderr.count("\n") == 1


def test_no_compiler_says_how_to_get_one() -> None:
    assert "apt-get install g++" in NO_COMPILER.hint


def test_make_alone_says_what_can_be_made() -> None:
    make = shutil.which("make")
    assert make
    said = subprocess.run([make], cwd=_ROOT, capture_output=True, text=True, check=True).stdout
    assert {f"make {name}" for name in ("run", "setup", "test", "check", "bench")} <= {
        line.partition("\t")[0] for line in said.splitlines()
    }

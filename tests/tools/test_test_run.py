from __future__ import annotations

import subprocess
import sys
from collections import Counter
from pathlib import Path

from tools.test_run import closing_line, outcomes, passes

_ROOT = Path(__file__).resolve().parents[2]


def _pytest(*arguments: str | Path) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-m", "pytest", "-q", "-p", "no:cacheprovider", "-p", "no:randomly"]
    config = ["-c", str(_ROOT / "pyproject.toml"), "--rootdir", str(_ROOT)]
    return subprocess.run(
        [*command, *config, *map(str, arguments)],
        cwd=_ROOT,
        capture_output=True,
        text=True,
        check=False,
    )


def test_every_folder_of_tests_belongs_to_one_parallel_and_one_serial_pass() -> None:
    tests = _ROOT / "tests"
    wanted = sorted(
        {path.relative_to(tests).parts[0] for path in tests.rglob("test_*.py")} - {"no_qt_path"}
    )
    plan = passes(tests)
    parallel = [one for one in plan if "not serial" in one.options]
    alone = [one for one in plan if "serial" in one.options]
    assert sorted(place for one in parallel for place in one.places) == wanted
    assert sorted(place for one in alone for place in one.places) == wanted


def test_outcomes_are_counted_over_reports(tmp_path: Path) -> None:
    suite = tmp_path / "test_sample.py"
    suite.write_text(
        "import pytest\n"
        "def test_good(): pass\n"
        "def test_bad(): assert 1 == 2\n"
        "@pytest.fixture\n"
        "def broken(): raise ValueError\n"
        "def test_in_error(broken): pass\n",
        encoding="utf-8",
    )
    report = tmp_path / "report.xml"
    _pytest(f"--junitxml={report}", suite)
    counts = outcomes(report) + outcomes(tmp_path / "missing.xml")
    assert counts == Counter(passed=1, failed=1, errors=1)
    assert closing_line(counts, 1.5).strip("= ") == "1 failed, 1 passed, 1 errors in 1.50s"


def test_without_qt_neither_a_test_nor_its_children_can_import_it(tmp_path: Path) -> None:
    suite = tmp_path / "test_sample.py"
    suite.write_text(
        "import pytest, subprocess, sys\n"
        "def test_here():\n"
        "    with pytest.raises(ModuleNotFoundError): import PySide6.QtCore\n"
        "def test_child():\n"
        "    child = [sys.executable, '-c', 'import PySide6.QtCore']\n"
        "    assert subprocess.run(child, capture_output=True).returncode == 1\n",
        encoding="utf-8",
    )
    blocked = _pytest("-p", "no:pytest-qt", "-p", "tests.without_qt", suite)
    assert blocked.returncode == 0, blocked.stdout
    assert "2 failed" in _pytest(suite).stdout


def test_the_guards_stop_a_test_that_leaves_threads_or_calls_out(tmp_path: Path) -> None:
    suite = tmp_path / "test_sample.py"
    suite.write_text(
        "import socket, threading, pathlib, pytest, keyring, keyring.errors\n"
        "release = threading.Event()\n"
        "def test_thread(): threading.Thread(target=release.wait, name='stray').start()\n"
        "def test_network():\n"
        "    release.set()\n"
        "    with pytest.raises(RuntimeError, match='may not use the network'):\n"
        "        socket.create_connection(('192.0.2.1', 80), timeout=1)\n"
        "    with pytest.raises(RuntimeError, match='may not use the network'):\n"
        "        socket.getaddrinfo('host.example', 80)\n"
        "def test_home(tmp_path_factory):\n"
        "    assert tmp_path_factory.getbasetemp() in pathlib.Path.home().parents\n"
        "def test_keyring():\n"
        "    with pytest.raises(keyring.errors.NoKeyringError):\n"
        "        keyring.get_password('a', 'b')\n",
        encoding="utf-8",
    )
    guarded = _pytest("-p", "tests.conftest", "-rE", suite)
    assert "4 passed, 1 error" in guarded.stdout, guarded.stdout
    assert "threads left running: ['stray']" in guarded.stdout

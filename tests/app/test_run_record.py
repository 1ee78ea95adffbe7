from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
from pathlib import Path

import psutil
import pytest

from app.run_record import FAULT_NAME, MARK_NAME, BrokenRun, RunRecord

RUN = """
import os, pathlib, signal, sys
from app.run_record import RunRecord
def speak(secret):
    os.kill(os.getpid(), int(sys.argv[2]))
RunRecord(pathlib.Path(sys.argv[1])).begin()
speak("a secret " + "of the chat")
"""


def killed_by(number: signal.Signals, folder: Path) -> None:
    """A process of Sotto that is at work and dies."""
    done = subprocess.run([sys.executable, "-c", RUN, str(folder), str(int(number))], check=False)
    assert done.returncode == -number


def begun(folder: Path) -> BrokenRun | None:
    record = RunRecord(folder)
    try:
        return record.begin()
    finally:
        record.end()


def test_a_run_that_ended_well_leaves_nothing(tmp_path: Path) -> None:
    folder = tmp_path / "state"
    record = RunRecord(folder)
    assert record.begin() is None
    assert {one.name for one in folder.iterdir()} == {MARK_NAME, FAULT_NAME}
    record.end()
    record.end()
    assert list(folder.iterdir()) == []
    assert begun(folder) is None


def test_a_fault_is_found_at_the_next_start_with_places_and_without_values(
    tmp_path: Path,
) -> None:
    killed_by(signal.SIGSEGV, tmp_path)
    assert (tmp_path / FAULT_NAME).stat().st_mode & 0o077 == 0
    run = begun(tmp_path)
    assert run is not None
    assert run.is_worth_telling
    assert "Segmentation fault" in run.fault
    assert "in speak" in run.fault
    assert "secret" not in run.fault
    assert begun(tmp_path) is None, "it is told once"


def test_an_abort_of_a_native_library_is_found_too(tmp_path: Path) -> None:
    killed_by(signal.SIGABRT, tmp_path)
    run = begun(tmp_path)
    assert run is not None
    assert "Aborted" in run.fault


def test_a_run_that_was_killed_left_no_trace_and_is_told_all_the_same(tmp_path: Path) -> None:
    killed_by(signal.SIGKILL, tmp_path)
    run = begun(tmp_path)
    assert run is not None
    assert (run.fault, run.is_worth_telling) == ("", True)


def test_a_run_that_went_down_with_the_computer_is_no_failure_of_sotto(tmp_path: Path) -> None:
    killed_by(signal.SIGKILL, tmp_path)
    file = tmp_path / MARK_NAME
    mark = json.loads(file.read_text("utf-8"))
    file.write_text(json.dumps(mark | {"booted": mark["booted"] - 3600}), encoding="utf-8")
    run = begun(tmp_path)
    assert run is not None
    assert run.was_machine_restarted
    assert not run.is_worth_telling


def test_a_window_that_still_runs_keeps_its_mark(tmp_path: Path) -> None:
    parent = psutil.Process(os.getppid())
    mark = {
        "pid": parent.pid,
        "process_began": parent.create_time(),
        "booted": psutil.boot_time(),
        "version": "0.1.0",
    }
    (tmp_path / MARK_NAME).write_text(json.dumps(mark), encoding="utf-8")
    assert begun(tmp_path) is None
    assert json.loads((tmp_path / MARK_NAME).read_text("utf-8")) == mark


@pytest.mark.parametrize("text", ["", "{", "[]", '{"pid": "x"}'])
def test_half_a_mark_is_one_as_well(tmp_path: Path, text: str) -> None:
    (tmp_path / MARK_NAME).write_text(text, encoding="utf-8")
    run = begun(tmp_path)
    assert run is not None
    assert run.version == "unknown"


def test_a_folder_that_cannot_be_written_keeps_nobody_from_chatting(tmp_path: Path) -> None:
    (tmp_path / "state").write_text("a file", encoding="utf-8")
    assert begun(tmp_path / "state") is None

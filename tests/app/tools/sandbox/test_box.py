"""What a box lets through and what it does not: real namespaces, real Landlock, real filters."""

from __future__ import annotations

import json
import signal
import subprocess
from pathlib import Path

import pytest

from app.tools.sandbox import processes
from app.tools.sandbox.policy import Limits, SandboxKind
from app.tools.sandbox.probe import find_sandbox
from app.tools.sandbox.processes import descendants, end_tree
from tests.app.tools.sandbox.attacks import ATTACKS, HARNESS, PRELUDE
from tests.app.tools.sandbox.boxes import Box
from tests.app.tools.sandbox.host import VARIABLE, host


@pytest.mark.parametrize("kind", [SandboxKind.BUBBLEWRAP, SandboxKind.LANDLOCK])
def test_both_boxes_can_be_made_here_and_hold(kind: SandboxKind) -> None:
    assert find_sandbox((kind,)).kind is kind


def test_the_better_box_is_taken() -> None:
    assert find_sandbox().kind is SandboxKind.BUBBLEWRAP


def test_without_any_it_is_said_why_not(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PATH", "/nowhere")
    found = find_sandbox((SandboxKind.BUBBLEWRAP,))
    assert found.kind is SandboxKind.NONE
    assert "not installed" in found.why_not_better


def test_no_attack_gets_out(box: Box, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv(VARIABLE, "open sesame")
    with host(tmp_path) as target:
        done = box.run(HARNESS.format(told=json.dumps([target.facts, ATTACKS, PRELUDE])))
        assert done.returncode == 0, done.stderr
        assert json.loads(done.stdout.splitlines()[-1]) == []
        assert target.damage() == []


def test_attacks_do_get_through_where_nothing_holds_them(tmp_path: Path) -> None:
    """So that the table above does not pass for want of a working attack."""
    telling = ("connect by TCP", "connect to a socket of the host", "read a file of the user")
    chosen = {name: ATTACKS[name] for name in telling}
    with host(tmp_path) as target:
        told = json.dumps([target.facts, chosen, PRELUDE])
        done = Box(SandboxKind.NONE, tmp_path).run(HARNESS.format(told=told))
        assert json.loads(done.stdout) == list(telling)
        assert len(target.damage()) == 2


def test_ordinary_work_goes_on(box: Box) -> None:
    code = """
import os, subprocess, tempfile, threading, multiprocessing, sys
open("made.txt", "w").write("한글 🙂")
with tempfile.NamedTemporaryFile() as file:
    file.write(b"x")
print(subprocess.run(["/bin/echo", "hello"], capture_output=True, text=True).stdout.strip())
thread = threading.Thread(target=lambda: print("thread"))
thread.start()
thread.join()
import numpy
print(int(numpy.arange(10) @ numpy.arange(10)))
"""
    done = box.run(code)
    assert done.stdout.split() == ["hello", "thread", "285"], done.stderr
    assert (box.data / "made.txt").read_text() == "한글 🙂"


def test_a_file_that_is_too_large_is_an_error_and_no_death(box: Box) -> None:
    box.limits = Limits(file_bytes=1 << 20)
    code = """
try:
    with open("big", "wb") as file:
        file.write(bytes(4 << 20))
except OSError as error:
    print(error.strerror)
"""
    assert box.run(code).stdout == "File too large\n"


def test_more_memory_than_allowed_is_an_error_and_no_death(box: Box) -> None:
    box.limits = Limits(memory_bytes=1 << 30)
    code = "try:\n    bytearray(2 << 30)\nexcept MemoryError:\n    print('no')"
    assert box.run(code).stdout == "no\n"


def test_temporary_files_have_an_end_in_namespaces(tmp_path: Path) -> None:
    box = Box(SandboxKind.BUBBLEWRAP, tmp_path, Limits(scratch_bytes=1 << 20))
    code = """
for place in ("/tmp", "/home/user", "/dev/shm"):
    try:
        for number in range(8):
            open(f"{place}/{number}", "wb").write(bytes(1 << 18))
    except OSError as error:
        print(error.strerror)
"""
    assert box.run(code).stdout.splitlines() == ["No space left on device"] * 3


@pytest.mark.serial
def test_processes_have_an_end(tmp_path: Path) -> None:
    """Where there are namespaces; elsewhere root, as in this test, is not counted by Linux."""
    box = Box(SandboxKind.BUBBLEWRAP, tmp_path, Limits(processes=20))
    code = """
import os, sys, time
count = 0
try:
    while count < 100:
        if os.fork() == 0:
            sys.stdin.read()
            time.sleep(60)
        count += 1
except BlockingIOError:
    print(count, flush=True)
os._exit(0)
"""
    assert 0 < int(box.run(code).stdout) < 20


def test_whoever_is_killed_takes_all_along(box: Box) -> None:
    """A child in a session of its own, twice removed, is not left behind."""
    code = """
import os, sys, time
if os.fork() == 0:
    os.setsid()
    if os.fork() == 0:
        print("ready", flush=True)
        time.sleep(600)
    os._exit(0)
time.sleep(600)
"""
    launch = box.launch(code)
    with subprocess.Popen(
        launch.argv,
        env=launch.environment,
        cwd="/",
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        start_new_session=True,
    ) as process:
        assert process.stdout is not None
        assert process.stdout.readline() == b"ready\n"
        assert len(descendants(process.pid)) >= 2
        end_tree(process.pid)
        # The end of the output is the end of whoever could write to it.
        assert process.stdout.read() == b""


def test_without_proc_processes_are_found_and_ended_too(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """As on systems that have no such folder, where code runs only unheld."""
    monkeypatch.setattr(processes, "_HAS_PROC", False)
    code = "import os, time\nos.fork()\nprint('ready', flush=True)\ntime.sleep(600)"
    launch = Box(SandboxKind.NONE, tmp_path).launch(code)
    with subprocess.Popen(
        launch.argv,
        env=launch.environment,
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        start_new_session=True,
    ) as process:
        assert process.stdout is not None
        assert process.stdout.readline() == process.stdout.readline() == b"ready\n"
        ours = descendants(process.pid)
        assert len(ours) == 2
        assert processes.own_bytes(ours) == processes.resident_bytes(ours) > 1 << 20
        end_tree(process.pid)
        assert process.stdout.read() == b""


@pytest.mark.serial
def test_the_box_ends_with_the_program_that_made_it(box: Box) -> None:
    launch = box.launch("import sys, time; print('ready', flush=True); time.sleep(600)")
    middle = "import subprocess, sys, json; argv, env = json.loads(sys.argv[1]); "
    middle += "subprocess.Popen(argv, env=env, cwd='/', start_new_session=True).wait()"
    told = json.dumps([launch.argv, launch.environment])
    with subprocess.Popen(
        ["python3", "-c", middle, told], stdin=subprocess.DEVNULL, stdout=subprocess.PIPE
    ) as process:
        assert process.stdout is not None
        assert process.stdout.readline() == b"ready\n"
        process.send_signal(signal.SIGKILL)
        assert process.stdout.read() == b""


def test_arguments_that_name_a_place_are_told_where_it_is(box: Box) -> None:
    (box.folder / "data").mkdir()
    (box.data / "hello.txt").write_text("hello")
    launch = box.launch("")
    argv = (*launch.argv[:-4], "/bin/cat", "/mnt/data/hello.txt")
    done = subprocess.run(argv, env=launch.environment, cwd="/", capture_output=True, check=True)
    assert done.stdout == b"hello"

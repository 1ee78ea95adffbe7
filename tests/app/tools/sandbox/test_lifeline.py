"""The program is killed before a box could ask the kernel to die with it.

The moment is made sure of: what starts the box is a script that says where it is and waits there
for a word, which never comes or comes when the program is dead.
"""

from __future__ import annotations

import os
import shutil
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import ExitStack, suppress
from dataclasses import dataclass
from pathlib import Path

import psutil
import pytest

from app.tools.sandbox.lifeline import Ending, Lifeline
from app.tools.sandbox.policy import SandboxKind
from tests.app.tools.sandbox.boxes import Box

PATIENCE = 20.0
FUNCTION = '''
import time

def sleep() -> None:
    """Never return."""
    while True:
        time.sleep(60)
'''
BEFORE_ALL = '#!/bin/sh\necho $$ >{at}\nread -r _ <{go}\nexec {program} "$@"\n'
# Bubblewrap itself has asked by then; its child waits for the word, and nobody has asked for that.
IN_THE_CHILD = '#!/bin/sh\necho $$ >{at}\nexec {program} --block-fd 9 "$@" 9<>{go}\n'
IS_OPEN = """
import os

def is_open(number):
    try:
        os.fstat(number)
        return True
    except OSError:
        return False
"""
KINDS = {
    "bubblewrap, before it": (SandboxKind.BUBBLEWRAP, BEFORE_ALL),
    "bubblewrap, in its child": (SandboxKind.BUBBLEWRAP, IN_THE_CHILD),
    "landlock": (SandboxKind.LANDLOCK, BEFORE_ALL),
    "none": (SandboxKind.NONE, BEFORE_ALL),
}


@dataclass
class Held:
    """A program whose box is being started and stands still."""

    program: subprocess.Popen[bytes]
    box: psutil.Process
    go: Path

    def kill(self) -> list[psutil.Process]:
        """SIGKILL; gives what the box consisted of."""
        found = [self.box, *self.box.children(recursive=True)]
        self.program.send_signal(signal.SIGKILL)
        self.program.wait(PATIENCE)
        return found

    def let_go(self) -> None:
        """What waits goes on, if it is still there."""
        with suppress(OSError):
            os.close(os.open(self.go, os.O_WRONLY | os.O_NONBLOCK))


@pytest.fixture(params=KINDS)
def held(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Held]:
    kind, script = KINDS[request.param]
    at, go = tmp_path / "at", tmp_path / "go"
    for one in (at, go):
        os.mkfifo(one)
    is_bubblewrap = kind is SandboxKind.BUBBLEWRAP
    program = shutil.which("bwrap") if is_bubblewrap else sys.executable
    stand_in = tmp_path / "bin" / "bwrap"
    stand_in.parent.mkdir()
    stand_in.write_text(script.format(at=at, go=go, program=program))
    stand_in.chmod(0o755)
    functions = tmp_path / "functions"
    functions.mkdir()
    (functions / "own.py").write_text(FUNCTION)
    python = "" if is_bubblewrap else str(stand_in)
    command = [sys.executable, "-m", "tests.app.tools.sandbox.dies_early"]
    path = f"{stand_in.parent}:{os.environ['PATH']}"
    with ExitStack() as stack:
        started = subprocess.Popen(
            [*command, kind.value, str(functions), "sleep", python],
            env={**os.environ, "PATH": path},
            stdin=subprocess.DEVNULL,
        )
        stack.enter_context(started)
        stack.callback(started.kill)
        box = psutil.Process(int(at.read_text()))
        stack.callback(lambda: end(box))
        yield Held(started, box, go)


def end(box: psutil.Process) -> None:
    """So that a test that fails leaves nothing."""
    with suppress(psutil.Error):
        for one in [box, *box.children(recursive=True)]:
            one.kill()


def wait_for_child(box: psutil.Process) -> None:
    deadline = time.monotonic() + PATIENCE
    while not any(one.name() == "bwrap" for one in box.children()):
        assert time.monotonic() < deadline


@pytest.mark.serial
def test_a_box_that_is_just_starting_does_not_outlive_the_program(
    held: Held, request: pytest.FixtureRequest
) -> None:
    if "in its child" in request.node.name:
        wait_for_child(held.box)
    left = held.kill()
    held.let_go()
    assert psutil.wait_procs(left, PATIENCE)[1] == []


def test_nothing_in_a_box_can_get_hold_of_the_lifeline(box: Box) -> None:
    """Whoever has either end of the pipe could keep the other from ever being closed."""
    code = f"{IS_OPEN}\nprint([number for number in range(3, 500) if is_open(number)])"
    with Lifeline() as lifeline:
        launch = box.launch(code, lifeline.number)
        done = subprocess.run(
            lifeline.command(launch.argv, Ending.of(launch.kind)),
            env=launch.environment,
            cwd="/",
            stdin=subprocess.DEVNULL,
            capture_output=True,
            pass_fds=lifeline.descriptors,
            start_new_session=True,
            check=True,
        )
    assert done.stdout == b"[]\n"


def test_a_box_ends_when_its_lifeline_is_let_go(box: Box) -> None:
    lifeline = Lifeline()
    launch = box.launch("import time; print('ready', flush=True); time.sleep(600)", lifeline.number)
    with subprocess.Popen(
        lifeline.command(launch.argv, Ending.of(launch.kind)),
        env=launch.environment,
        cwd="/",
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        pass_fds=lifeline.descriptors,
        start_new_session=True,
    ) as process:
        assert process.stdout is not None
        assert process.stdout.readline() == b"ready\n"
        lifeline.close()
        # The end of the output is the end of whoever could write to it.
        assert process.stdout.read() == b""

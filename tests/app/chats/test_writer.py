from __future__ import annotations

import os
import subprocess
import sys
from dataclasses import replace

import psutil
import pytest

from app.chats.writer import Writer


def test_this_process_is_alive_and_reads_back_what_it_wrote() -> None:
    writer = Writer.of_this_process()
    read = Writer.parse(str(writer))

    assert writer.is_alive()
    assert read.is_alive()
    assert str(read) == str(writer)


def test_two_stores_of_one_process_are_two_writers() -> None:
    assert str(Writer.of_this_process()) != str(Writer.of_this_process())


def test_another_process_with_the_same_number_is_not_the_writer() -> None:
    writer = Writer.of_this_process()

    assert not replace(writer, started=writer.started - 3600).is_alive()


def test_a_process_that_was_killed_is_dead_even_before_anyone_has_buried_it() -> None:
    with subprocess.Popen([sys.executable, "-c", "input()"], stdin=subprocess.PIPE) as child:
        writer = Writer(child.pid, psutil.Process(child.pid).create_time(), "x")
        assert writer.is_alive()
        child.kill()
        os.waitid(os.P_PID, child.pid, os.WEXITED | os.WNOWAIT)  # dead, and still listed
        assert psutil.pid_exists(child.pid)
        assert not writer.is_alive()
    assert not writer.is_alive()


def test_a_process_that_may_not_be_looked_at_counts_as_alive(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    class Shielded:
        def __init__(self, pid: int) -> None:
            raise psutil.AccessDenied(pid)

    monkeypatch.setattr(psutil, "Process", Shielded)

    assert Writer(1, 0.0, "x").is_alive()

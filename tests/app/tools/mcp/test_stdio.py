from __future__ import annotations

import asyncio
import gc
import os
import subprocess
import sys
from contextlib import suppress
from pathlib import Path

import psutil
import pytest

from app.tools.mcp.budget import MESSAGES_AT_ONCE, MESSAGES_PER_SECOND, Lines, MessageBudget
from app.tools.mcp.problems import TooMuchError
from app.tools.mcp.stdio import Program, stdio_streams
from tests.app.tools.mcp.conftest import Host


def silent(_: str) -> None:
    """Hear nothing."""


def test_a_program_that_is_ended_while_it_starts_leaves_nothing(host: Host, tmp_path: Path) -> None:
    program = Program(sys.executable, ("-I", "-c", "input()"), dict(os.environ), str(tmp_path))

    async def use() -> None:
        async with stdio_streams(program, silent, silent):
            await asyncio.Event().wait()

    async def interrupted() -> None:
        for turns in range(24):
            using = asyncio.create_task(use())
            for _ in range(turns):
                await asyncio.sleep(0)
            using.cancel()
            await asyncio.gather(using, return_exceptions=True)

    # Other tests of this process may have left some: multiprocessing keeps one to the end.
    others = psutil.Process().children()
    before = open_pipes()
    host.run(interrupted)
    gc.collect()
    assert open_pipes() == before
    assert psutil.Process().children() == others


@pytest.mark.serial
def test_a_server_that_nothing_impresses_does_not_outlive_a_killed_program(tmp_path: Path) -> None:
    command = [sys.executable, "-m", "tests.app.tools.mcp.dies", str(tmp_path)]
    with subprocess.Popen(command, stdout=subprocess.PIPE) as program:
        assert program.stdout is not None
        assert program.stdout.readline() == b"started\n"
        left = until_written(tmp_path / "pids")
        program.kill()
    alive = psutil.wait_procs(left, 20)[1]
    for one in alive:
        one.kill()
    assert alive == []


def until_written(pids: Path) -> list[psutil.Process]:
    """The processes of a stubborn server, once there are both."""
    while True:
        with suppress(OSError, ValueError):
            server, child = map(int, pids.read_text().split())
            return [psutil.Process(server), psutil.Process(child)]


def open_pipes() -> int:
    """How many pipes this process has open."""
    folder = Path("/proc/self/fd")
    found = 0
    for entry in folder.iterdir():
        with suppress(FileNotFoundError):  # the one of the folder itself
            found += str(entry.readlink()).startswith("pipe:")
    return found


def test_lines_are_cut_wherever_the_pieces_end() -> None:
    lines = Lines(100)
    assert lines.feed(b"one\ntw") == [b"one"]
    assert lines.feed(b"o") == []
    assert lines.feed(b"\n\nthree\n") == [b"two", b"", b"three"]


def test_a_line_without_end_is_refused() -> None:
    lines = Lines(10)
    lines.feed(b"x" * 10)
    with pytest.raises(TooMuchError):
        lines.feed(b"x")


def test_messages_may_come_fast_for_a_while_and_slowly_for_ever() -> None:
    now = [0.0]
    budget = MessageBudget(lambda: now[0])
    for _ in range(MESSAGES_AT_ONCE):
        budget.spend()
    with pytest.raises(TooMuchError):
        budget.spend()
    budget = MessageBudget(lambda: now[0])
    for _ in range(3 * MESSAGES_AT_ONCE):
        now[0] += 1 / MESSAGES_PER_SECOND
        budget.spend()

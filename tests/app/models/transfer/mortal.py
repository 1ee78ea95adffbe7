"""A process that fetches a file, and is made to be killed.

One process loads what is needed and then forks a child for each run, so that a hundred deaths
take a few seconds.  On its standard input comes a line for each run, `LANES EVENT NUMBER`; it
answers with the child's number, and the child begins when it reads one byte more.  EVENT names an
audit event of Python, at the NUMBER-th of which the child kills itself, or is `-`.  How the child
ended and how many bytes it had received are the next answers.
"""

from __future__ import annotations

import asyncio
import mmap
import os
import signal
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from types import TracebackType

import httpx2

from app.models.transfer.equipment import Equipment
from app.models.transfer.file_transfer import FileTransfer
from app.models.transfer.lanes import Lanes
from app.models.transfer.limit import RateLimit
from app.models.transfer.patience import Patience
from app.models.transfer.standing import Standing
from app.models.values import ModelPart, OfferedModel
from tests.app.models.transfer.rig import NAME, REPOSITORY, HubSource


class Counting(Standing):
    """Counts what was received where it outlives the process."""

    def __init__(self, counter: mmap.mmap) -> None:
        super().__init__()
        self._counter = counter
        self._count = 0

    def came(self, count: int) -> None:
        self._count += count
        self._counter[:8] = self._count.to_bytes(8)
        super().came(count)


def main(endpoint: str, folder: str, commit: str, size: str, sha256: str, piece: str) -> None:
    """Fork a child for each line of the standard input."""
    counter = mmap.mmap(-1, 8)
    model = OfferedModel("m", "M", (ModelPart(NAME, int(size), sha256),), REPOSITORY, commit)
    while line := _read_line():
        lanes, event, number = line.split()
        counter[:8] = bytes(8)
        child = os.fork()
        if child == 0:
            os.read(0, 1)
            _die_at(event, int(number))
            equipment = (HubSource(endpoint), model, Path(folder), int(lanes), int(piece))
            asyncio.run(_fetch(Counting(counter), *equipment))
            os._exit(0)
        _say(child)
        _say(os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]))
        _say(int.from_bytes(counter[:8]))


async def _fetch(
    standing: Standing,
    source: HubSource,
    model: OfferedModel,
    folder: Path,
    count: int,
    piece: int,
) -> None:
    def lanes() -> Lanes:
        made = Lanes(count)
        made.count = count
        return made

    async with httpx2.AsyncClient(verify=False, trust_env=False) as client:
        with ThreadPoolExecutor(1) as disk:
            equipment = Equipment(
                client, source, disk, RateLimit(), lanes, piece_bytes=piece, reserve_bytes=0
            )
            part = model.parts[0]
            await FileTransfer(
                model, part, folder / NAME, equipment, standing, Patience(0.001)
            ).run()


def _die_at(event: str, number: int) -> None:
    left = number

    def hear(name: str, _arguments: object) -> None:
        nonlocal left
        left -= name == event
        if name == event and left == 0:
            os.kill(os.getpid(), signal.SIGKILL)

    if event != "-":
        sys.addaudithook(hear)


def _read_line() -> str:
    """A line, without reading ahead: what follows is for the child.

    A child that died early has left its dot.
    """
    told = b""
    while byte := os.read(0, 1):
        if byte == b"\n":
            break
        told += byte
    return told.decode().lstrip(".")


def _say(number: int) -> None:
    os.write(1, b"%d\n" % number)


class Mortal:
    """The process, as a test has it; the arguments are those of `main`."""

    def __init__(self, *arguments: str) -> None:
        self._process = subprocess.Popen(
            [sys.executable, "-m", "tests.app.models.transfer.mortal", *arguments],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            cwd=Path(__file__).parents[4],
        )

    def __enter__(self) -> Mortal:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self._process.kill()
        self._process.communicate()

    def prepare(self, lanes: int, event: str = "-", number: int = 1) -> int:
        """Have a child that waits; returns its number."""
        self._write(f"{lanes} {event} {number}\n".encode())
        return self._hear()

    def run(self) -> tuple[int, int]:
        """Let the child go; returns its exit code, below 0 for a signal, and what it received."""
        self._write(b".")
        return self._hear(), self._hear()

    def _write(self, data: bytes) -> None:
        assert self._process.stdin is not None
        self._process.stdin.write(data)
        self._process.stdin.flush()

    def _hear(self) -> int:
        assert self._process.stdout is not None
        return int(self._process.stdout.readline())


if __name__ == "__main__":
    main(*sys.argv[1:])

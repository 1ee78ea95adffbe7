"""`sotto ask` in a process of its own, with a person at the terminal."""

from __future__ import annotations

import json
import os
import pty
import select
import subprocess
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

from tests.program import SOTTO

PATIENCE = 60.0


@dataclass
class AtTerminal:
    """`sotto ask` with a person at the terminal."""

    process: subprocess.Popen[bytes]
    terminal: int
    shown: str = ""

    def wait_for(self, text: str) -> None:
        deadline = time.monotonic() + PATIENCE
        while text not in self.shown:
            assert select.select([self.terminal], [], [], deadline - time.monotonic())[0]
            self.shown += os.read(self.terminal, 4096).decode("utf-8", "replace")

    def type(self, *lines: str) -> None:
        os.write(self.terminal, "".join(f"{line}\n" for line in lines).encode())

    def end(self) -> list[dict[str, Any]]:
        out = self.process.communicate(timeout=PATIENCE)[0]
        return [json.loads(line) for line in out.decode().splitlines()]

    def wait_for_line(self, kind: str) -> dict[str, Any]:
        """Read what it prints up to a line of a kind."""
        assert self.process.stdout is not None
        for line in self.process.stdout:
            told: dict[str, Any] = json.loads(line)
            if told["type"] == kind:
                return told
        raise AssertionError(f"it ended without {kind}")


@contextmanager
def at_terminal(environ: Mapping[str, str], question: str, *options: str) -> Iterator[AtTerminal]:
    """Ask with the user's own functions switched on; killed at the end, if need be."""
    ours, theirs = pty.openpty()
    command = [SOTTO, "ask", question, "--tools", "own"]
    process = subprocess.Popen(
        [*command, "--json", "--effort", "low", "--temperature", "0", *options],
        stdin=theirs,
        stderr=theirs,
        stdout=subprocess.PIPE,
        env={**os.environ, **environ},
    )
    os.close(theirs)
    try:
        yield AtTerminal(process, ours)
    finally:
        process.kill()
        process.wait()
        assert process.stdout is not None
        process.stdout.close()
        os.close(ours)

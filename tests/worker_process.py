"""`sotto worker` as a process of its own, on this machine's loopback."""

from __future__ import annotations

import os
import signal
import subprocess
import threading

from tests.program import SOTTO

SECONDS_TO_START = 60.0
_LISTENING = "listening on "


class WorkerProcess:
    """A worker that has said that it listens.

    Attributes:
        address: where.
        said: its lines up to then.
    """

    def __init__(self, *options: str) -> None:
        self.process = subprocess.Popen(
            [SOTTO, "worker", "--listen", "127.0.0.1:0", "--threads", "1", *options],
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
            env=os.environ | {"OMP_NUM_THREADS": "1"},
        )
        self.said: list[str] = []
        self.address = self._wait_until_it_listens()

    def kill(self) -> None:
        """End it with SIGKILL."""
        self.process.kill()
        self.process.wait()

    def interrupt(self) -> tuple[int, str, str]:
        """Ctrl-C; returns the exit code and what it said since."""
        self.process.send_signal(signal.SIGINT)
        out, errors = self.process.communicate(timeout=SECONDS_TO_START)
        return self.process.returncode, out, errors

    def close(self) -> None:
        """End it if it still runs, and let go of its pipes."""
        self.process.kill()
        self.process.communicate()

    def _wait_until_it_listens(self) -> str:
        assert self.process.stdout is not None
        patience = threading.Timer(SECONDS_TO_START, self.process.kill)
        patience.start()
        try:
            for line in self.process.stdout:
                self.said.append(line.strip())
                if line.startswith(_LISTENING):
                    return line.removeprefix(_LISTENING).partition(";")[0]
        finally:
            patience.cancel()
        self.kill()
        raise AssertionError(f"the worker does not listen: {self.said}")

"""The command line's own thread as a queue of callables, so that services run on it alone."""

from __future__ import annotations

from collections.abc import Callable
from queue import SimpleQueue


class CallLoop:
    """Run callables that other threads post, on the thread that calls `run`."""

    def __init__(self) -> None:
        self._calls: SimpleQueue[Callable[[], None]] = SimpleQueue()
        self._is_done = False

    def post(self, call: Callable[[], None]) -> None:
        """Have `call` run later, in order.  Any thread."""
        self._calls.put(call)

    def finish(self) -> None:
        """Let `run` return after the call that is running.  The loop's own thread."""
        self._is_done = True

    def reopen(self) -> None:
        """Make `run` wait for calls again after `finish`."""
        self._is_done = False

    def run(self) -> None:
        """Run calls until one of them calls `finish`."""
        while not self._is_done:
            self._calls.get()()

    def step(self, seconds: float) -> None:
        """Run the next call.

        Raises:
            queue.Empty: none came in so many seconds.
        """
        self._calls.get(timeout=seconds)()

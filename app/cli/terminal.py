"""Lines from the person at the terminal, without holding up the thread that asked."""

from __future__ import annotations

import os
import select
import threading
from collections.abc import Callable
from typing import Final

_CHUNK: Final = 4096


class Terminal:
    """Reads lines from a terminal on a thread of its own.

    Reading is by file descriptor: a daemon thread that waits inside a buffered reader would
    keep the interpreter from ending.

    Args:
        descriptor: where lines come from.
        post: runs a callable on the asking thread.
    """

    def __init__(self, descriptor: int, post: Callable[[Callable[[], None]], None]) -> None:
        self._descriptor = descriptor
        self._post = post
        self._unread = b""

    def read_line(self, on_line: Callable[[str | None], None]) -> Callable[[], None]:
        """Ask for one line; None comes at the end of input.  Returns what gives up waiting."""
        wake_reading, wake_writing = os.pipe()
        is_wanted = True

        def take(line: str | None) -> None:
            if is_wanted:
                on_line(line)

        def read() -> None:
            try:
                line = self._line(wake_reading)
            finally:
                os.close(wake_reading)
            self._post(lambda: take(line))

        def give_up() -> None:
            nonlocal is_wanted
            if is_wanted:
                is_wanted = False
                os.close(wake_writing)

        threading.Thread(target=read, name="terminal", daemon=True).start()
        return give_up

    def _line(self, wake: int) -> str | None:
        """The next line without its end."""
        while b"\n" not in self._unread:
            ready = select.select([self._descriptor, wake], [], [])[0]
            if wake in ready:
                return None
            try:
                chunk = os.read(self._descriptor, _CHUNK)
            except OSError:
                chunk = b""  # the terminal is gone
            if not chunk:
                return None
            self._unread += chunk
        line, _, self._unread = self._unread.partition(b"\n")
        return line.decode("utf-8", "replace").rstrip("\r")

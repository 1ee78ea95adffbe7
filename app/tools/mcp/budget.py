"""How much a server may send: it is a stranger, and this is the user's memory and processor."""

from __future__ import annotations

from collections.abc import Callable
from typing import Final

from app.tools.mcp.problems import TooMuchError

MAX_MESSAGE_BYTES: Final = 16 * 1024 * 1024
MESSAGES_AT_ONCE: Final = 2000
"""A server may send this many messages at once, and `MESSAGES_PER_SECOND` on and on."""

MESSAGES_PER_SECOND: Final = 100


class MessageBudget:
    """Counts messages against what a server may send.

    Args:
        clock: seconds that only grow.
    """

    def __init__(self, clock: Callable[[], float]) -> None:
        self._clock = clock
        self._left = float(MESSAGES_AT_ONCE)
        self._at = clock()

    def spend(self) -> None:
        """One more message.

        Raises:
            TooMuchError: it is one too many.
        """
        now = self._clock()
        earned = (now - self._at) * MESSAGES_PER_SECOND
        self._left = min(self._left + earned, float(MESSAGES_AT_ONCE)) - 1
        self._at = now
        if self._left < 0:
            raise TooMuchError("it sends messages without end")


class Lines:
    """Cuts a stream of bytes into lines of a bounded length.

    Args:
        most: bytes of the longest line.
    """

    def __init__(self, most: int) -> None:
        self._most = most
        self._open: list[bytes] = []
        self._bytes = 0

    def feed(self, chunk: bytes) -> list[bytes]:
        """The lines that this chunk completes, without their ends.

        Raises:
            TooMuchError: a line is longer than may be.
        """
        *complete, rest = chunk.split(b"\n")
        if self._bytes + len(complete[0] if complete else rest) > self._most:
            raise TooMuchError("it sends a message that is too long")
        if complete:
            complete[0] = b"".join([*self._open, complete[0]])
            self._open, self._bytes = [], 0
        self._open.append(rest)
        self._bytes += len(rest)
        return complete

"""How many connections fetch at once: more only while that makes the whole faster."""

from __future__ import annotations

from typing import Final

MOST_LANES: Final = 6
"""More are unfriendly to the server, and gain little on any line."""

_WORTH_IT: Final = 1.15
"""A connection more must bring at least so much, or it is taken back."""

_TRY_AGAIN_AFTER: Final = 20
"""Looks at the speed until one more is tried again; lines change."""


class Lanes:
    """Finds the number of connections by trying.  Knows no time; one thread.

    Args:
        most: never more than these.
    """

    def __init__(self, most: int = MOST_LANES) -> None:
        self._most = most
        self._before = 0.0
        self._rests = 0
        self.count = 1
        """Connections that are worth it, as far as is known."""

    def look(self, bytes_per_second: float) -> None:
        """Take how fast all of them were together since the last look."""
        if self._rests:
            self._rests -= 1
            if not self._rests:
                self._grow(bytes_per_second)
        elif bytes_per_second < self._before * _WORTH_IT:
            self.count = max(1, self.count - 1)
            self._rests = _TRY_AGAIN_AFTER
        else:
            self._grow(bytes_per_second)

    def lose(self, left: int) -> None:
        """A connection failed, and so many are left, which go on."""
        self.count = max(1, left)
        self._rests = _TRY_AGAIN_AFTER

    def back_off(self) -> None:
        """The server has too much to do."""
        self.count = 1
        self._rests = _TRY_AGAIN_AFTER

    def _grow(self, bytes_per_second: float) -> None:
        if self.count < self._most:
            self._before = bytes_per_second
            self.count += 1
        else:
            self._rests = _TRY_AGAIN_AFTER

"""A terminal in memory."""

from __future__ import annotations

import io


class Terminal(io.StringIO):
    """A terminal of 80 columns that keeps what is written to it."""

    def __init__(self, encoding: str = "utf-8") -> None:
        super().__init__()
        self._encoding = encoding

    @property
    def encoding(self) -> str:  # type: ignore[override]
        return self._encoding

    def isatty(self) -> bool:
        return True

    @property
    def lines(self) -> list[str]:
        """What stood on the line, one after the other."""
        return self.getvalue().split("\r")[1:]

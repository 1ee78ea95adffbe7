"""The objects of a JSON array one by one, so that a file of any size takes little memory.

`json.load` would also hold Python's lock for as long as it takes, and so stop the window.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Final, TextIO

from app.archive.values import ArchiveError

MOST_CHARACTERS: Final = 128 * 2**20
"""An object larger than this is no chat."""

_CHUNK: Final = 2**18
_TOKEN: Final = re.compile(r'"(?:[^"\\]++|\\.)*+"|[\[\]{}"]', re.DOTALL)


def elements(stream: TextIO, begun: str = "") -> Iterator[str]:
    """Each object of an array as JSON text; what else is in the array is passed over.

    Args:
        stream: behind `begun`.
        begun: what was read of it already, from the array's bracket on.

    Raises:
        ArchiveError: the file ends in the middle, or an object is too large.
    """
    reader = _Reader(stream, begun)
    depth = 0
    while True:
        sign = reader.token()
        if sign in ("[", "{"):
            if sign == "{" and depth == 1:
                reader.begin()
            depth += 1
        elif sign in ("]", "}"):
            depth -= 1
            if sign == "}" and depth == 1:
                yield reader.end()
            elif depth <= 0:
                return


class _Reader:
    """Text with a place in it; forgets what is behind, but for an object that was begun."""

    def __init__(self, stream: TextIO, begun: str) -> None:
        self._stream = stream
        self._text = begun
        self._at = 0
        self._start: int | None = None
        self._chunk = _CHUNK

    def token(self) -> str:
        """The next bracket, or a whole string."""
        while True:
            found = _TOKEN.search(self._text, self._at)
            # A quote alone is a string whose end was not read yet.
            if found is not None and found[0] != '"':
                self._at = found.end()
                return found[0]
            self._at = found.start() if found else len(self._text)
            self._read_on(is_in_string=found is not None)

    def begin(self) -> None:
        """An object begins with the last token."""
        self._start = self._at - 1

    def end(self) -> str:
        """It ended with the last token."""
        text = self._text[self._start : self._at]
        self._start = None
        return text

    def _read_on(self, *, is_in_string: bool) -> None:
        # Twice as much each time in one string: it is looked through from its beginning.
        self._chunk = self._chunk * 2 if is_in_string else _CHUNK
        more = self._stream.read(self._chunk)
        if not more:
            raise ArchiveError(
                "The file ends in the middle.", "Export it again, then try once more."
            )
        kept = self._at if self._start is None else self._start
        self._text = self._text[kept:] + more
        self._at -= kept
        if self._start is not None:
            self._start = 0
        if len(self._text) > MOST_CHARACTERS:
            raise ArchiveError("A chat in this file is too large.", "Nothing was brought in.")

"""The sha256 of a file, made while it grows from its beginning."""

from __future__ import annotations

import hashlib
from typing import Any, Final

_KEPT_EVERY: Final = 64


class PrefixDigest:
    """Digests pieces in their order, and remembers how it stood at earlier ones.

    A file in which one piece was replaced is digested anew from there, not from its beginning.
    """

    def __init__(self) -> None:
        self._hash = hashlib.sha256()
        self._kept: list[Any] = [self._hash.copy()]
        self.next = 0
        """The piece that is wanted next."""

    def feed(self, piece: bytes | bytearray) -> None:
        """Take the next piece."""
        self._hash.update(piece)
        self.next += 1
        if self.next % _KEPT_EVERY == 0:
            self._kept.append(self._hash.copy())

    def go_back(self, index: int) -> None:
        """Forget a piece and all behind it; `next` then may be some pieces before it."""
        if index < self.next:
            place = index // _KEPT_EVERY
            del self._kept[place + 1 :]
            self._hash = self._kept[place].copy()
            self.next = place * _KEPT_EVERY

    def hexdigest(self) -> str:
        """The digest of all that was taken."""
        return self._hash.hexdigest()

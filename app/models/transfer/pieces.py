"""Which pieces of a file are here, and who fetches which of the others.  Knows no bytes."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Final

PIECE_BYTES: Final = 1 << 20
"""What is written down together: a crash costs at most so much of each connection."""

SHORTEST_RUN: Final = 4
LONGEST_RUN: Final = 64
"""Pieces that one request asks for while several run.

Long enough that the way to the server and back does not count, short enough that the file grows
nearly in order, so that its digest is made from memory and a disk need not fill gaps.
"""

_MISSING: Final = 0
_CLAIMED: Final = 1
_HERE: Final = 2


@dataclass(frozen=True, slots=True)
class Layout:
    """How a file is cut into pieces.

    Attributes:
        size_bytes: of the file.
        piece_bytes: of each piece but the last.
    """

    size_bytes: int
    piece_bytes: int = PIECE_BYTES

    @property
    def count(self) -> int:
        """Number of pieces."""
        return -(-self.size_bytes // self.piece_bytes)

    def span(self, index: int) -> range:
        """The bytes of a piece."""
        start = index * self.piece_bytes
        return range(start, min(start + self.piece_bytes, self.size_bytes))


@dataclass(slots=True)
class Claim:
    """Pieces that one connection is to fetch, in order.

    Attributes:
        next: the piece it fetches now.
        end: the first piece that it leaves to others; may become less meanwhile.
    """

    next: int
    end: int


class Pieces:
    """The pieces of one file.  One thread.

    Args:
        layout: how the file is cut.
        here: pieces that are on the disk and right.
    """

    def __init__(self, layout: Layout, here: Iterable[int] = ()) -> None:
        self.layout = layout
        self._states = bytearray(layout.count)
        self._claims: list[Claim] = []
        self.here_bytes = 0
        """How much of the file is here."""
        for index in here:
            self.put(index)

    @property
    def is_whole(self) -> bool:
        """Whether nothing is missing."""
        return self.here_bytes == self.layout.size_bytes

    @property
    def missing(self) -> list[int]:
        """The pieces that are not here, claimed or not."""
        return [index for index, state in enumerate(self._states) if state != _HERE]

    @property
    def beginning_bytes(self) -> int:
        """How much of the file is here without a gap from its start."""
        gaps = [at for at in (self._states.find(_MISSING), self._states.find(_CLAIMED)) if at >= 0]
        return self.layout.span(min(gaps)).start if gaps else self.layout.size_bytes

    def is_here(self, index: int) -> bool:
        """Whether a piece is on the disk."""
        return self._states[index] == _HERE

    def claim(self, lanes: int) -> Claim | None:
        """Give a connection its next run: the first that nobody fetches.

        Args:
            lanes: how many connections share the work; a single one gets all it can.

        Returns:
            None when nothing is left to give.
        """
        start = self._states.find(_MISSING)
        if start < 0:
            return None
        end = min(
            (
                at
                for at in (self._states.find(_CLAIMED, start), self._states.find(_HERE, start))
                if at >= 0
            ),
            default=self.layout.count,
        )
        claim = Claim(start, min(end, start + self._longest(lanes)))
        self._states[claim.next : claim.end] = bytes([_CLAIMED]) * (claim.end - claim.next)
        self._claims.append(claim)
        return claim

    def share(self, lanes: int) -> None:
        """Shorten the runs that are being fetched, since more connections want a part."""
        longest = self._longest(lanes)
        for claim in self._claims:
            self._shorten(claim, claim.next + longest)

    def arrive(self, claim: Claim) -> None:
        """The claim's next piece is on the disk."""
        self.put(claim.next)
        claim.next += 1

    def put(self, index: int) -> None:
        """A piece is on the disk."""
        if self._states[index] != _HERE:
            self._states[index] = _HERE
            self.here_bytes += len(self.layout.span(index))

    def give_up(self, claim: Claim) -> None:
        """What is left of a claim is for others; may be called at its end, too."""
        self._shorten(claim, claim.next)
        self._claims.remove(claim)

    def lose(self, index: int) -> None:
        """A piece that was here is not right after all."""
        if self._states[index] == _HERE:
            self._states[index] = _MISSING
            self.here_bytes -= len(self.layout.span(index))

    def _shorten(self, claim: Claim, end: int) -> None:
        if end < claim.end:
            self._states[end : claim.end] = bytes([_MISSING]) * (claim.end - end)
            claim.end = end

    def _longest(self, lanes: int) -> int:
        if lanes < 2:
            return self.layout.count
        left = self._states.count(_MISSING) // (2 * lanes)
        return max(SHORTEST_RUN, min(LONGEST_RUN, left))

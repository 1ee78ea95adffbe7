"""Finds which piece of a file is wrong where only the digest of the whole is known.

The file is fetched a second time and compared piece by piece.  Where the two differ, a third
fetch says which is right; the digest of the whole is made anew after each piece that changed, and
the search ends as soon as it is right.  So at worst everything is read twice from the network,
and what was right is never written again.
"""

from __future__ import annotations

from contextlib import aclosing

from app.models.transfer import journal
from app.models.transfer.disk_errors import told_of_disk
from app.models.transfer.equipment import Equipment
from app.models.transfer.fetching import Fetching
from app.models.transfer.outcomes import WaitError
from app.models.transfer.part_file import MustStop, PartFile
from app.models.transfer.pieces import Layout
from app.models.transfer.standing import Standing


class SecondLook:
    """One search.  Asyncio thread.

    Args:
        fetching: fetches ranges.
        part: the file on the disk, of which nothing is missing.
        layout: how it is cut.
        equipment: what transfers share.
        standing: told how it goes.
    """

    def __init__(
        self,
        fetching: Fetching,
        part: PartFile,
        layout: Layout,
        equipment: Equipment,
        standing: Standing,
    ) -> None:
        self._fetching = fetching
        self._part = part
        self._layout = layout
        self._with = equipment
        self._standing = standing
        self._next = 0
        self.replaced: list[int] = []
        """Pieces that were wrong and are right now."""

    async def run(self, sha256: str, must_stop: MustStop) -> bool:
        """Search on, from where an earlier try ended.

        Returns:
            Whether the file is right now; False says that the source itself is wrong.

        Raises:
            WaitError: something that passes.
            DownloadError: something that does not.
        """
        self._standing.has(self._layout.span(self._next).start)
        while self._next < self._layout.count:
            first = self._next if self._fetching.has_ranges else 0
            start = self._layout.span(first).start
            buffer, index = bytearray(), first
            async with aclosing(
                self._fetching.bytes_from(start, self._layout.size_bytes)
            ) as chunks:
                async for data in chunks:
                    self._standing.came(len(data))
                    await self._with.limit.pass_on(len(data))
                    left = memoryview(data)
                    while left:
                        room = len(self._layout.span(index)) - len(buffer)
                        buffer += left[:room]
                        left = left[room:]
                        if len(buffer) < len(self._layout.span(index)):
                            continue
                        if index >= self._next and await self._is_right_with(
                            index, bytes(buffer), sha256, must_stop
                        ):
                            return True
                        index, buffer = index + 1, bytearray()
                        self._next = max(self._next, index)
        return False

    async def _is_right_with(
        self, index: int, piece: bytes, sha256: str, must_stop: MustStop
    ) -> bool:
        """Compare a piece; where it is wrong on the disk, put this one there."""
        self._standing.has(self._layout.span(index).stop)
        if journal.digest(piece) == self._part.digest(index):
            return False
        if not await self._is_confirmed(index, piece):
            return False
        with told_of_disk(self._part.path.parent):
            await self._with.on_disk(lambda: self._part.write(index, piece))
            self.replaced.append(index)
            return await self._with.on_disk(lambda: self._part.sha256(must_stop)) == sha256

    async def _is_confirmed(self, index: int, piece: bytes) -> bool:
        """Whether a third fetch brings the same as the second.

        Raises:
            WaitError: it brings something else than both others.
        """
        if not self._fetching.has_ranges:
            return True
        span = self._layout.span(index)
        third = bytearray()
        async with aclosing(self._fetching.bytes_from(span.start, span.stop)) as chunks:
            async for data in chunks:
                self._standing.came(len(data))
                third += data
        if third != piece and journal.digest(third) != self._part.digest(index):
            raise WaitError(
                "The source sends other bytes each time it is asked.",
                "If this stays so, choose another mirror or another network.",
            )
        return third == piece

"""Gathers the missing pieces of one file over several connections."""

from __future__ import annotations

import asyncio
from contextlib import aclosing
from pathlib import Path

from app.models.transfer import space
from app.models.transfer.disk_errors import no_room, told_of_disk
from app.models.transfer.equipment import Equipment
from app.models.transfer.fetching import Fetching
from app.models.transfer.outcomes import NoRangesError, StaleLinkError, WaitError
from app.models.transfer.part_file import PartFile
from app.models.transfer.patience import Patience, SleepWatch
from app.models.transfer.pieces import Claim, Pieces
from app.models.transfer.standing import Standing

_MOST_STALE_LINKS = 3


class Gathering:
    """Fetches what is missing of a file.  Asyncio thread.

    What was received of a piece that is not whole is kept in memory when a connection breaks
    off, so that the next one goes on in the middle of it.

    Args:
        fetching: fetches ranges.
        part: the file on the disk.
        pieces: which pieces are here.
        equipment: what transfers share.
        standing: told how it goes.
        patience: told of every success.
    """

    def __init__(
        self,
        fetching: Fetching,
        part: PartFile,
        pieces: Pieces,
        equipment: Equipment,
        standing: Standing,
        patience: Patience,
    ) -> None:
        self._fetching = fetching
        self._part = part
        self._pieces = pieces
        self._with = equipment
        self._standing = standing
        self._patience = patience
        self._lanes = equipment.lanes()
        self._stubs: dict[int, bytearray] = {}
        self._came_bytes = 0
        self._stale_links = 0
        self._examined_bytes = 0
        self._watch = SleepWatch()

    async def run(self) -> None:
        """Fetch until nothing is missing.

        May be called again after any error; it then goes on.

        Raises:
            WaitError: something that passes; no connection is left.
            DownloadError: something that does not.
        """
        lanes: set[asyncio.Task[None]] = set()
        looked_at, looked_bytes = asyncio.get_running_loop().time(), self._came_bytes
        try:
            while not self._pieces.is_whole:
                self._fill(lanes)
                done, lanes = await asyncio.wait(
                    lanes, timeout=self._with.look_seconds, return_when=asyncio.FIRST_COMPLETED
                )
                for error in [lane.exception() for lane in done]:
                    if error is not None:
                        self._settle(error, len(lanes))
                seconds = asyncio.get_running_loop().time() - looked_at
                if seconds >= self._with.look_seconds:
                    await self._look((self._came_bytes - looked_bytes) / seconds)
                    looked_at += seconds
                    looked_bytes = self._came_bytes
                    if self._watch.has_slept():
                        await _end(lanes)
                        lanes = set()
        finally:
            await _end(lanes)
        await self._examine()

    def _fill(self, lanes: set[asyncio.Task[None]]) -> None:
        """Have as many connections at work as are worth it."""
        if not self._fetching.has_ranges:
            if not lanes:
                lanes.add(asyncio.create_task(self._whole_file()))
            return
        while len(lanes) < self._lanes.count:
            claim = self._pieces.claim(self._lanes.count)
            if claim is None:
                return
            lanes.add(asyncio.create_task(self._lane(claim)))

    def _settle(self, error: BaseException, left: int) -> None:
        """Take why a connection's work ended; it counts as a failure only if none is left."""
        if isinstance(error, NoRangesError):
            self._fetching.has_ranges = False
        elif isinstance(error, StaleLinkError):
            self._stale_links += 1
            if self._stale_links > _MOST_STALE_LINKS:
                self._stale_links = 0
                raise WaitError("The source gives links that do not work.") from error
        elif isinstance(error, WaitError) and left:
            self._lanes.lose(left)
        else:
            if isinstance(error, WaitError):
                self._lanes.back_off()
            raise error

    async def _look(self, bytes_per_second: float) -> None:
        """Look at the speed and at the room on the disk."""
        if not self._with.limit.is_set:
            before = self._lanes.count
            self._lanes.look(bytes_per_second)
            if self._lanes.count > before:
                self._pieces.share(self._lanes.count)
        path, size = self._part.path, self._pieces.layout.size_bytes
        await self._with.on_disk(lambda: _check_room(path, size, self._with))

    async def _lane(self, claim: Claim) -> None:
        """Fetch the pieces of a claim, one after the other, by one request."""
        layout = self._pieces.layout
        buffer = self._stubs.pop(claim.next, bytearray())
        try:
            if len(buffer) == len(layout.span(claim.next)):  # it came, and could not be written
                await self._write(claim.next, buffer)
                self._pieces.arrive(claim)
                buffer = bytearray()
            if claim.next >= claim.end:
                return
            start = layout.span(claim.next).start + len(buffer)
            stop = layout.span(claim.end - 1).stop
            async with aclosing(self._fetching.bytes_from(start, stop)) as chunks:
                async for data in chunks:
                    await self._came(len(data))
                    left = memoryview(data)
                    while left and claim.next < claim.end:
                        room = len(layout.span(claim.next)) - len(buffer)
                        buffer += left[:room]
                        left = left[room:]
                        if len(buffer) == len(layout.span(claim.next)):
                            await self._write(claim.next, buffer)
                            self._pieces.arrive(claim)
                            buffer = bytearray()
                    if claim.next >= claim.end:
                        return
        finally:
            if buffer and claim.next < layout.count and not self._pieces.is_here(claim.next):
                self._stubs[claim.next] = buffer
            self._pieces.give_up(claim)

    async def _whole_file(self) -> None:
        """Fetch all of the file, since the server does nothing else; keep what is missing."""
        layout, index, buffer = self._pieces.layout, 0, bytearray()
        async with aclosing(self._fetching.bytes_from(0, layout.size_bytes)) as chunks:
            async for data in chunks:
                await self._came(len(data))
                left = memoryview(data)
                while left:
                    room = len(layout.span(index)) - len(buffer)
                    buffer += left[:room]
                    left = left[room:]
                    if len(buffer) == len(layout.span(index)):
                        if not self._pieces.is_here(index):
                            await self._write(index, buffer)
                            self._pieces.put(index)
                        index, buffer = index + 1, bytearray()
                if self._pieces.is_whole:
                    return

    async def _came(self, count: int) -> None:
        self._came_bytes += count
        self._stale_links = 0
        self._patience.succeed()
        self._standing.came(count)
        await self._with.limit.pass_on(count)

    async def _write(self, index: int, piece: bytearray) -> None:
        with told_of_disk(self._part.path.parent):
            await self._with.on_disk(lambda: self._part.write(index, piece))
        self._standing.has(self._pieces.here_bytes + len(piece))
        if index == 0 or self._pieces.beginning_bytes >= self._with.header_bytes:
            await self._examine()

    async def _examine(self) -> None:
        """Look at the file's beginning where more of it is here than at the last look."""
        here = max(self._pieces.beginning_bytes, 1)
        wanted = [1, min(self._with.header_bytes, self._pieces.layout.size_bytes)]
        if any(self._examined_bytes < one <= here for one in wanted):
            self._examined_bytes = here
            await self._with.on_disk(lambda: self._with.examine(self._part.path, here))


async def _end(lanes: set[asyncio.Task[None]]) -> None:
    for lane in lanes:
        lane.cancel()
    await asyncio.gather(*lanes, return_exceptions=True)


def _check_room(file: Path, size_bytes: int, equipment: Equipment) -> None:
    """See that what is left of a file has room, where none was reserved.

    Raises:
        NoRoomError: it has not, or the disk would then be fuller than is good.
    """
    wanted = size_bytes - space.taken_bytes(file)
    missing = wanted + equipment.reserve_bytes - equipment.free_bytes(file.parent)
    if wanted > 0 and missing > 0:
        raise no_room(file.parent, missing)

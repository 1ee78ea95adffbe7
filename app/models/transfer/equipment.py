"""What the transfers of a program share."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from concurrent.futures import Executor
from dataclasses import dataclass, field
from pathlib import Path
from typing import Final, TypeVar

import httpx2

from app.models.piece_sums import NoSums, Sums
from app.models.transfer import space
from app.models.transfer.lanes import Lanes
from app.models.transfer.limit import RateLimit
from app.models.transfer.pieces import PIECE_BYTES
from app.models.transfer.source import Source

_T = TypeVar("_T")

LOOK_SECONDS: Final = 2.0
ROOM_SECONDS: Final = 10.0


def examine_nothing(file: Path, beginning_bytes: int) -> None:
    """Take every file as it is."""
    del file, beginning_bytes


@dataclass(frozen=True, slots=True)
class Equipment:
    """What transfers share, and what tests give them instead.

    Attributes:
        client: sends requests; follows no redirects by itself.
        source: knows addresses.
        disk: one thread that does all work on the disk.
        limit: of the speed.
        lanes: makes what finds the number of connections.
        sums: what pieces of right files are like; learns those of each file that was fetched.
        examine: looks at the beginning of a file that is being fetched, told how many bytes of
            it are here; raises `UserFacingError` where it is not what is wanted.
        piece_bytes: of new downloads.
        header_bytes: a file is examined once its first piece is here, once so much of its
            beginning is, and once it is whole.
        reserve_bytes: what is left free of the disk.
        reserve: takes the room of a file (`app.models.transfer.space.reserve`).
        free_bytes: tells the room in a folder.
        look_seconds: between two looks at the speed.
        room_seconds: between two looks whether there is room now.
    """

    client: httpx2.AsyncClient
    source: Source
    disk: Executor
    limit: RateLimit
    lanes: Callable[[], Lanes] = Lanes
    sums: Sums = field(default_factory=NoSums)
    examine: Callable[[Path, int], None] = examine_nothing
    piece_bytes: int = PIECE_BYTES
    header_bytes: int = 16 << 20
    reserve_bytes: int = space.RESERVE_BYTES
    reserve: Callable[[int, int], None] = space.reserve
    free_bytes: Callable[[Path], int] = space.free_bytes
    look_seconds: float = LOOK_SECONDS
    room_seconds: float = ROOM_SECONDS

    async def on_disk(self, work: Callable[[], _T]) -> _T:
        """Have work done on the thread of the disk, after all that was asked before."""
        return await asyncio.get_running_loop().run_in_executor(self.disk, work)

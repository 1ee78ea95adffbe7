"""One download at work, between the thread it runs on and the thread that wants it."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Callable
from concurrent.futures import Executor, Future
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Final, TypeAlias

from app.models.download_list import Kept
from app.models.piece_sums import NoSums, Sums
from app.models.transfer.fetched import Fetched
from app.models.transfer.limit import RateLimit
from app.models.transfer.patience import Patience
from app.models.transfer.source import Source
from app.models.transfer.standing import Standing
from app.models.values import Download
from app.tools.async_thread import AsyncThread

if TYPE_CHECKING:
    import httpx2

    from app.models.transfer.equipment import Equipment

TELL_SECONDS: Final = 0.4
"""Numbers are told no oftener; people read no faster."""

MakeSource: TypeAlias = "Callable[[httpx2.AsyncClient], Source]"


@dataclass(frozen=True, slots=True)
class Workplace:
    """Where downloads run.

    Attributes:
        thread: runs them.
        disk: one thread for all work on the disk.
        limit: of the speed; belongs to the asyncio thread.
        source: makes what knows addresses, given the client that may be asked for more.
        client: makes the client; None for `app.models.transfer.fetching.make_client`.
        patience: makes what waits between tries.
        equip: changes what a transfer has; for tests.
        sums: what pieces of right files are like.
        turn: one download at a time.
    """

    thread: AsyncThread
    disk: Executor
    limit: RateLimit
    source: MakeSource
    client: Callable[[], httpx2.AsyncClient] | None = None
    patience: Callable[[], Patience] = Patience
    equip: Callable[[Equipment], Equipment] = lambda equipment: equipment
    sums: Sums = field(default_factory=NoSums)
    turn: asyncio.Lock = field(default_factory=asyncio.Lock)


class DownloadJob:
    """Runs one download to its end, or until it is stopped.  Made on the desk's thread.

    Args:
        kept: the download.
        place: where it runs.
        on_news: told how it stands, on the asyncio thread.
        on_end: told what came of it, on the asyncio thread; not after `stop`.
        starts_over: what is here of another version at the source is given up.
    """

    def __init__(
        self,
        kept: Kept,
        place: Workplace,
        on_news: Callable[[Download], None],
        on_end: Callable[[Fetched | BaseException], None],
        *,
        starts_over: bool = False,
    ) -> None:
        self.kept = kept
        self._place = place
        self._on_news = on_news
        self._on_end = on_end
        self._starts_over = starts_over
        self._told_at = 0.0
        self._patience = place.patience()
        self._standing = Standing(self._changed)
        self._standing.total_bytes = kept.model.size_bytes
        self._future: Future[Fetched] = place.thread.submit(self._run)
        self._future.add_done_callback(self._ended)

    def stop(self) -> None:
        """End it; what is on the disk stays."""
        self._future.cancel()

    def hurry(self) -> None:
        """Try again at once, if it waits."""
        self._place.thread.submit(self._hurry)

    async def _hurry(self) -> None:
        self._patience.hurry()

    async def _run(self) -> Fetched:
        # What speaks HTTP takes long to load, which no window should wait for.
        from app.models.transfer.equipment import Equipment  # noqa: PLC0415
        from app.models.transfer.examining import examine_model  # noqa: PLC0415
        from app.models.transfer.fetching import make_client  # noqa: PLC0415
        from app.models.transfer.model_transfer import ModelTransfer  # noqa: PLC0415

        kept, place = self.kept, self._place
        transfer = ModelTransfer(kept.model, kept.folder, self._standing, self._patience)
        # What ran before may still be putting its files in order.
        async with place.turn, (place.client or make_client)() as client:
            equipment = Equipment(
                client,
                place.source(client),
                place.disk,
                place.limit,
                sums=place.sums,
                examine=examine_model,
            )
            clock = asyncio.create_task(self._tick())
            try:
                return await transfer.run(
                    place.equip(equipment), starts_over=self._starts_over, mends=kept.mends
                )
            finally:
                clock.cancel()

    async def _tick(self) -> None:
        """Tell the numbers that change by themselves: a wait, a speed that falls."""
        while True:
            await asyncio.sleep(TELL_SECONDS)
            self._tell()

    def _changed(self, is_more: bool) -> None:
        if is_more or time.monotonic() - self._told_at >= TELL_SECONDS:
            self._tell()

    def _tell(self) -> None:
        self._told_at = time.monotonic()
        self._on_news(self._as_value())

    def _as_value(self) -> Download:
        standing = self._standing
        left = max(0, standing.total_bytes - standing.done_bytes)
        return Download(
            self.kept.model,
            self.kept.folder,
            standing.state,
            standing.done_bytes,
            standing.total_bytes,
            standing.pace.bytes_per_second(),
            standing.pace.seconds_for(left),
            standing.retry_seconds,
            standing.problem,
            standing.mended,
        )

    def _ended(self, ended: Future[Fetched]) -> None:
        if not ended.cancelled():
            self._on_end(ended.exception() or ended.result())

"""Where downloads of models are asked for and watched."""

from __future__ import annotations

import logging
from collections.abc import Callable
from concurrent.futures import CancelledError, ThreadPoolExecutor
from contextlib import suppress
from dataclasses import replace
from pathlib import Path
from typing import Final

from app.chats.background import problem_from
from app.models.download_job import DownloadJob, MakeSource, Workplace
from app.models.download_list import DownloadList, Kept
from app.models.transfer.fetched import Fetched, targets
from app.models.transfer.journal import parse
from app.models.transfer.limit import RateLimit
from app.models.transfer.lock import HeldElsewhereError
from app.models.transfer.outcomes import ChangedError, DownloadError
from app.models.transfer.part_file import give_back_room, part_paths, remove_part
from app.models.values import Download, DownloadState, OfferedModel
from app.tools.async_thread import AsyncThread
from engine.errors import UserFacingError

_log = logging.getLogger(__name__)

KEEP_CANCELLED_MS: Final = 7 * 24 * 3600 * 1000
"""What was fetched of a cancelled download stays so long, unless another one begins before."""

_AT_WORK: Final = frozenset(
    {
        DownloadState.CHECKING,
        DownloadState.RUNNING,
        DownloadState.WAITING,
        DownloadState.VERIFYING,
    }
)


class Downloads:
    """Downloads of models, one at a time, in the order they were asked for.

    Confined to one thread, on which every callback comes.  A download has the id of its model.
    Those that were not over when the program ended are there again, paused, until `take_up`.

    Args:
        kept: the list on disk.
        thread: runs them.
        source: makes what knows addresses (`app.models.transfer.source`), on the asyncio thread.
        dispatch: runs a callable on the desk's thread; any thread may call it.
        on_done: told of each model that is here now; may raise `UserFacingError`.
        clock_ms: Unix time in milliseconds.
        place: changes where downloads run.
    """

    def __init__(
        self,
        kept: DownloadList,
        thread: AsyncThread,
        source: MakeSource,
        dispatch: Callable[[Callable[[], None]], None],
        on_done: Callable[[Download, Fetched], None],
        clock_ms: Callable[[], int],
        place: Callable[[Workplace], Workplace] = lambda place: place,
    ) -> None:
        self._list = kept
        self._thread = thread
        self._dispatch = dispatch
        self._on_done = on_done
        self._clock_ms = clock_ms
        self._disk = ThreadPoolExecutor(1, "downloads")
        self._limit = RateLimit()
        self._place = place(Workplace(thread, self._disk, self._limit, source))
        self._subscribers: list[Callable[[], None]] = []
        self._job: DownloadJob | None = None
        self._jobs = 0
        self._may_start_over: set[str] = set()
        self._kept = kept.read()
        self._told = {id_: _resting(one) for id_, one in self._kept.items()}

    def all(self) -> tuple[Download, ...]:
        """Those that are not over, and those that ended since the start."""
        return tuple(
            told
            for id_, told in self._told.items()
            if id_ not in self._kept or self._kept[id_].cancelled_ms is None
        )

    def subscribe(self, callback: Callable[[], None]) -> Callable[[], None]:
        """Call back after every change; returns the way to unsubscribe."""
        self._subscribers.append(callback)
        return lambda: self._subscribers.remove(callback)

    def take_up(self) -> None:
        """Go on with what was going on when the program ended."""
        self._sweep(self._clock_ms() - KEEP_CANCELLED_MS)
        for id_, kept in self._kept.items():
            if not kept.is_paused and kept.cancelled_ms is None:
                self._told[id_] = replace(self._told[id_], state=DownloadState.QUEUED)
        self._changed()

    def start(self, model: OfferedModel, folder: Path) -> None:
        """Fetch a model, after those before it; one that is there already goes on.

        Raises:
            DownloadError: it is being fetched into another folder.
        """
        self._begin(Kept(model, _free_folder(model, folder)), folder)

    def mend(self, model: OfferedModel, folder: Path) -> None:
        """Fetch again what is wrong or missing of files that are in a folder.

        Raises:
            DownloadError: as `start`, as the other.
        """
        self._begin(Kept(model, folder, mends=True), folder)

    def pause(self, id_: str) -> None:
        """Let it rest; what is on disk stays."""
        if self._is_open(id_) and self._told[id_].state is not DownloadState.PAUSED:
            self._stop(id_)
            self._keep(replace(self._kept[id_], is_paused=True))
            self._told[id_] = _at_rest(self._told[id_], DownloadState.PAUSED)
            self._changed()

    def resume(self, id_: str) -> None:
        """Go on with it, or try again at once; one that was cancelled comes back.

        Where its file is another one at the source now, it begins anew.
        """
        if id_ not in self._kept:
            return
        state = self._told[id_].state
        if self._job is not None and self._job.kept.model.id == id_ and state in _AT_WORK:
            self._job.hurry()
            return
        self._keep(replace(self._kept[id_], is_paused=False, cancelled_ms=None))
        self._told[id_] = _at_rest(self._told[id_], DownloadState.QUEUED)
        self._changed()

    def cancel(self, id_: str) -> None:
        """Want it no more; `resume` brings it back until another one begins.

        A model that is here already stays.
        """
        if id_ not in self._kept:
            self._told.pop(id_, None)
        elif self._is_open(id_):
            self._stop(id_)
            kept = replace(self._kept[id_], cancelled_ms=self._clock_ms())
            self._keep(kept)
            self._told[id_] = _at_rest(self._told[id_], DownloadState.PAUSED)
            self._disk.submit(_for_each_file, kept, give_back_room)
        self._changed()

    def set_limit(self, kib_per_second: int) -> None:
        """Take so much of the line at most; 0 is all."""

        async def change() -> None:
            self._limit.set(kib_per_second * 1024)

        if self._thread.is_started:
            self._thread.submit(change)
        else:
            self._limit.set(kib_per_second * 1024)

    def close(self) -> None:
        """End what runs, so that it goes on with the next start; blocks until that is so."""
        if self._job is not None:
            self._job.stop()
            self._job = None
            with suppress(CancelledError):  # the thread was closed before
                self._thread.submit(self._after_the_last).result()
        self._disk.shutdown()

    async def _after_the_last(self) -> None:
        async with self._place.turn:
            pass

    # What is wanted.

    def _begin(self, wanted: Kept, folder: Path) -> None:
        id_ = wanted.model.id
        before = self._kept.get(id_)
        if before is not None and before.cancelled_ms is None:
            if before.folder not in {wanted.folder, folder}:
                raise DownloadError(
                    "This model is being fetched into {folder} already.",
                    "Cancel that download first.",
                    fields={"folder": str(before.folder)},
                )
            self.resume(id_)
            return
        is_back = before is not None and before.folder == wanted.folder
        self._sweep(self._clock_ms() + 1, but=id_ if is_back else "")
        self._keep(wanted)
        self._told.pop(id_, None)  # what begins is the last
        self._told[id_] = _resting(wanted, DownloadState.QUEUED)
        self._changed()

    def _sweep(self, before_ms: int, but: str = "") -> None:
        """Take away what was fetched of downloads that were cancelled before a time."""
        for id_, kept in tuple(self._kept.items()):
            if id_ != but and kept.cancelled_ms is not None and kept.cancelled_ms < before_ms:
                self._disk.submit(_for_each_file, kept, remove_part)
                self._forget(id_)

    def _is_open(self, id_: str) -> bool:
        return id_ in self._kept and self._kept[id_].cancelled_ms is None

    def _stop(self, id_: str) -> None:
        if self._job is not None and self._job.kept.model.id == id_:
            self._job.stop()
            self._job = None

    # What is at work.

    def _go_on(self) -> None:
        """Begin with the first that waits for its turn."""
        if self._job is not None:
            return
        queued = (one for one in self.all() if one.state is DownloadState.QUEUED)
        first = next(queued, None)
        if first is None:
            return
        id_ = first.model.id
        self._told[id_] = replace(first, state=DownloadState.CHECKING)
        self._jobs += 1
        number = self._jobs
        self._job = DownloadJob(
            self._kept[id_],
            self._place,
            lambda told: self._dispatch(lambda: self._hear(number, told)),
            lambda outcome: self._dispatch(lambda: self._ended(number, outcome)),
            starts_over=id_ in self._may_start_over,
        )
        self._may_start_over.discard(id_)

    def _hear(self, number: int, told: Download) -> None:
        if self._job is not None and number == self._jobs:
            self._told[told.model.id] = told
            self._call_back()

    def _ended(self, number: int, outcome: Fetched | BaseException) -> None:
        if self._job is None or number != self._jobs:
            return
        job, self._job = self._job, None
        id_ = job.kept.model.id
        if isinstance(outcome, Fetched):
            size, told = outcome.size_bytes, self._told[id_]
            done = replace(_at_rest(told, DownloadState.DONE), done_bytes=size, total_bytes=size)
            try:
                self._on_done(done, outcome)
            except UserFacingError as error:
                self._fail(id_, error)
            else:
                self._forget(id_)
                self._told[id_] = done
        else:
            self._fail(id_, outcome)
        self._changed()

    def _fail(self, id_: str, error: BaseException) -> None:
        _log.warning("a download failed: %s", type(error).__name__)
        if isinstance(error, ChangedError):
            self._may_start_over.add(id_)
        self._keep(replace(self._kept[id_], is_paused=True))
        told = _at_rest(self._told[id_], DownloadState.FAILED)
        self._told[id_] = replace(told, problem=problem_from(error))

    # What is told.

    def _changed(self) -> None:
        self._go_on()
        self._call_back()

    def _call_back(self) -> None:
        for callback in tuple(self._subscribers):
            callback()

    def _keep(self, kept: Kept) -> None:
        self._kept[kept.model.id] = kept
        self._list.put(kept)

    def _forget(self, id_: str) -> None:
        self._kept.pop(id_, None)
        self._told.pop(id_, None)
        self._list.drop(id_)


def _at_rest(told: Download, state: DownloadState) -> Download:
    """The same download, not at work any more."""
    return replace(
        told,
        state=state,
        bytes_per_second=None,
        seconds_left=None,
        retry_seconds=None,
        problem=None,
    )


def _resting(kept: Kept, state: DownloadState = DownloadState.PAUSED) -> Download:
    """A download that is not at work; what is on the disk says how far it came."""
    here = sum(_here_bytes(target) for target in targets(kept.model, kept.folder))
    total = kept.model.size_bytes
    return Download(kept.model, kept.folder, state, min(here, total) if total else here, total)


def _here_bytes(target: Path) -> int:
    """About how much of a file is here, without reading it."""
    with suppress(OSError):
        return target.stat().st_size
    with suppress(OSError):
        found = parse(part_paths(target)[1].read_bytes())
        if found is not None:
            return sum(len(found.layout.span(index)) for index in found.digests)
    return 0


def _free_folder(model: OfferedModel, folder: Path) -> Path:
    """The folder, or one inside it where another model has a file of the same name there."""
    for part, target in zip(model.parts, targets(model, folder), strict=True):
        with suppress(OSError):
            if part.size_bytes and target.stat().st_size != part.size_bytes:
                return folder / model.id
    return folder


def _for_each_file(kept: Kept, work: Callable[[Path], None]) -> None:
    for target in targets(kept.model, kept.folder):
        with suppress(OSError, HeldElsewhereError):
            work(target)

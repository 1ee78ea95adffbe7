"""`sotto models download`: fetches a model, or goes on with one, until it is here or paused."""

from __future__ import annotations

import argparse
import math
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Final

from app.assembly import clock_ms
from app.chats.values import Problem
from app.cli.ask import EXIT_FAILED, EXIT_INTERRUPTED, EXIT_OK
from app.cli.ctrl_c import ctrl_c
from app.cli.loop import CallLoop
from app.cli.model_work import Surroundings, added
from app.cli.progress_line import amounts, size_text
from app.models.download import Downloads
from app.models.download_making import make_downloads
from app.models.hub_access import ENDPOINT_VARIABLE, checked_endpoint
from app.models.hub_desk import HubDesk
from app.models.values import Download, DownloadState, LibraryModel, OfferedModel
from app.secrets import SecretStore
from app.tools.async_thread import AsyncThread

_ENDS: Final = frozenset({DownloadState.DONE, DownloadState.FAILED, DownloadState.PAUSED})


def download_command(here: Surroundings, options: argparse.Namespace) -> int:
    """Run it; returns the exit code.

    Raises:
        UserFacingError: there is no such model, or it could not be begun.
    """
    model = _named(here, options)
    has_come_back = here.library.bring_back(model.id)
    known = here.library.find(model.id)
    if known is not None and not known.is_missing:
        text = here.words("{name} is here already.", name=model.id)
        if has_come_back:
            text = here.words("{name} is back.", name=model.id)
        here.output.say(text, "finished", **_here(known))
        _use(here, options, known)
        return EXIT_OK
    chosen = here.current.value.models_folder
    folder = (options.folder or Path(chosen or here.paths.models)).expanduser().absolute()
    limit = options.limit
    if limit is None:
        limit = here.current.value.download_kib_per_second
    patience = math.inf if options.patience is None else options.patience
    fetching = _Fetching(here, model, options.mirror, patience=patience)
    code = fetching.run(folder, limit)
    if fetching.brought is not None:
        _use(here, options, fetching.brought)
    return code


def _named(here: Surroundings, options: argparse.Namespace) -> OfferedModel:
    known = here.catalogue.find(options.model)
    if known is not None:
        return known
    unfinished = begun(here).get(options.model.casefold())
    if unfinished is not None:
        return unfinished.model
    return added(here, options.model, options.mirror)


def begun(here: Surroundings) -> dict[str, Download]:
    """Downloads that are not over, by their ids."""
    with _downloads(here, None, CallLoop(), lambda _: None) as downloads:
        return {one.model.id: one for one in downloads.all()}


def give_up(here: Surroundings, id_: str) -> None:
    """Want a download no more; to begin it again brings back what was fetched."""
    with _downloads(here, None, CallLoop(), lambda _: None) as downloads:
        downloads.cancel(id_)


def repair(here: Surroundings, model: OfferedModel, folder: Path, mirror: str | None) -> int:
    """Fetch again what is wrong of a model's files in a folder; returns the exit code.

    Raises:
        UserFacingError: it could not be begun.
    """
    limit = here.current.value.download_kib_per_second
    return _Fetching(here, model, mirror, mends=True).run(folder, limit)


@dataclass
class _Fetching:
    """One download at the terminal.  Everything but the fetching itself is on this thread.

    Attributes:
        mends: its files are here, and something in them is wrong.
        patience: seconds without a byte after which it gives up.
        brought: the model as the library has it; None while it is not here.
    """

    here: Surroundings
    model: OfferedModel
    mirror: str | None
    mends: bool = False
    patience: float = math.inf
    brought: LibraryModel | None = None
    _loop: CallLoop = field(default_factory=CallLoop)
    _came: tuple[int, float] = (-1, 0.0)
    _gave_up: Problem | None = None

    def run(self, folder: Path, kib_per_second: int) -> int:
        """Fetch until it is here, failed, or somebody presses Ctrl-C."""
        with _downloads(self.here, self.mirror, self._loop, self._take) as downloads:
            downloads.set_limit(kib_per_second)
            downloads.subscribe(lambda: self._hear(downloads))
            try:
                begin = downloads.mend if self.mends else downloads.start
                with ctrl_c(lambda: self._loop.post(lambda: downloads.pause(self.model.id))):
                    begin(self.model, folder)
                    self._loop.run()
            except KeyboardInterrupt:
                downloads.pause(self.model.id)
        return self._told(_of(downloads, self.model.id))

    def _hear(self, downloads: Downloads) -> None:
        download = _of(downloads, self.model.id)
        self.here.output.download(download)
        if download.state in _ENDS:
            self._loop.finish()
        elif self._has_lost_patience(download):
            self._gave_up = download.problem
            downloads.pause(self.model.id)

    def _has_lost_patience(self, download: Download) -> bool:
        """Whether it waits, and has for too long."""
        now = time.monotonic()
        if download.done_bytes != self._came[0]:
            self._came = download.done_bytes, now
        waits = download.state is DownloadState.WAITING and download.problem is not None
        return waits and now - self._came[1] >= self.patience

    def _take(self, model: LibraryModel) -> None:
        self.brought = self.here.library.add(model)

    def _told(self, download: Download) -> int:
        words, output = self.here.words, self.here.output
        if self.brought is not None:
            fields = {"name": self.model.id, "size": size_text(self.brought.size_bytes)}
            text = words("{name} is here, whole and checked ({size}).", **fields)
            if self.brought.verified_ms is None:
                text = words(
                    "{name} is here ({size}). Nobody published what its bytes should be.", **fields
                )
            output.say(text, "finished", **_here(self.brought))
            return EXIT_OK
        problem = self._gave_up or download.problem
        if problem is not None:
            output.fail(problem, id=self.model.id)
            return EXIT_FAILED
        far = amounts(words, download.done_bytes, download.total_bytes)
        output.say(
            words("Paused at {amounts}. The same command goes on from there.", amounts=far),
            "paused",
            id=self.model.id,
            done_bytes=download.done_bytes,
            total_bytes=download.total_bytes,
        )
        return EXIT_INTERRUPTED


@contextmanager
def _downloads(
    here: Surroundings,
    mirror: str | None,
    loop: CallLoop,
    on_model: Callable[[LibraryModel], object],
) -> Iterator[Downloads]:
    """The desk of downloads on this thread, with a thread of its own for what they do."""
    environ = dict(here.environ)
    if mirror:
        environ[ENDPOINT_VARIABLE] = checked_endpoint(mirror)
    setting = here.current.value.hub_endpoint
    thread = AsyncThread()
    hub = HubDesk(thread, loop.post, environ, lambda: setting, SecretStore())
    downloads = make_downloads(here.paths, thread, hub, loop.post, on_model, clock_ms)
    try:
        yield downloads
    finally:
        downloads.close()
        thread.close()


def _use(here: Surroundings, options: argparse.Namespace, model: LibraryModel) -> None:
    if options.use:
        here.library.choose(model.id)
        here.output.note(here.words("{name} is used from now on.", name=model.name))


def _of(downloads: Downloads, id_: str) -> Download:
    return next(one for one in downloads.all() if one.model.id == id_)


def _here(model: LibraryModel) -> dict[str, object]:
    return {
        "id": model.id,
        "files": [str(path) for path in model.paths],
        "size_bytes": model.size_bytes,
        "is_verified": model.verified_ms is not None,
    }

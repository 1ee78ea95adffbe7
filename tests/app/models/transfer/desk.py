"""The desk of downloads against the Hub on loopback; a test's own thread is the desk's."""

from __future__ import annotations

import hashlib
import queue
from collections.abc import Callable
from dataclasses import dataclass, field, replace
from pathlib import Path

from app.models.download import Downloads
from app.models.download_job import Workplace
from app.models.download_list import DownloadList
from app.models.transfer.equipment import Equipment, examine_nothing
from app.models.transfer.fetched import Fetched
from app.models.transfer.fetching import make_client
from app.models.transfer.outcomes import DownloadError
from app.models.transfer.patience import Patience
from app.models.values import Download, DownloadState, ModelPart, OfferedModel
from app.tools.async_thread import AsyncThread
from tests.app.models.transfer.rig import PIECE, HubSource, quick_patience
from tests.servers.hub.server import HubServer

SECONDS = 20.0


@dataclass
class Desk:
    """Downloads on a thread of their own; this thread is the desk's."""

    hub: HubServer
    folder: Path
    data: Path
    thread: AsyncThread
    calls: queue.SimpleQueue[Callable[[], None]] = field(default_factory=queue.SimpleQueue)
    done: list[tuple[Download, Fetched]] = field(default_factory=list)
    refusals: list[DownloadError] = field(default_factory=list)
    patience: Callable[[], Patience] = quick_patience
    now_ms: int = 1_000_000

    def __post_init__(self) -> None:
        self.downloads = Downloads(
            DownloadList(self.data / "downloads.json"),
            self.thread,
            lambda _: HubSource(self.hub.endpoint),
            self.calls.put,
            self._take,
            lambda: self.now_ms,
            self._quick,
        )

    def _quick(self, place: Workplace) -> Workplace:
        def equip(equipment: Equipment) -> Equipment:
            return replace(equipment, piece_bytes=PIECE, reserve_bytes=0, examine=examine_nothing)

        return replace(
            place,
            client=lambda: make_client(trust_env=False),
            patience=self._make_patience,
            equip=equip,
        )

    def _make_patience(self) -> Patience:
        return self.patience()

    def _take(self, download: Download, fetched: Fetched) -> None:
        if self.refusals:
            raise self.refusals.pop()
        self.done.append((download, fetched))

    def of(self, id_: str) -> Download | None:
        return next((one for one in self.downloads.all() if one.model.id == id_), None)

    def told(self, id_: str) -> Download:
        found = self.of(id_)
        assert found is not None
        return found

    def state(self, id_: str) -> DownloadState:
        return self.told(id_).state

    def wait(self, is_so: Callable[[], bool]) -> None:
        """Do what is dispatched until something is so."""
        while not is_so():
            self.calls.get(timeout=SECONDS)()

    def wait_for(self, id_: str, *states: DownloadState) -> Download:
        def is_there() -> bool:
            found = self.of(id_)
            return found is not None and found.state in states

        self.wait(is_there)
        return self.told(id_)

    def again(self) -> Desk:
        """The program ended, and this is the next."""
        self.downloads.close()
        return Desk(self.hub, self.folder, self.data, self.thread)

    def put(self, id_: str, **files: bytes) -> OfferedModel:
        named = {f"{name}.gguf": data for name, data in files.items()}
        commit = self.hub.put(f"owner/{id_}", dict(named))
        parts = tuple(
            ModelPart(name, len(data), hashlib.sha256(data).hexdigest())
            for name, data in named.items()
        )
        return OfferedModel(id_, id_.upper(), parts, f"owner/{id_}", commit)

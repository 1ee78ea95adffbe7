"""A desk of updates over a real site on loopback; its clock stands until it is moved."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from queue import SimpleQueue

from app.current_settings import CurrentSettings
from app.settings import SettingsFile
from app.tools.async_thread import AsyncThread
from app.tools.browser.guard import GuardedBackend
from app.tools.browser.web_client import WebClient
from app.updates.desk import Conditions, UpdateDesk, UpdateStatus
from app.updates.installation import Installation
from app.updates.look import UpdateLook
from app.updates.memory import MemoryFile
from app.updates.version import Version
from tests.app.tools.browser.hostile_site import Site, answer, hostile_site
from tests.app.updates.publisher import NOW, Publisher

PATH = "/update.json"


@dataclass
class House:
    """A desk over a real loopback site; callbacks are run when a test takes them."""

    folder: Path
    thread: AsyncThread
    site: Site
    publisher: Publisher = field(default_factory=Publisher)
    now: datetime = NOW
    current: CurrentSettings | None = None
    posted: SimpleQueue[object] = field(default_factory=SimpleQueue)

    def desk(
        self,
        *,
        is_forbidden: bool = False,
        installation: Installation = Installation.ARCHIVE,
    ) -> UpdateDesk:
        self.publisher.address = self.site.url(PATH)
        look = UpdateLook(
            self.publisher.source,
            MemoryFile(self.folder),
            lambda: WebClient(GuardedBackend(self.site.allowed)),
            lambda: self.now,
        )
        conditions = Conditions(
            Version(0, 1, 0), installation, is_forbidden=is_forbidden, is_known=True
        )
        if self.current is None:
            self.current = CurrentSettings(SettingsFile(self.folder / "settings.json"))
        return UpdateDesk(
            self.thread,
            look,
            conditions,
            self.current,
            self.posted.put,
            lambda: round(self.now.timestamp() * 1000),
        )

    def publish(self, version: str = "9.0.0", **changes: object) -> None:
        document = self.publisher.document(version, **changes)
        self.site.pages[PATH] = answer(document, "application/json")

    def restarted(self) -> UpdateDesk:
        """The desk of the next start."""
        self.current = None
        return self.desk()

    def settle(self) -> None:
        """Run the callback that is on its way."""
        work = self.posted.get(timeout=10)
        assert callable(work)
        work()

    def begun(self, desk: UpdateDesk) -> UpdateStatus:
        desk.begin()
        self.settle()
        return desk.status


@contextmanager
def open_house(folder: Path) -> Iterator[House]:
    """Publish version 9 until the block ends."""
    thread = AsyncThread()
    ready: SimpleQueue[Site] = SimpleQueue()

    async def keep() -> None:
        async with hostile_site() as site:
            ready.put(site)
            await asyncio.Event().wait()

    kept = thread.submit(keep)  # a task that nobody holds is collected
    made = House(folder, thread, ready.get(timeout=10))
    made.publish()
    yield made
    assert thread.close()
    assert kept.done()

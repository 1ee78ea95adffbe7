from __future__ import annotations

import asyncio
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from pathlib import Path
from queue import SimpleQueue

import pytest

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
    posted: SimpleQueue[object] = field(default_factory=SimpleQueue)

    def desk(self, *, is_forbidden: bool = False) -> UpdateDesk:
        self.publisher.address = self.site.url(PATH)
        look = UpdateLook(
            self.publisher.source,
            MemoryFile(self.folder),
            lambda: WebClient(GuardedBackend(self.site.allowed)),
            lambda: self.now,
        )
        conditions = Conditions(
            Version(0, 1, 0), Installation.ARCHIVE, is_forbidden=is_forbidden, is_known=True
        )
        self.current = CurrentSettings(SettingsFile(self.folder / "settings.json"))
        return UpdateDesk(
            self.thread,
            look,
            conditions,
            self.current,
            self.posted.put,
            lambda: round(self.now.timestamp() * 1000),
        )

    def settle(self) -> None:
        """Run the callback that is on its way."""
        work = self.posted.get(timeout=10)
        assert callable(work)
        work()

    def begun(self, desk: UpdateDesk) -> UpdateStatus:
        desk.begin()
        self.settle()
        return desk.status


@pytest.fixture
def house(tmp_path: Path) -> Iterator[House]:
    thread = AsyncThread()
    ready: SimpleQueue[Site] = SimpleQueue()

    async def keep() -> None:
        async with hostile_site() as site:
            ready.put(site)
            await asyncio.Event().wait()

    kept = thread.submit(keep)  # a task that nobody holds is collected
    made = House(tmp_path, thread, ready.get(timeout=10))
    made.site.pages[PATH] = answer(made.publisher.document(), "application/json")
    yield made
    assert thread.close()
    assert kept.done()


def test_nothing_is_asked_before_the_user_said_yes(house: House) -> None:
    status = house.begun(house.desk())
    assert (status.answer, status.newer, status.is_time_to_ask) == ("unasked", None, False)
    assert house.site.asked == []


def test_the_user_is_asked_from_the_second_day_on(house: House) -> None:
    house.begun(house.desk())
    house.now += timedelta(days=1)
    desk = house.desk()
    assert house.begun(desk).is_time_to_ask
    desk.answer(is_yes=False)
    assert not desk.status.is_time_to_ask
    assert not house.begun(house.desk()).is_time_to_ask
    assert house.site.asked == []


def test_a_yes_looks_at_once_and_is_remembered(house: House) -> None:
    desk = house.desk()
    desk.answer(is_yes=True)
    house.settle()
    assert desk.status.newer is not None
    assert desk.status.is_news
    assert len(house.site.asked) == 1
    assert house.desk().status.answer == "on"


def test_of_one_version_the_window_tells_once(house: House) -> None:
    desk = house.desk()
    desk.answer(is_yes=True)
    house.settle()
    desk.note_told()
    house.thread.submit(lambda: asyncio.sleep(0)).result(10)
    status = house.begun(house.desk())
    assert status.newer is not None
    assert not status.is_news
    house.now += timedelta(days=1)
    document = house.publisher.document("9.1.0", issued=NOW.isoformat())
    house.site.pages[PATH] = answer(document, "application/json")
    assert house.begun(house.desk()).is_news


def test_a_look_that_is_asked_for_is_no_yes(house: House) -> None:
    desk = house.desk()
    told: list[bool] = []
    desk.subscribe(lambda status: told.append(status.is_looking))
    desk.look_now()
    house.settle()
    assert told == [True, False]
    assert desk.status.newer is not None
    assert desk.status.answer == "unasked"


def test_what_is_no_newer_is_not_told(house: House) -> None:
    document = house.publisher.document("0.1.0")
    house.site.pages[PATH] = answer(document, "application/json")
    desk = house.desk()
    desk.look_now()
    house.settle()
    assert desk.status.newer is None
    assert desk.status.problem is None


def test_where_it_is_forbidden_nothing_is_asked_whatever_is_set(house: House) -> None:
    desk = house.desk(is_forbidden=True)
    desk.answer(is_yes=True)
    desk.begin()
    desk.look_now()
    house.thread.submit(lambda: asyncio.sleep(0)).result(10)
    assert house.posted.empty()
    assert house.site.asked == []


def test_after_the_end_nothing_comes(house: House) -> None:
    desk = house.desk()
    assert house.thread.close()
    desk.begin()
    assert house.posted.empty()

from __future__ import annotations

import asyncio
import io
import json
from collections.abc import Callable, Coroutine
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from app.cli.updates import updates_command
from app.tools.browser.guard import GuardedBackend
from app.tools.browser.web_client import Limits, WebClient
from app.updates.look import Outcome, UpdateLook, public_client
from app.updates.manifest import MAX_BYTES, UpdateError
from app.updates.memory import MEMORY_NAME, MemoryFile
from tests.app.tools.browser.hostile_site import Asked, Site, answer, hostile_site, redirect
from tests.app.updates.publisher import NOW, Publisher

PATH = "/update.json"


@dataclass
class Place:
    """A site that publishes, and a Sotto that looks there; its clock stands until it is moved."""

    site: Site
    folder: Path
    publisher: Publisher = field(default_factory=Publisher)
    now: datetime = NOW
    seconds: float = 30

    def client(self) -> WebClient:
        limits = Limits(total_seconds=self.seconds, max_bytes=MAX_BYTES)
        return WebClient(GuardedBackend(self.site.allowed), limits)

    def publish(self, data: bytes) -> None:
        self.site.pages[PATH] = answer(data, "application/json")

    def look(self) -> UpdateLook:
        self.publisher.address = self.site.url(PATH)
        return UpdateLook(
            self.publisher.source, MemoryFile(self.folder), self.client, lambda: self.now
        )

    async def looked(self, *, is_forced: bool = False) -> Outcome:
        return await self.look().look(is_forced=is_forced)


def at_place(folder: Path, story: Callable[[Place], Coroutine[Any, Any, None]]) -> None:
    async def run() -> None:
        async with hostile_site() as site:
            await story(Place(site, folder))

    asyncio.run(run())


def test_a_newer_version_is_found_and_kept(tmp_path: Path) -> None:
    async def story(place: Place) -> None:
        place.publish(place.publisher.document())
        outcome = await place.looked()
        assert outcome.problem is None
        assert outcome.newest is not None
        assert str(outcome.newest.version) == "9.0.0"
        assert place.look().recall().newest == outcome.newest
        assert len(place.site.asked) == 1

    at_place(tmp_path, story)


def test_the_request_says_nothing_of_who_asks(tmp_path: Path) -> None:
    async def story(place: Place) -> None:
        place.publish(place.publisher.document())
        await place.looked()
        (asked,) = place.site.asked
        assert (asked.method, asked.path, asked.body) == ("GET", PATH, b"")
        assert set(asked.headers) == {
            "host", "accept", "accept-encoding", "accept-language", "connection", "user-agent",
        }  # fmt: skip
        assert asked.headers["user-agent"] == "Mozilla/5.0 (compatible; Sotto)"

    at_place(tmp_path, story)


def test_the_source_is_asked_once_a_day(tmp_path: Path) -> None:
    async def story(place: Place) -> None:
        place.publish(place.publisher.document())
        for hours, times in ((0, 1), (23, 1), (1, 2)):
            place.now += timedelta(hours=hours)
            await place.looked()
            assert len(place.site.asked) == times
        await place.looked(is_forced=True)
        assert len(place.site.asked) == 3

    at_place(tmp_path, story)


def test_a_look_that_reached_nobody_is_tried_again_after_hours(tmp_path: Path) -> None:
    async def story(place: Place) -> None:
        site, place.site = place.site, Site(9)  # the port "discard", where nobody listens
        outcome = await place.looked()
        assert outcome.problem is not None
        assert outcome.problem.title == "Nobody could be asked about updates."
        place.site = site
        place.publish(place.publisher.document())
        place.now += timedelta(hours=3)
        assert (await place.looked()).newest is None
        assert site.asked == []
        place.now += timedelta(hours=1)
        assert (await place.looked()).newest is not None

    at_place(tmp_path, story)


def test_a_redirect_is_not_followed(tmp_path: Path) -> None:
    async def story(place: Place) -> None:
        async with hostile_site() as other:
            other.pages[PATH] = answer(place.publisher.document(), "application/json")
            place.site.pages[PATH] = redirect(other.url(PATH))
            outcome = await place.looked()
            assert outcome.problem is not None
            assert outcome.problem.detail == "status 302"
            assert outcome.newest is None
            assert other.asked == []

    at_place(tmp_path, story)


async def endless(asked: Asked, writer: asyncio.StreamWriter) -> None:
    del asked
    writer.write(b"HTTP/1.1 200 OK\r\nConnection: close\r\n\r\n")
    while True:
        writer.write(b" " * 4096)
        await writer.drain()


async def silent(asked: Asked, writer: asyncio.StreamWriter) -> None:
    del asked, writer
    await asyncio.Event().wait()


@pytest.mark.parametrize("page", [endless, answer(b" " * (MAX_BYTES + 1)), silent])
def test_what_is_endless_huge_or_silent_is_given_up(tmp_path: Path, page: Any) -> None:
    async def story(place: Place) -> None:
        place.site.pages[PATH] = page
        place.seconds = 0.5 if page is silent else 30
        outcome = await place.looked()
        assert outcome.problem is not None
        assert outcome.problem.title == "Nobody could be asked about updates."

    at_place(tmp_path, story)


def test_what_a_stranger_signed_changes_nothing(tmp_path: Path) -> None:
    async def story(place: Place) -> None:
        place.publish(place.publisher.document("8.0.0"))
        before = await place.looked()
        place.publish(Publisher().document("9.0.0"))
        outcome = await place.looked(is_forced=True)
        assert outcome.problem is not None
        assert outcome.problem.detail == "no signature holds"
        assert outcome.newest == before.newest

    at_place(tmp_path, story)


def test_an_older_version_is_refused_after_a_restart_too(tmp_path: Path) -> None:
    async def story(place: Place) -> None:
        place.publish(place.publisher.document("9.0.0"))
        await place.looked()
        place.publish(place.publisher.document("8.9.9"))
        outcome = await place.looked(is_forced=True)
        assert outcome.problem is not None
        assert outcome.problem.detail == "an older version than was seen"
        assert outcome.newest is not None
        assert str(outcome.newest.version) == "9.0.0"

    at_place(tmp_path, story)


def test_what_is_kept_is_checked_again_when_it_is_recalled(tmp_path: Path) -> None:
    async def story(place: Place) -> None:
        place.publish(place.publisher.document())
        await place.looked()
        file = tmp_path / MEMORY_NAME
        file.write_text(file.read_text("utf-8").replace("example/9", "example/6"), encoding="utf-8")
        assert place.look().recall().newest is None

    at_place(tmp_path, story)


def test_what_is_kept_counts_until_it_expires(tmp_path: Path) -> None:
    async def story(place: Place) -> None:
        place.publish(place.publisher.document())
        await place.looked()
        place.now += timedelta(days=91)
        assert place.look().recall().newest is None

    at_place(tmp_path, story)


def test_a_damaged_memory_is_begun_anew(tmp_path: Path) -> None:
    (tmp_path / MEMORY_NAME).write_text('{"checked_ms": "never"', encoding="utf-8")

    async def story(place: Place) -> None:
        assert place.look().recall().memory.first_start_ms == round(NOW.timestamp() * 1000)

    at_place(tmp_path, story)


def test_a_memory_that_cannot_be_written_keeps_nobody_from_looking(tmp_path: Path) -> None:
    (tmp_path / "a file").write_text("", encoding="utf-8")

    async def story(place: Place) -> None:
        place.folder = tmp_path / "a file"
        place.publish(place.publisher.document())
        assert (await place.looked()).problem is None

    at_place(tmp_path, story)


def test_the_usual_client_refuses_this_computer(tmp_path: Path) -> None:
    async def story(place: Place) -> None:
        place.publish(place.publisher.document())
        place.publisher.address = place.site.url(PATH)
        look = UpdateLook(place.publisher.source, MemoryFile(tmp_path), public_client)
        outcome = await look.look(is_forced=True)
        assert outcome.problem is not None
        assert place.site.asked == []

    at_place(tmp_path, story)


@pytest.fixture
def environ(own_folders: Path) -> dict[str, str]:
    return {"HOME": str(own_folders), "SOTTO_LANG": "en"}


def commanded(place: Place, environ: dict[str, str], *, as_json: bool = False) -> str:
    out = io.StringIO()
    place.publisher.address = place.site.url(PATH)
    source = place.publisher.source
    updates_command(out, environ, as_json=as_json, source=source, make_client=place.client)
    return out.getvalue()


def test_the_command_says_what_is_newer(tmp_path: Path, environ: dict[str, str]) -> None:
    async def story(place: Place) -> None:
        tomorrow = (datetime.now(NOW.tzinfo) + timedelta(days=1)).isoformat()
        place.publish(place.publisher.document(expires=tomorrow))
        said = await asyncio.to_thread(commanded, place, environ)
        assert "Sotto 9.0.0 is there" in said
        assert said.endswith("Faster.\nhttps://updates.example/9\n")
        found = json.loads(await asyncio.to_thread(commanded, place, environ, as_json=True))
        assert (found["newest"], found["is_newer"]) == ("9.0.0", True)

    at_place(tmp_path, story)


def test_the_command_fails_where_updates_are_forbidden(environ: dict[str, str]) -> None:
    with pytest.raises(UpdateError, match="switched off on this computer"):
        updates_command(
            io.StringIO(),
            environ | {"SOTTO_UPDATES": "off"},
            as_json=False,
            source=Publisher().source,
        )

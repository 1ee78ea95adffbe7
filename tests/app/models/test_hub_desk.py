from __future__ import annotations

import threading
from collections.abc import Iterator
from queue import SimpleQueue
from typing import Any

import pytest

from app.chats.values import Problem
from app.models.hub_access import HubAccessError
from app.models.hub_desk import HubDesk
from app.models.values import OfferedModel
from app.tools.async_thread import AsyncThread
from tests.app.models.test_hub_access import MemorySecrets
from tests.servers.hub.faults import Place, Refuse
from tests.servers.hub.server import HubServer


class Here:
    """The thread of the window: what is dispatched waits until the test takes it."""

    def __init__(self) -> None:
        self.waiting: SimpleQueue[Any] = SimpleQueue()
        self.told: list[object] = []

    def take(self) -> list[object]:
        """Run the next call; gives what was told so far."""
        self.waiting.get(timeout=20)()
        return self.told


@pytest.fixture
def here() -> Here:
    return Here()


@pytest.fixture
def thread() -> Iterator[AsyncThread]:
    thread = AsyncThread()
    yield thread
    assert thread.close()


@pytest.fixture
def desk(hub: HubServer, here: Here, thread: AsyncThread) -> HubDesk:
    hub.put("someone/poet", {"poet.gguf": bytes(2000)})
    return HubDesk(
        thread, here.waiting.put, {"HF_ENDPOINT": hub.endpoint}, lambda: "", MemorySecrets()
    )


def test_what_was_looked_up_is_told_here(desk: HubDesk, here: Here) -> None:
    threads: list[str] = []

    def found(models: tuple[OfferedModel, ...]) -> None:
        threads.append(threading.current_thread().name)
        here.told.append(models)

    desk.look_up("someone/poet", found, here.told.append)

    (models,) = here.take()
    assert isinstance(models, tuple)
    assert [model.id for model in models] == ["poet"]
    assert threads == ["MainThread"]


@pytest.mark.parametrize("text", ["nonsense", "no/body"])
def test_what_cannot_be_looked_up_is_told_here(desk: HubDesk, here: Here, text: str) -> None:
    desk.look_up(text, here.told.append, here.told.append)

    (problem,) = here.take()
    assert isinstance(problem, Problem)
    assert problem.hint


def test_a_mirror_with_no_address_is_told_here(here: Here, thread: AsyncThread) -> None:
    desk = HubDesk(thread, here.waiting.put, {}, lambda: "ftp://x", MemorySecrets())

    desk.look_up("a/b", here.told.append, here.told.append)

    (problem,) = here.take()
    assert isinstance(problem, Problem)
    assert problem.fields == {"address": "ftp://x"}
    with pytest.raises(HubAccessError):
        _ = desk.token


def test_who_gives_up_is_told_nothing(desk: HubDesk, here: Here, hub: HubServer) -> None:
    hub.misbehave(Refuse(503), Place.API)
    give_up = desk.look_up("someone/poet", here.told.append, here.told.append)
    call = here.waiting.get(timeout=20)  # the answer is on its way here already

    give_up()
    call()

    assert here.told == []


def test_the_token_is_for_the_address_that_is_asked(
    hub: HubServer, here: Here, thread: AsyncThread
) -> None:
    secrets = MemorySecrets()
    hub.put("closed/poet", {"poet.gguf": b"GGUF"})
    hub.gate("closed/poet", "hf_right")
    desk = HubDesk(thread, here.waiting.put, {}, lambda: hub.endpoint, secrets)
    desk.token.set("hf_right")

    desk.look_up("closed/poet", here.told.append, here.told.append)

    (models,) = here.take()
    assert isinstance(models, tuple)
    assert list(secrets) == [f"access token for {hub.endpoint.removeprefix('http://')}"]

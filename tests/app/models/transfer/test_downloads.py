"""The desk of downloads, against the Hub on loopback."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from app.models.downloaded import library_model
from app.models.values import DownloadState
from app.tools.async_thread import AsyncThread
from tests.app.models.transfer.desk import Desk
from tests.app.models.transfer.rig import content
from tests.servers.hub.server import HubServer

DATA = content(6.5)
OTHER = content(3.5, seed=2)


@pytest.fixture
def thread() -> Iterator[AsyncThread]:
    thread = AsyncThread()
    yield thread
    assert thread.close()


@pytest.fixture
def desk(hub: HubServer, tmp_path: Path, thread: AsyncThread) -> Iterator[Desk]:
    desks = [Desk(hub, tmp_path / "models", tmp_path / "data", thread)]
    yield desks[0]
    hub.behave()
    desks[0].downloads.close()


def test_a_model_is_fetched_and_told_of(desk: Desk) -> None:
    model = desk.put("one", first=DATA, second=OTHER)

    desk.downloads.start(model, desk.folder)
    told = desk.wait_for("one", DownloadState.DONE)

    assert (told.done_bytes, told.total_bytes) == (len(DATA) + len(OTHER),) * 2
    assert [path.read_bytes() for path in desk.done[0][1].paths] == [DATA, OTHER]
    kept = library_model(*desk.done[0], now_ms=5)
    assert kept.sha256 == tuple(part.sha256 for part in model.parts)
    assert (kept.verified_ms, kept.size_bytes) == (5, len(DATA) + len(OTHER))
    assert desk.again().downloads.all() == ()

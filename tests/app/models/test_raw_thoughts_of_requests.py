"""What goes out to a Hub, from a process that has just thought of a person's data."""

from __future__ import annotations

import asyncio
import io
import json
import logging
from collections.abc import Iterator
from pathlib import Path

import pytest

from app.cli.main import main
from app.models.hub import HubClient, open_client
from app.models.lookup import look_up
from app.models.reference import parse_reference
from app.models.values import DownloadState
from app.tools.async_thread import AsyncThread
from tests.app.models.transfer.desk import Desk
from tests.app.models.transfer.rig import PIECE, content
from tests.servers.hub.faults import Drop, Place, Refuse
from tests.servers.hub.server import HubServer

PLANTED = ("jane.doe", "555 010 9999", "4111 1111 1111 1111", "idiot")


@pytest.fixture
def downloads(hub: HubServer, tmp_path: Path) -> Iterator[Desk]:
    thread = AsyncThread()
    desk = Desk(hub, tmp_path / "models", tmp_path, thread)
    yield desk
    desk.downloads.close()
    assert thread.close()


def test_what_a_hub_is_asked_holds_no_raw_thoughts(
    hub: HubServer,
    tmp_path: Path,
    practice_model_path: Path,
    downloads: Desk,
    caplog: pytest.LogCaptureFixture,
) -> None:
    caplog.set_level(logging.DEBUG)
    hub.put("someone/poet", {"poet.gguf": bytes(2000)})
    environ = {
        "SOTTO_DATA_DIR": str(tmp_path),
        "SOTTO_CONFIG_DIR": str(tmp_path),
        "SOTTO_STATE_DIR": str(tmp_path),
        "SOTTO_CACHE_DIR": str(practice_model_path.parent),
        "SOTTO_PASSPHRASE": "quiet please",
    }
    out = io.StringIO()
    question = ["ask", "Look up my contact card", "--effort", "high", "--temperature", "0"]
    assert main([*question, "--json"], out, io.StringIO(), environ) == 0

    async def ask() -> None:
        async with open_client() as client:
            await look_up(
                HubClient(hub.endpoint, lambda: None, client), parse_reference("someone/poet")
            )

    asyncio.run(ask())

    model = downloads.put("fetched", file=content(4.5))
    hub.misbehave(Drop(2 * PIECE))
    hub.misbehave(Refuse(404), Place.RESOLVE, times=1)
    downloads.downloads.start(model, tmp_path / "models")
    downloads.wait_for("fetched", DownloadState.FAILED)
    left = b"".join(one.read_bytes() for one in tmp_path.rglob("*download*") if one.is_file())
    downloads.downloads.resume("fetched")
    downloads.wait_for("fetched", DownloadState.DONE)

    withheld = [
        one for line in out.getvalue().splitlines() for one in json.loads(line).get("withheld", [])
    ]
    assert "personal_data" in withheld  # there was something to find
    sent = repr(hub.record.asked())
    assert "someone/poet" in sent
    assert "owner/fetched" in sent
    assert b"owner/fetched" in left
    assert "a download failed" in caplog.text
    told = sent + repr(left) + caplog.text
    assert not [one for one in PLANTED if one in told]

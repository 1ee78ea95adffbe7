"""What goes out to a Hub, from a process that has just thought of a person's data."""

from __future__ import annotations

import asyncio
import io
import json
from pathlib import Path

from app.cli.main import main
from app.models.hub import HubClient, open_client
from app.models.lookup import look_up
from app.models.reference import parse_reference
from tests.servers.hub.server import HubServer

PLANTED = ("jane.doe", "555 010 9999", "4111 1111 1111 1111", "idiot")


def test_what_a_hub_is_asked_holds_no_raw_thoughts(
    hub: HubServer, tmp_path: Path, practice_model_path: Path
) -> None:
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

    withheld = [
        one for line in out.getvalue().splitlines() for one in json.loads(line).get("withheld", [])
    ]
    assert "personal_data" in withheld  # there was something to find
    sent = repr(hub.record.asked())
    assert "someone/poet" in sent
    assert not [one for one in PLANTED if one in sent]

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.app.models.transfer.rig import HubSource, Rig
from tests.servers.hub.server import HubServer, hub_server


@pytest.fixture
def hub() -> Iterator[HubServer]:
    with hub_server(send_buffer_bytes=4096) as server:
        yield server


@pytest.fixture
def rig(hub: HubServer, tmp_path: Path) -> Rig:
    return Rig(hub, tmp_path / "models", HubSource(hub.endpoint))

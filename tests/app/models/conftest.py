from __future__ import annotations

from collections.abc import Iterator

import pytest

from tests.servers.hub.server import HubServer, hub_server


@pytest.fixture
def hub() -> Iterator[HubServer]:
    """A Hub on loopback."""
    with hub_server() as server:
        yield server

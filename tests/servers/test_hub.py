from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import httpx2
import pytest

from tests.servers.hub.faults import Drop, NoRanges, Place, Refuse, Stall, WrongByte, WrongRange
from tests.servers.hub.server import HubServer, hub_server

REPOSITORY = "owner/model-GGUF"
CONTENT = bytes(range(256)) * 16
FILE = "/owner/model-GGUF/resolve/main/model.gguf"


@pytest.fixture
def hub() -> Iterator[HubServer]:
    with hub_server() as server:
        server.put(REPOSITORY, {"model.gguf": CONTENT, "README.md": b"small"})
        yield server


@pytest.fixture
def client(hub: HubServer) -> Iterator[httpx2.Client]:
    with httpx2.Client(base_url=hub.endpoint, follow_redirects=True, trust_env=False) as client:
        yield client


def test_a_large_file_is_led_to_and_told_of_on_the_way(client: httpx2.Client) -> None:
    first = client.get(FILE, follow_redirects=False)

    assert first.status_code == 302
    assert first.headers["x-linked-size"] == str(len(CONTENT))
    assert len(first.headers["x-repo-commit"]) == 40
    answer = client.get(FILE, headers={"Range": "bytes=256-511"})
    assert (answer.status_code, answer.content) == (206, CONTENT[256:512])
    assert answer.headers["content-range"] == f"bytes 256-511/{len(CONTENT)}"
    assert answer.headers["etag"] != first.headers["x-linked-etag"]


def test_facts_of_a_repository_are_those_of_its_commit(client: httpx2.Client) -> None:
    commit = client.get(f"/api/models/{REPOSITORY}/revision/main").json()["sha"]
    tree = client.get(f"/api/models/{REPOSITORY}/tree/{commit}?recursive=true").json()

    assert {row["path"]: row["size"] for row in tree} == {"model.gguf": 4096, "README.md": 5}
    assert tree[0]["lfs"]["size"] == 4096
    assert client.get(f"/api/models/{REPOSITORY}/revision/other").status_code == 404


def test_faults_happen_as_often_as_was_said(hub: HubServer, client: httpx2.Client) -> None:
    hub.misbehave(Refuse(429, {"Retry-After": "7"}), Place.RESOLVE)
    hub.misbehave(WrongByte(300))
    hub.misbehave(WrongRange(16), times=0)

    assert client.get(FILE).headers["retry-after"] == "7"
    assert client.get(FILE, headers={"Range": "bytes=0-255"}).content == CONTENT[:256]
    assert client.get(FILE).content == CONTENT[:300] + b"\xd3" + CONTENT[301:]
    assert client.get(FILE).content == CONTENT


def test_a_server_without_ranges_sends_the_whole(hub: HubServer, client: httpx2.Client) -> None:
    hub.misbehave(NoRanges())

    answer = client.get(FILE, headers={"Range": "bytes=256-511"})

    assert (answer.status_code, answer.content) == (200, CONTENT)
    assert "accept-ranges" not in answer.headers


def test_a_dropped_connection_is_seen_and_what_went_out_counted(
    hub: HubServer, client: httpx2.Client
) -> None:
    hub.misbehave(Drop(1000))

    with pytest.raises(httpx2.RemoteProtocolError):
        client.get(FILE)
    client.get(FILE)

    assert hub.record.sent_bytes("model.gguf") == 5096
    assert hub.record.sent_again("model.gguf") == 1000


def test_what_stalls_goes_on_when_it_is_let(hub: HubServer, client: httpx2.Client) -> None:
    hub.misbehave(Stall(1000))

    with client.stream("GET", FILE) as answer:
        pieces = answer.iter_raw(1000)
        assert next(pieces) == CONTENT[:1000]
        hub.go_on()
        assert b"".join(pieces) == CONTENT[1000:]


def test_links_expire_and_gates_want_the_token(hub: HubServer, client: httpx2.Client) -> None:
    link = client.get(FILE, follow_redirects=False).headers["location"]
    hub.expire_links()
    assert client.get(link).status_code == 403

    hub.gate(REPOSITORY, "hf_token")
    assert client.get(FILE).headers["x-error-code"] == "GatedRepo"
    assert client.get(FILE, headers={"Authorization": "Bearer hf_token"}).content == CONTENT


def test_a_file_from_disk_lies_at_an_address_of_its_own(
    hub: HubServer, client: httpx2.Client, tmp_path: Path
) -> None:
    (tmp_path / "file.gguf").write_bytes(CONTENT)

    address = hub.put_plain("file.gguf", tmp_path / "file.gguf")

    assert client.get(address, headers={"Range": "bytes=4095-"}).content == CONTENT[-1:]
    assert client.get(address, headers={"Range": "bytes=4096-"}).status_code == 416

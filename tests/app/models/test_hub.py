"""Answers of every shape, as a Hub that is none, or not quite one, might give them."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Callable, Coroutine
from typing import Any, TypeVar

import pytest

from app.models.hub import HubClient, open_client
from app.models.hub_answers import FileFacts, RepositoryFacts
from app.models.hub_errors import HubError
from app.models.values import ModelPart
from tests.servers.hub.faults import Drop, NoRanges, Place
from tests.servers.hub.server import HubServer

_T = TypeVar("_T")
COMMIT = "ab" * 20
DIGEST = "cd" * 32
REVISION = "api/models/a/b/revision/main"
TREE = f"api/models/a/b/tree/{COMMIT}"


@pytest.fixture
def asked(hub: HubServer) -> Callable[[Callable[[HubClient], Coroutine[Any, Any, _T]]], _T]:
    """Asks plain files as if they were a Hub's answers."""

    def asked(question: Callable[[HubClient], Coroutine[Any, Any, _T]]) -> _T:
        async def ask() -> _T:
            async with open_client() as client:
                return await question(HubClient(f"{hub.cdn}/plain", lambda: None, client))

        return asyncio.run(ask())

    return asked


Asked = Callable[[Callable[[HubClient], Coroutine[Any, Any, Any]]], Any]


@pytest.mark.parametrize(
    ("more", "facts"),
    [
        ({}, RepositoryFacts("a/b", COMMIT)),
        ({"id": "A/b"}, RepositoryFacts("A/b", COMMIT)),
        ({"cardData": {"license": "mit"}}, RepositoryFacts("a/b", COMMIT, "MIT")),
        ({"cardData": {"license": ["x"]}}, RepositoryFacts("a/b", COMMIT)),
        ({"tags": ["gguf", "license:other"]}, RepositoryFacts("a/b", COMMIT, "other")),
        ({"tags": ["gguf", 5]}, RepositoryFacts("a/b", COMMIT)),
        ({"gguf": {"architecture": "gpt-oss"}}, RepositoryFacts("a/b", COMMIT, "", "gpt-oss")),
        ({"gguf": {}}, RepositoryFacts("a/b", COMMIT)),
        ({"gated": "auto"}, RepositoryFacts("a/b", COMMIT, is_gated=True)),
    ],
)
def test_facts_are_taken_where_they_are_and_none_is_needed_but_the_commit(
    asked: Asked, hub: HubServer, more: dict[str, Any], facts: RepositoryFacts
) -> None:
    hub.put_plain(REVISION, json.dumps({"sha": COMMIT, **more}).encode())

    assert asked(lambda client: client.repository("a/b", "main")) == facts


@pytest.mark.parametrize(
    "answer", ["[]", "{}", '{"sha": "main"}', '{"sha": 5}', "{half", "[" * 9999]
)
def test_facts_of_another_shape_are_no_hubs(asked: Asked, hub: HubServer, answer: str) -> None:
    hub.put_plain(REVISION, answer.encode())

    with pytest.raises(HubError, match="does not answer as a Hub"):
        asked(lambda client: client.repository("a/b", "main"))


def test_only_gguf_files_count_with_what_is_said_of_the_large_ones(
    asked: Asked, hub: HubServer
) -> None:
    rows = [
        {"type": "file", "path": "a.gguf", "size": 135, "lfs": {"oid": DIGEST, "size": 9000}},
        {"type": "file", "path": "deep/b.GGUF", "size": 7},
        {"type": "file", "path": "c.gguf", "size": -1, "lfs": {"oid": "short", "size": "9"}},
        {"type": "file", "path": "d.gguf", "size": 5, "lfs": None},
        {"type": "file", "path": "README.md", "size": 7},
        {"type": "directory", "path": "deep.gguf", "size": 0},
        {"type": "file", "path": 5},
        "nonsense",
    ]
    hub.put_plain(TREE, json.dumps(rows).encode())

    assert asked(lambda client: client.files("a/b", COMMIT)) == (
        ModelPart("a.gguf", 9000, DIGEST),
        ModelPart("deep/b.GGUF", 7, ""),
        ModelPart("c.gguf", 0, ""),
        ModelPart("d.gguf", 5, ""),
    )


def test_a_list_that_is_none_is_no_hubs(asked: Asked, hub: HubServer) -> None:
    hub.put_plain(TREE, b'{"files": []}')

    with pytest.raises(HubError, match="does not answer as a Hub"):
        asked(lambda client: client.files("a/b", COMMIT))


def test_an_answer_that_never_ends_is_cut_off(
    asked: Asked, hub: HubServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("app.models.hub.MAX_JSON_BYTES", 4999)
    hub.put_plain(TREE, b"[]".ljust(4999))
    assert asked(lambda client: client.files("a/b", COMMIT)) == ()
    hub.put_plain(TREE, b"[]".ljust(5000))

    with pytest.raises(HubError):
        asked(lambda client: client.files("a/b", COMMIT))


def test_a_connection_that_breaks_in_the_middle_is_told(asked: Asked, hub: HubServer) -> None:
    address = hub.put_plain("list.json", bytes(5000))
    hub.misbehave(Drop(100), Place.CDN)

    with pytest.raises(HubError, match="cannot be reached"):
        asked(lambda client: client.look(address, 5000))


def test_a_server_without_ranges_says_the_whole_size(asked: Asked, hub: HubServer) -> None:
    address = hub.put_plain("a.gguf", bytes(100_000))
    hub.misbehave(NoRanges(), Place.CDN)

    facts, beginning = asked(lambda client: client.look(address, 16))

    assert (facts.size_bytes, beginning) == (100_000, bytes(16))
    assert isinstance(facts, FileFacts)


def test_a_file_of_the_hub_is_told_of_before_it_is_led_to(hub: HubServer) -> None:
    commit = hub.put("a/b", {"c.gguf": bytes(2000), "small.gguf": b"GGUF"})

    async def ask() -> tuple[FileFacts, FileFacts]:
        async with open_client() as client:
            one = HubClient(hub.endpoint, lambda: None, client)
            large = await one.file(one.file_address("a/b", "main", "c.gguf"))
            return large, await one.file(one.file_address("a/b", "main", "small.gguf"))

    large, small = asyncio.run(ask())

    assert (large.size_bytes, large.commit, len(large.sha256)) == (2000, commit, 64)
    assert (small.size_bytes, small.commit, small.sha256) == (4, commit, "")
    assert not hub.record.asked(Place.CDN)

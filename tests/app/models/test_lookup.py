from __future__ import annotations

import asyncio
import hashlib
import struct
from collections.abc import Callable
from typing import Any

import pytest

from app.models.hub import HubClient, open_client
from app.models.hub_answers import FileFacts
from app.models.hub_errors import HubError
from app.models.lookup import architecture_of, look_up
from app.models.reference import parse_reference
from app.models.values import OfferedModel
from engine.errors import UserFacingError
from tests.servers.hub.faults import Drop, Loop, Place, Refuse
from tests.servers.hub.server import HubServer

BODY = bytes(2000)
REPOSITORY = "someone/Poet-GGUF"
FILES: dict[str, Any] = {
    "poet-MXFP4.gguf": BODY,
    "Q8_0/poet-Q8_0-00001-of-00002.gguf": BODY + b"1",
    "Q8_0/poet-Q8_0-00002-of-00002.gguf": BODY + b"22",
    "F16/poet-F16-00001-of-00002.gguf": BODY + b"3",  # its other half is missing
    "mmproj-poet.gguf": BODY,
    "README.md": b"small",
}


def gguf(architecture: str) -> bytes:
    """The beginning of a GGUF file."""
    key = b"general.architecture"
    text = architecture.encode()
    head = b"GGUF" + struct.pack("<IQQ", 3, 0, 1)
    entry = struct.pack("<Q", len(key)) + key + struct.pack("<IQ", 8, len(text)) + text
    return (head + entry).ljust(2000, b"\0")


Look = Callable[..., tuple[OfferedModel, ...]]


@pytest.fixture
def look(hub: HubServer) -> Look:
    """Looks a text up at the Hub of the test."""

    def look(text: str, token: str | None = None) -> tuple[OfferedModel, ...]:
        async def ask() -> tuple[OfferedModel, ...]:
            async with open_client() as client:
                asked = HubClient(hub.endpoint, lambda: token, client)
                return await look_up(asked, parse_reference(text, hub.endpoint))

        return asyncio.run(ask())

    return look


@pytest.fixture
def commit(hub: HubServer) -> str:
    return hub.put(REPOSITORY, FILES)


def failure(look: Look, text: str, token: str | None = None) -> UserFacingError:
    with pytest.raises(UserFacingError) as failed:
        look(text, token)
    assert failed.value.hint
    return failed.value


def test_a_repository_offers_its_whole_models_pinned_to_the_commit(look: Look, commit: str) -> None:
    one, parted = look(REPOSITORY)

    assert [part.name for part in one.parts] == ["poet-MXFP4.gguf"]
    assert (one.repository, one.commit, one.licence) == (REPOSITORY, commit, "Apache-2.0")
    assert (one.id, one.name, one.quantisation) == ("poet-mxfp4", "poet-MXFP4", "MXFP4")
    assert one.parts[0].sha256 == hashlib.sha256(BODY).hexdigest()
    assert one.is_added
    assert [part.size_bytes for part in parted.parts] == [2001, 2002]


@pytest.mark.parametrize(
    ("wish", "number"),
    [
        (":MXFP4", 1),
        (":mxfp4", 1),
        (":poet-MXFP4.gguf", 1),
        (":poet-mxfp4", 1),
        (":Q8_0", 2),
        (":Q8_0/poet-Q8_0-00002-of-00002.gguf", 2),
        (":poet-Q8_0-00001-of-00002.gguf", 2),
        (":Q8_0/", 2),
    ],
)
@pytest.mark.usefixtures("commit")
def test_one_of_several_is_named_by_file_quantisation_or_folder(
    look: Look, wish: str, number: int
) -> None:
    (model,) = look(REPOSITORY + wish)

    assert len(model.parts) == number


@pytest.mark.usefixtures("commit")
def test_a_page_of_the_hub_is_as_good(look: Look, hub: HubServer) -> None:
    (model,) = look(f"https://huggingface.co/{REPOSITORY}/blob/main/poet-MXFP4.gguf")

    assert model == look(f"{hub.endpoint}/{REPOSITORY}/resolve/main/poet-MXFP4.gguf")[0]


@pytest.mark.usefixtures("commit")
def test_a_wish_that_is_not_there_names_what_is(look: Look) -> None:
    told = failure(look, f"{REPOSITORY}:Q2_K")

    assert (told.fields["wish"], told.fields["choices"]) == ("Q2_K", "MXFP4, Q8_0")


@pytest.mark.usefixtures("commit")
def test_a_list_of_files_on_several_pages_is_read_to_its_end(look: Look, hub: HubServer) -> None:
    found = hub.repository(REPOSITORY)
    assert found is not None
    whole = look(REPOSITORY)
    found.page_rows = 2

    assert look(REPOSITORY) == whole
    assert len([asked for asked in hub.record.asked(Place.API) if "cursor" in asked.path]) == 3


def test_an_older_commit_is_still_there(look: Look, hub: HubServer, commit: str) -> None:
    hub.put(REPOSITORY, {"poet-MXFP4.gguf": BODY + b"new"})

    (old,) = look(f"https://huggingface.co/{REPOSITORY}/tree/{commit}/poet-MXFP4.gguf")
    (new,) = look(f"{REPOSITORY}:MXFP4")

    assert (old.commit, old.size_bytes, new.size_bytes) == (commit, 2000, 2003)


def test_a_repository_without_gguf_files_is_told(look: Look, hub: HubServer) -> None:
    hub.put("openai/gpt-oss-20b", {"model.safetensors": BODY})

    assert "no whole GGUF" in failure(look, "openai/gpt-oss-20b").title


@pytest.mark.parametrize(("architecture", "word"), [("llama", "not gpt-oss"), ("gptoss", "Ollama")])
@pytest.mark.usefixtures("commit")
def test_another_kind_of_model_is_refused_before_anything_is_fetched(
    look: Look, hub: HubServer, architecture: str, word: str
) -> None:
    found = hub.repository(REPOSITORY)
    assert found is not None
    found.architecture = architecture

    assert word in failure(look, REPOSITORY).title.format(name="", architecture="")
    found.architecture = "gpt-oss"
    assert len(look(REPOSITORY)) == 2


def test_small_files_that_the_list_has_no_digest_of_are_asked_for(
    look: Look, hub: HubServer
) -> None:
    hub.put("a/tiny", {"tiny.gguf": b"GGUF"})  # not kept apart, so nobody published a digest

    (model,) = look("a/tiny")

    assert (model.parts[0].size_bytes, model.parts[0].sha256) == (4, "")


# ---- addresses


def test_a_file_at_an_address_is_looked_at_by_its_beginning(look: Look, hub: HubServer) -> None:
    address = hub.put_plain("my-poet-Q4_K_M.gguf", gguf("gpt-oss"))

    (model,) = look(address)

    assert (model.address, model.repository, model.commit) == (address, "", "")
    assert (model.id, model.quantisation, model.size_bytes) == ("my-poet-q4_k_m", "Q4_K_M", 2000)


def test_any_part_of_a_split_model_stands_for_all(look: Look, hub: HubServer) -> None:
    first = hub.put_plain("poet-00001-of-00002.gguf", gguf("gpt-oss"))
    second = hub.put_plain("poet-00002-of-00002.gguf", gguf("gpt-oss") + b"!")

    (model,) = look(second)

    assert model.address == first
    assert [part.size_bytes for part in model.parts] == [2000, 2001]
    assert model.id == "poet"


def test_a_key_in_an_address_is_kept_for_every_part(look: Look, hub: HubServer) -> None:
    first = hub.put_plain("poet-00001-of-00002.gguf", gguf("gpt-oss"))
    hub.put_plain("poet-00002-of-00002.gguf", gguf("gpt-oss"))

    (model,) = look(f"{first}?key=1")

    async def addresses() -> list[str]:
        async with open_client() as client:
            asked = HubClient(hub.endpoint, lambda: None, client)
            return [asked.address(model, part) for part in model.parts]

    second = first.replace("00001-of", "00002-of")
    assert asyncio.run(addresses()) == [f"{first}?key=1", f"{second}?key=1"]
    assert "HEAD" not in {asked.method for asked in hub.record.asked(Place.CDN)}


def test_a_part_that_is_missing_is_named(look: Look, hub: HubServer) -> None:
    address = hub.put_plain("poet-00001-of-00002.gguf", gguf("gpt-oss"))

    assert "poet-00002-of-00002.gguf" in str(failure(look, address))
    assert "no part" in failure(look, address.replace("00001-of", "00009-of")).title


@pytest.mark.parametrize(
    ("content", "word"),
    [
        (b"<!doctype html>".ljust(2000), "no GGUF"),
        (gguf("llama"), "not gpt-oss but llama"),
        (gguf("gptoss"), "Ollama"),
    ],
)
def test_what_is_no_gpt_oss_at_an_address_is_refused(
    look: Look, hub: HubServer, content: bytes, word: str
) -> None:
    address = hub.put_plain("thing.gguf", content)

    assert word in str(failure(look, address))
    assert hub.record.sent_bytes("thing.gguf") <= 4096


@pytest.mark.parametrize(
    ("header", "architecture"),
    [(b"PK", None), (b"GGUF", ""), (gguf("gpt-oss")[:40], ""), (gguf("gpt-oss"), "gpt-oss")],
)
def test_the_architecture_is_read_from_the_first_bytes(
    header: bytes, architecture: str | None
) -> None:
    assert architecture_of(header) == architecture


# ---- what can go wrong


@pytest.mark.parametrize(
    ("text", "word"),
    [
        ("no/body", "There is no no/body"),
        (f"https://huggingface.co/{REPOSITORY}/tree/dream", "no such branch"),
    ],
)
@pytest.mark.usefixtures("commit")
def test_what_is_not_there_is_told(look: Look, text: str, word: str) -> None:
    assert word in str(failure(look, text))


@pytest.mark.parametrize(
    ("fault", "word"),
    [
        (Refuse(429, {"Retry-After": "60"}), "asks to wait"),
        (Refuse(503), "cannot answer now"),
        (Refuse(401, {"X-Error-Code": "RepoNotFound"}), "not for everybody"),
        (Refuse(401, {"X-Error-Code": "GatedRepo"}), "accepted its terms"),
        (Drop(0), "cannot be reached"),
        (Loop(), "does not answer as a Hub"),
    ],
)
@pytest.mark.usefixtures("commit")
def test_a_hub_in_trouble_is_told_in_a_sentence(
    look: Look, hub: HubServer, fault: Refuse | Drop | Loop, word: str
) -> None:
    hub.misbehave(fault, Place.API, times=-1)

    assert word in str(failure(look, REPOSITORY))


def test_a_hub_that_is_not_there_is_told(look: Look, hub: HubServer) -> None:
    hub.close()

    assert "cannot be reached" in str(failure(look, REPOSITORY))


def test_what_is_no_hub_is_told(hub: HubServer) -> None:
    """A page that answers everything, as networks in hotels have."""
    hub.put_plain("api/models/a/b/revision/main", b"<html>Welcome</html>")

    async def ask() -> None:
        async with open_client() as client:
            asked = HubClient(f"{hub.cdn}/plain", lambda: None, client)
            await asked.repository("a/b", "main")

    with pytest.raises(HubError, match="does not answer as a Hub"):
        asyncio.run(ask())


# ---- tokens


@pytest.fixture
def gated(hub: HubServer) -> str:
    """A repository whose files say nothing to strangers, and whose list has no digests."""
    hub.put("closed/poet", {"poet.gguf": b"GGUF"})
    hub.gate("closed/poet", "hf_right")
    return "closed/poet"


def carried(hub: HubServer) -> list[str | None]:
    return [asked.headers.get("authorization") for asked in hub.record.asked()]


def test_a_token_is_given_only_when_the_hub_insists(look: Look, hub: HubServer, gated: str) -> None:
    (model,) = look(gated, "hf_right")

    assert model.size_bytes == 4
    assert carried(hub)[:2] == [None, None]
    assert "Bearer hf_right" in carried(hub)
    hub.put("open/poet", {"poet.gguf": BODY})
    before = len(carried(hub))
    look("open/poet", "hf_right")
    assert set(carried(hub)[before:]) == {None}


@pytest.mark.parametrize("token", [None, "hf_wrong"])
def test_who_may_not_have_it_is_told_what_to_do(look: Look, gated: str, token: str | None) -> None:
    hub_says = failure(look, f"{gated}", token)

    assert "HF_TOKEN" in hub_says.hint
    assert "hf_wrong" not in str(hub_says) + hub_says.detail


def test_a_token_never_goes_to_another_server(hub: HubServer, gated: str) -> None:
    hub.put(gated, {"large.gguf": BODY})

    async def ask() -> tuple[FileFacts, bytes]:
        async with open_client() as client:
            asked = HubClient(hub.endpoint, lambda: "hf_right", client)
            return await asked.look(asked.file_address(gated, "main", "large.gguf"), 16)

    facts, beginning = asyncio.run(ask())
    assert (facts.size_bytes, beginning) == (2000, bytes(16))
    by_place = {asked.place: asked.headers.get("authorization") for asked in hub.record.asked()}
    assert by_place == {Place.RESOLVE: "Bearer hf_right", Place.CDN: None}

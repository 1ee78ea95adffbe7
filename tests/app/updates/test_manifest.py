from __future__ import annotations

import base64
import json
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app import resources
from app.updates.manifest import (
    MAX_BYTES,
    Seen,
    Source,
    UntrustedManifestError,
    read_manifest,
    shipped_source,
)
from app.updates.signing import signed_bytes
from app.updates.version import Version
from tests.app.updates.publisher import NOW, Publisher

publisher = Publisher()


def read(data: bytes, seen: Seen | None = None, source: Source | None = None) -> Version:
    return read_manifest(data, source or publisher.source, seen or Seen(), NOW).version


def why_not(data: bytes, seen: Seen | None = None) -> str:
    with pytest.raises(UntrustedManifestError) as refused:
        read(data, seen)
    return refused.value.detail


def test_a_signed_manifest_says_what_is_newest() -> None:
    found = read_manifest(publisher.document(), publisher.source, Seen(), NOW)
    assert found.version == Version(9, 0, 0)
    assert found.page == "https://updates.example/9"
    assert found.says["ko"] == "더 빨라요."


def test_the_signed_bytes_are_these() -> None:
    """Written out, for every program that signs or checks has to agree on them."""
    assert signed_bytes({"b": "é", "a": [1, {"y": "", "x": -2}]}) == (
        b'sotto update manifest 1\n{"a":[1,{"x":-2,"y":""}],"b":"\\u00e9"}'
    )


def test_any_of_several_keys_may_have_signed() -> None:
    """So a key can be replaced: for a while both are in the app."""
    newer = Publisher()
    both = Source("https://updates.example", (publisher.public, newer.public))
    for signer in (publisher, newer):
        assert read(signer.document(), source=both) == Version(9, 0, 0)


def test_another_signature_beside_a_good_one_does_no_harm() -> None:
    manifest = publisher.manifest()
    signatures = [Publisher().signature(manifest), publisher.signature(manifest)]
    data = json.dumps({"manifest": manifest, "signatures": signatures}).encode()
    assert read(data) == Version(9, 0, 0)


def test_a_strangers_signature_counts_for_nothing() -> None:
    assert why_not(Publisher().document()) == "no signature holds"


def test_a_strangers_signature_under_a_known_name_counts_for_nothing() -> None:
    manifest = publisher.manifest()
    forged = Publisher().signature(manifest) | {"key": publisher.signature(manifest)["key"]}
    data = json.dumps({"manifest": manifest, "signatures": [forged]}).encode()
    assert why_not(data) == "no signature holds"


@pytest.mark.parametrize("name", ["version", "issued", "expires", "page"])
def test_whatever_is_changed_after_signing_is_seen(name: str) -> None:
    whole = json.loads(publisher.document())
    whole["manifest"][name] = Publisher().manifest("9.0.1")[name] + "0"
    assert why_not(json.dumps(whole).encode()) == "no signature holds"


def test_what_is_older_than_what_was_seen_is_refused() -> None:
    seen = Seen(Version(9, 0, 1), NOW - timedelta(days=30))
    assert why_not(publisher.document("9.0.0"), seen) == "an older version than was seen"


def test_an_old_manifest_that_is_sent_again_is_refused() -> None:
    seen = Seen(Version(9, 0, 0), NOW)
    assert why_not(publisher.document("9.0.0"), seen) == "signed before the one that was seen"


def test_the_same_manifest_may_come_again() -> None:
    seen = Seen(Version(9, 0, 0), NOW - timedelta(days=1))
    assert read(publisher.document(), seen) == Version(9, 0, 0)


def test_an_expired_manifest_is_refused() -> None:
    past = (NOW - timedelta(seconds=1)).isoformat()
    assert why_not(publisher.document(expires=past)) == "expired"


def test_a_manifest_that_is_too_large_is_not_even_read() -> None:
    assert why_not(publisher.document() + b" " * MAX_BYTES) == "too large"


@pytest.mark.parametrize(
    "changes",
    [
        {"page": "http://updates.example/9"},
        {"page": "javascript:alert(1)"},
        {"page": 7},
        {"version": "newest"},
        {"issued": "2027-01-09T12:00:00"},
        {"format": 2},
        {"says": "text"},
    ],
)
def test_what_is_signed_but_makes_no_sense_is_refused(changes: dict[str, Any]) -> None:
    assert why_not(publisher.document(**changes)) == "signed, but not understood"


@pytest.mark.parametrize(
    "data",
    [
        b"",
        b"[]",
        b"null",
        b"\xff\xfe",
        b'{"manifest": {}}',
        b'{"manifest": [], "signatures": []}',
        b'{"manifest": {"a": 1.5}, "signatures": []}',
        b'{"manifest": {"a": 1, "a": 2}, "signatures": []}',
        b'{"manifest": {}, "signatures": [{}, 3, {"key": 1, "signature": 2}]}',
        b'{"manifest": ' + b"[" * 5000 + b"]" * 5000 + b', "signatures": []}',
    ],
)
def test_rubbish_is_refused(data: bytes) -> None:
    assert why_not(data) in {"not a manifest", "no signature holds"}


@given(st.binary(max_size=200))
def test_no_bytes_at_all_make_it_fail_in_another_way(data: bytes) -> None:
    why_not(data)


def test_a_name_that_stands_there_twice_is_refused_though_it_is_signed() -> None:
    data = publisher.document().replace(b'"format": 1', b'"format": 1, "format": 1')
    assert why_not(data) == "not a manifest"


def test_what_is_shipped_can_be_read() -> None:
    found = json.loads(resources.UPDATE_KEY.read_text(encoding="utf-8"))
    assert set(found) == {"about", "address", "keys"}
    assert shipped_source().is_known == bool(found["address"] and found["keys"])


@pytest.mark.parametrize(
    "change",
    [
        lambda found: found.update(address="http://updates.example"),
        lambda found: found.update(keys=["AAAA"]),
        lambda found: found.update(keys=["?"]),
        lambda found: found.pop("keys"),
    ],
)
def test_a_damaged_list_of_keys_asks_nobody(
    change: Callable[[dict[str, Any]], object], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    found = {
        "address": "https://updates.example",
        "keys": [base64.b64encode(publisher.public).decode()],
    }
    file = tmp_path / "update_key.json"
    monkeypatch.setattr(resources, "UPDATE_KEY", file)
    file.write_text(json.dumps(found), encoding="utf-8")
    assert shipped_source().keys == (publisher.public,)
    change(found)
    file.write_text(json.dumps(found), encoding="utf-8")
    assert shipped_source() == Source()


@pytest.mark.parametrize(
    ("older", "newer"),
    [
        ("0.9.9", "0.10.0"),
        ("1.0.0rc1", "1.0.0"),
        ("1.0.0a2", "1.0.0b1"),
        ("1.0.0.dev3", "1.0.0a1"),
        ("1.0.0rc2", "1.0.0rc10"),
    ],
)
def test_versions_have_the_order_of_their_numbers(older: str, newer: str) -> None:
    assert Version.parse(older) < Version.parse(newer)


@pytest.mark.parametrize(
    "text", ["", "1", "1.2", "v1.2.3", "1.2.3-x", "1.2.3\n", "1.2.\uff13", "9" * 9]
)
def test_what_is_no_version_is_refused(text: str) -> None:
    with pytest.raises(ValueError, match="not a version"):
        Version.parse(text)


@pytest.mark.parametrize("text", ["0.1.0", "1.0.0rc2", "1.0.0dev4"])
def test_a_version_is_written_as_it_is_read(text: str) -> None:
    assert str(Version.parse(text)) == text

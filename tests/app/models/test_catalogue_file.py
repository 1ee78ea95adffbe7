from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import replace
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app import resources
from app.models.catalogue_file import CatalogueError, CatalogueText, parse, split_of, written

DIGEST = "ab" * 32
COMMIT = "cd" * 20


def file(**changes: Any) -> dict[str, Any]:
    model = {
        "id": "tiny",
        "name": "Tiny",
        "repository": "owner/tiny-GGUF",
        "commit": COMMIT,
        "parts": [{"name": "tiny.gguf", "size_bytes": 9, "sha256": DIGEST}],
    }
    return {"format": 1, "revision": 7, "looked_up": "2026-11-27", "models": [{**model, **changes}]}


def parsed(entries: object, *, is_added: bool = False) -> CatalogueText:
    return parse(json.dumps(entries).encode(), is_added=is_added)


def parts(*names: str) -> list[dict[str, Any]]:
    return [{"name": name, "size_bytes": 1, "sha256": DIGEST} for name in names]


def test_the_list_that_ships_holds_both_models_with_every_fact_and_its_source() -> None:
    shipped = parse(resources.MODELS.read_bytes())

    small, large = shipped.models
    assert (small.id, small.size_bytes, len(small.parts)) == ("gpt-oss-20b", 12_109_566_560, 1)
    assert (large.id, large.size_bytes, len(large.parts)) == ("gpt-oss-120b", 63_387_346_464, 3)
    for model in shipped.models:
        assert set(model.sources) == {"commit", "licence", "quantisation", "sha256", "size_bytes"}
        assert (model.licence, model.quantisation) == ("Apache-2.0", "MXFP4")
        assert not model.is_added


def test_what_is_written_is_read_again_as_it_was() -> None:
    read = parsed(file())

    assert parse(written(read).encode()) == read


def test_a_newer_sotto_may_have_added_to_it() -> None:
    assert parsed({**file(shines=True), "weather": "fine"}) == parsed(file())


@pytest.mark.parametrize(
    ("entries", "detail"),
    [
        ([], "not a JSON object"),
        ({"format": 1}, "revision"),
        (file(commit="main"), "not pinned to a commit"),
        (file(parts=[{"name": "tiny.gguf", "size_bytes": 9}]), "no digest"),
        (file(parts=[]), "parts"),
        (file(parts=parts("../tiny.gguf")), "inside a repository"),
        (file(parts=parts("/tiny.gguf")), "inside a repository"),
        (file(parts=parts("a//tiny.gguf")), "inside a repository"),
        (file(parts=parts("C:tiny.gguf")), "must not have"),
        (file(parts=parts("a\\tiny.gguf")), "must not have"),
        (file(parts=parts("tiny.exe")), "not a GGUF"),
        (file(parts=parts("a.gguf", "b.gguf")), "not one model"),
        (file(parts=parts("a-00002-of-00002.gguf", "a-00001-of-00002.gguf")), "not one model"),
        (file(parts=parts("a-00001-of-00002.gguf")), "not one model"),
        (file(parts=[{"name": "a.gguf", "size_bytes": -1, "sha256": DIGEST}]), "size_bytes"),
        (file(parts=[{"name": "a.gguf", "size_bytes": "9", "sha256": DIGEST}]), "size_bytes"),
        (file(parts=[{"name": "a.gguf", "size_bytes": 9, "sha256": "AB"}]), "sha256"),
        (file(repository=""), "either a repository or an address"),
        (file(address="https://example.org/a.gguf"), "either a repository or an address"),
        (file(repository="", commit="", address="ftp://example.org/a.gguf"), "not an address"),
        (file(repository="../x"), "repository"),
        (file(id="Tiny"), "id"),
        ({**file(), "models": file()["models"] * 2}, "two models"),
        ({**file(), "looked_up": "today"}, "looked_up"),
        ({**file(), "revision": True}, "revision"),
    ],
)
def test_a_list_that_is_damaged_or_unsafe_is_refused(entries: object, detail: str) -> None:
    with pytest.raises(CatalogueError) as refused:
        parsed(entries)

    assert detail in refused.value.detail
    assert "cannot be read" in refused.value.title


def test_a_list_for_another_version_is_told_from_a_damaged_one() -> None:
    with pytest.raises(CatalogueError, match="another version"):
        parsed({**file(), "format": 2})


def test_a_list_that_is_too_long_is_not_even_read() -> None:
    with pytest.raises(CatalogueError) as refused:
        parse(b" " * (1 << 20) + b"{}")

    assert refused.value.detail == "too long"


def test_what_the_user_added_needs_neither_commit_nor_digest() -> None:
    entries = file(commit="main", parts=[{"name": "tiny.gguf"}])

    (model,) = parsed(entries, is_added=True).models

    assert (model.is_added, model.size_bytes, model.parts[0].sha256) == (True, 0, "")


@given(st.binary(max_size=200) | st.text(max_size=200).map(str.encode))
def test_bytes_of_any_kind_are_refused(data: bytes) -> None:
    with pytest.raises(CatalogueError):
        parse(data)


@pytest.mark.parametrize(
    "damage",
    [
        lambda text: text[: len(text) // 2],
        lambda text: text.replace('"format": 1', '"format": null'),
        lambda _: "[" * 100_000,
    ],
)
def test_a_torn_list_is_refused(damage: Callable[[str], str]) -> None:
    with pytest.raises(CatalogueError):
        parse(damage(resources.MODELS.read_text("utf-8")).encode())


@pytest.mark.parametrize(
    ("name", "split"),
    [
        ("a-00001-of-00003.gguf", ("a", 1, 3)),
        ("deep/a-00003-of-00003.GGUF", ("deep/a", 3, 3)),
        ("a-1-of-3.gguf", None),
        ("a.gguf", None),
    ],
)
def test_names_of_parts_are_those_of_llama_cpp(
    name: str, split: tuple[str, int, int] | None
) -> None:
    assert split_of(name) == split


def test_a_model_is_the_sum_of_its_parts() -> None:
    (model,) = parsed(file(parts=parts("a-00001-of-00002.gguf", "a-00002-of-00002.gguf"))).models

    assert replace(model, parts=model.parts[:1]).size_bytes * 2 == model.size_bytes

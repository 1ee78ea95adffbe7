"""From what the user named to models that can be fetched: asks the Hub, or looks at an address."""

from __future__ import annotations

import re
import struct
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from typing import Final
from urllib.parse import unquote, urlsplit

from app.models.catalogue_file import split_of
from app.models.hub import HubClient
from app.models.hub_answers import RepositoryFacts
from app.models.reference import ModelReference, quantisation_of, stem_of
from app.models.values import ModelPart, OfferedModel
from engine.errors import UserFacingError

ARCHITECTURE: Final = "gpt-oss"
_OLLAMAS: Final = "gptoss"
_HEADER_BYTES: Final = 4096
_ASIDE: Final = re.compile(r"(^|[-_.])(mmproj|imatrix|eagle\d?|draft)([-_.]|$)", re.IGNORECASE)
"""GGUF files that lie beside models and are none."""


class ModelLookupError(UserFacingError):
    """What was named is there, but it is no model that Sotto can use."""


async def look_up(hub: HubClient, reference: ModelReference) -> tuple[OfferedModel, ...]:
    """The models that a reference can mean, at least one; where there are several, choose.

    Raises:
        HubError: there is nothing, or nobody can be asked.
        ModelLookupError: there is nothing among it that Sotto can use.
    """
    if reference.address:
        return (await _at_address(hub, reference.address),)
    facts = await hub.repository(reference.repository, reference.revision)
    if facts.architecture and facts.architecture != ARCHITECTURE:
        raise _other(facts.architecture, facts.id)
    choices = grouped(await hub.files(facts.id, facts.commit))
    if not choices:
        raise ModelLookupError(
            "{name} holds no whole GGUF model.",
            "Sotto needs GGUF files. Search the Hub for a repository whose name ends in -GGUF.",
            fields={"name": facts.id},
        )
    wanted = _wished(choices, reference.wish)
    if not wanted:
        raise ModelLookupError(
            "{name} holds no “{wish}”.",
            "It holds {choices}.",
            fields={
                "name": facts.id,
                "wish": reference.wish,
                "choices": ", ".join(_label(parts) for parts in choices[:20]),
            },
        )
    models = [_model(facts, parts) for parts in wanted]
    return tuple([await _with_facts(hub, model) for model in models])


def grouped(files: Iterable[ModelPart]) -> tuple[tuple[ModelPart, ...], ...]:
    """Files that make one model together, in order; models that lack a part are left out."""
    groups: dict[tuple[str, int], list[ModelPart]] = {}
    for file in files:
        if not _ASIDE.search(file.name.rpartition("/")[2]):
            stem, _, count = split_of(file.name) or (file.name, 1, 1)
            groups.setdefault((stem, count), []).append(file)
    whole = []
    for (_, count), parts in groups.items():
        parts.sort(key=lambda part: part.name)
        numbers = [(split_of(part.name) or ("", 1, 1))[1] for part in parts]
        if numbers == list(range(1, count + 1)):
            whole.append(tuple(parts))
    return tuple(whole)


def architecture_of(header: bytes) -> str | None:
    """The architecture by a GGUF file's first bytes; "" where they do not say; None for no GGUF.

    It is the first of the entries in all files that llama.cpp's converters write
    (github.com/ggml-org/ggml, docs/gguf.md).
    """
    if header[:4] != b"GGUF":
        return None
    key = b"general.architecture"
    try:
        (length,) = struct.unpack_from("<Q", header, 24)
        kind, size = struct.unpack_from("<IQ", header, 32 + len(key))
    except struct.error:
        return ""
    if length != len(key) or header[32 : 32 + length] != key or kind != 8 or size > 64:
        return ""
    start = 32 + length + 12
    return header[start : start + size].decode("utf-8", "replace")


async def _at_address(hub: HubClient, address: str) -> OfferedModel:
    """A model at an address of its own; of a split one the address of any part will do."""
    name = unquote(urlsplit(address).path.rpartition("/")[2])
    split = split_of(name)
    addresses = [address]
    if split is not None:
        stem, number, count = split
        if not 1 <= number <= count <= 100:
            raise ModelLookupError(
                "{name} is no part of a model: its number makes no sense.",
                "Give the address of the first part.",
                fields={"name": name},
            )
        numbered = [f"-{one:05d}-of-{count:05d}" for one in range(1, count + 1)]
        here = f"-{number:05d}-of-{count:05d}"
        addresses = [there.join(address.rsplit(here, 1)) for there in numbered]
    parts, headers = [], []
    for one in addresses:
        facts, header = await hub.look(one, _HEADER_BYTES)
        own_name = unquote(urlsplit(one).path.rpartition("/")[2])
        parts.append(ModelPart(own_name, facts.size_bytes, ""))
        headers.append(header)
    found = architecture_of(headers[0])
    if found is None:
        raise ModelLookupError(
            "What lies at {address} is no GGUF file.",
            "It may be a page about the file; copy the address of its download.",
            fields={"address": addresses[0][:200]},
        )
    if found not in {"", ARCHITECTURE}:
        raise _other(found, name)
    stem = stem_of(name)
    told = f"the server {urlsplit(address).netloc}, when it was added"
    return OfferedModel(
        _slug(stem),
        stem,
        tuple(parts),
        address=addresses[0],
        quantisation=quantisation_of(name),
        sources={"size_bytes": told},
        is_added=True,
    )


def _model(facts: RepositoryFacts, parts: Sequence[ModelPart]) -> OfferedModel:
    name = stem_of(parts[0].name)
    told = "the Hub, when it was added"
    named = ("commit", "licence", "sha256", "size_bytes")
    return OfferedModel(
        _slug(name),
        name,
        tuple(parts),
        repository=facts.id,
        commit=facts.commit,
        licence=facts.licence,
        quantisation=quantisation_of(parts[0].name),
        sources=dict.fromkeys(named, told),
        is_added=True,
    )


async def _with_facts(hub: HubClient, model: OfferedModel) -> OfferedModel:
    """The same with what the list of files did not say, asked file by file.

    A file that is gated says it only to those who may have it, so nothing is known then.
    """
    if all(part.sha256 and part.size_bytes for part in model.parts):
        return model
    parts = []
    for part in model.parts:
        facts = await hub.file(hub.address(model, part))
        size, digest = part.size_bytes or facts.size_bytes, part.sha256 or facts.sha256
        parts.append(replace(part, size_bytes=size, sha256=digest))
    return replace(model, parts=tuple(parts))


def _wished(
    choices: Sequence[tuple[ModelPart, ...]], wish: str
) -> tuple[tuple[ModelPart, ...], ...]:
    """Those that a wish means: a file, its quantisation or its folder; all without a wish."""
    sought = wish.casefold().strip("/")
    if not sought:
        return tuple(choices)
    tests = (
        lambda part: part.name.casefold() == sought,
        lambda part: part.name.casefold().rpartition("/")[2] == sought,
        lambda part: stem_of(part.name).casefold() == sought,
        lambda part: quantisation_of(part.name).casefold() == sought,
        lambda part: part.name.casefold().startswith(f"{sought}/"),
    )
    for is_meant in tests:
        if found := [parts for parts in choices if any(map(is_meant, parts))]:
            return tuple(found)
    return ()


def _label(parts: Sequence[ModelPart]) -> str:
    return quantisation_of(parts[0].name) or stem_of(parts[0].name)


def _slug(name: str) -> str:
    plain = re.sub(r"[^a-z0-9._-]+", "-", name.casefold()).strip("-._")
    return plain[:76] or "model"


def _other(architecture: str, name: str) -> ModelLookupError:
    fields: Mapping[str, str] = {"name": name, "architecture": architecture}
    if architecture == _OLLAMAS:
        return ModelLookupError(
            "{name} was made for Ollama's own engine, which names its parts differently.",
            "Sotto needs the file of ggml-org: sotto models download gpt-oss-20b.",
            fields=fields,
        )
    return ModelLookupError(
        "{name} is not gpt-oss but {architecture}.",
        "Sotto is made for gpt-oss and its fine-tuned kin alone.",
        fields=fields,
    )

"""A gpt-oss file of Ollama's under the names that llama.cpp knows; the weights are the same.

Ollama's converter calls the architecture, some keys and some tensors otherwise and leaves two
keys out (ollama, convert/convert_gptoss.go).  Its own way back, which its newer versions go when
they load such a file, is the source of what follows (ollama, llama/compat/, `gptoss`).
"""

from __future__ import annotations

import io
import re
import struct
from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path
from typing import Final

from engine.errors import ModelFileError
from engine.gguf import ARCHITECTURE, OLLAMA_ARCHITECTURE, OllamaFileError, check_model
from engine.gguf_header import (
    MAGIC,
    TENSOR_TYPES,
    ArrayFacts,
    Header,
    HeaderError,
    HeaderParser,
    Scalar,
    TensorFacts,
)

PAGE_BYTES: Final = 4096
"""File systems share bytes of files in blocks of so many."""

_ARCHITECTURE_KEY: Final = "general.architecture"
_EXPERT_WIDTH_KEY: Final = f"{ARCHITECTURE}.expert_feed_forward_length"
_SCALING_KEY: Final = f"{ARCHITECTURE}.rope.scaling.type"
_SPLITTER_KEY: Final = "tokenizer.ggml.pre"
_FILLING_KEY: Final = "sotto.filling"
_UINT32: Final = 4
_TEXT: Final = 8

_TENSOR_NAMES: Final = (
    (re.compile(r"\.attn_out\."), ".attn_output."),
    (re.compile(r"\.attn_sinks\Z"), ".attn_sinks.weight"),
    (re.compile(r"\.ffn_norm\."), ".post_attention_norm."),
)
_FFN: Final = ("gate_inp", "gate_exps", "up_exps", "down_exps")
_OF_MODEL: Final = ("token_embd.weight", "output_norm.weight", "output.weight")
_OF_BLOCK: Final = (
    "attn_norm.weight",
    "post_attention_norm.weight",
    *(f"attn_{one}.weight" for one in "qkv"),
    "attn_output.weight",
    "attn_output.bias",
    "attn_sinks.weight",
    *(f"ffn_{one}.{kind}" for one in _FFN for kind in ("weight", "bias")),
)
"""What llama.cpp asks of each block (src/models/openai-moe.cpp)."""


def renamed(header: Header) -> Header:
    """What a file of Ollama's would say under llama.cpp's names.

    Raises:
        ModelFileError: it would still be nothing that llama.cpp can run.
    """
    if header.metadata.get(_ARCHITECTURE_KEY) != OLLAMA_ARCHITECTURE:
        raise _other_form("not a file of Ollama's")
    tensors = tuple(replace(one, name=_tensor_name(one.name)) for one in header.tensors)
    metadata: dict[str, Scalar | ArrayFacts] = {
        _key(key): value for key, value in header.metadata.items()
    }
    metadata |= _added(metadata, tensors)
    _check_tensors(metadata, tensors)
    whole = replace(header, metadata=metadata, tensors=tensors)
    check_model(whole)
    return whole


def renamed_head(path: Path) -> tuple[bytes, Header]:
    """The new beginning of a file, up to its weights, and its old header.

    It ends at the same place of a block as the old one, so that a file system can share the
    blocks that follow.

    Raises:
        ModelFileError: see `renamed`.
        HeaderError: the file is damaged.
        OSError: it cannot be read.
    """
    with path.open("rb") as file:
        header = HeaderParser(file, PAGE_BYTES * 1024).header()
        file.seek(0)
        old = file.read(header.data_start)
    target = renamed(header)
    entries, kept = [], set()
    for key, (start, end) in header.places.items():
        if target.metadata[_key(key)] == header.metadata[key]:
            entries.append(_text(_key(key)) + old[start + len(_text(key)) : end])
            kept.add(_key(key))
    entries += [_entry(key, value) for key, value in target.metadata.items() if key not in kept]
    head = _filled(header, entries, _table(target.tensors))
    _check_head(head, target)
    return head, header


def _filled(header: Header, entries: list[bytes], table: bytes) -> bytes:
    """The head with a filling, so that the weights begin at the same place of a block."""
    body = b"".join(entries)
    start = MAGIC + struct.pack("<IQQ", header.version, len(header.tensors), len(entries) + 1)
    empty = _entry(_FILLING_KEY, "")
    bare = len(start) + len(body) + len(empty) + len(table)
    filling = (header.data_start - bare) % PAGE_BYTES
    return start + body + _entry(_FILLING_KEY, " " * filling) + table


def _check_head(head: bytes, target: Header) -> None:
    """Read the new head as a stranger's: it must say what it was made to say."""
    written = HeaderParser(io.BytesIO(head), len(head)).header()
    known = {key: value for key, value in written.metadata.items() if key != _FILLING_KEY}
    if (known, written.tensors) != (dict(target.metadata), target.tensors):
        raise HeaderError("the new header says something else")
    if written.data_start != len(head):
        raise HeaderError("the weights would not lie where the new header says")


def _key(key: str) -> str:
    prefix = f"{OLLAMA_ARCHITECTURE}."
    return f"{ARCHITECTURE}.{key[len(prefix) :]}" if key.startswith(prefix) else key


def _added(
    metadata: Mapping[str, Scalar | ArrayFacts], tensors: tuple[TensorFacts, ...]
) -> dict[str, Scalar | ArrayFacts]:
    """Keys that Ollama leaves out, or fills with what llama.cpp would not understand."""
    more: dict[str, Scalar | ArrayFacts] = {
        _ARCHITECTURE_KEY: ARCHITECTURE,
        _SPLITTER_KEY: "gpt-4o",
    }
    if _SCALING_KEY not in metadata:
        more[_SCALING_KEY] = "yarn"
    if _EXPERT_WIDTH_KEY not in metadata:
        gate = next((one for one in tensors if one.name == "blk.0.ffn_gate_exps.weight"), None)
        if gate is None or len(gate.shape) != 3:
            raise _other_form("no experts' width")
        more[_EXPERT_WIDTH_KEY] = gate.shape[1]
    return more


def _check_tensors(
    metadata: Mapping[str, Scalar | ArrayFacts], tensors: tuple[TensorFacts, ...]
) -> None:
    layers = metadata.get(f"{ARCHITECTURE}.block_count")
    if not isinstance(layers, int) or not 0 < layers <= len(tensors):
        raise _other_form(f"{layers!r} blocks")
    wanted = {*_OF_MODEL, *(f"blk.{block}.{one}" for block in range(layers) for one in _OF_BLOCK)}
    missing = wanted - {one.name for one in tensors}
    if missing:
        raise _other_form(f"without {sorted(missing)[0]}")


def _tensor_name(name: str) -> str:
    for pattern, ours in _TENSOR_NAMES:
        name = pattern.sub(ours, name)
    return name


def _table(tensors: tuple[TensorFacts, ...]) -> bytes:
    types = {name: type_id for type_id, (name, _, _) in TENSOR_TYPES.items()}
    return b"".join(
        _text(one.name)
        + struct.pack(
            f"<I{len(one.shape)}QIQ",
            len(one.shape),
            *one.shape,
            types[one.type_name],
            one.offset,
        )
        for one in tensors
    )


def _entry(key: str, value: object) -> bytes:
    if isinstance(value, int):
        return _text(key) + struct.pack("<II", _UINT32, value)
    return _text(key) + struct.pack("<I", _TEXT) + _text(str(value))


def _text(value: str) -> bytes:
    data = value.encode()
    return struct.pack("<Q", len(data)) + data


def _other_form(detail: str) -> ModelFileError:
    return OllamaFileError(
        "Ollama made this file in a form that Sotto cannot rewrite.",
        "Download the model here; Sotto takes the file that ggml-org publishes.",
        detail,
    )

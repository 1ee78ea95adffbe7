"""A gpt-oss model with the names of Ollama's converter (ollama, convert/convert_gptoss.go)."""

from __future__ import annotations

import struct
from pathlib import Path

from engine.gguf_header import TENSOR_TYPES, Header, read_header
from tests.engine.requantised import text

_TYPE_IDS = {name: type_id for type_id, (name, _, _) in TENSOR_TYPES.items()}
_TENSORS = (
    ("attn_sinks.weight", "attn_sinks"),
    ("attn_output", "attn_out"),
    ("post_attention_norm", "ffn_norm"),
)
_NOT_WRITTEN = ("gpt-oss.expert_feed_forward_length", "gpt-oss.rope.scaling.type")


def as_ollama_names_it(source: Path, target: Path) -> Path:
    """Write a copy of a model with Ollama's names; the weights are the same.

    Args:
        source: a whole file with llama.cpp's names.
        target: the new file.
    """
    header = read_header(source)
    data = source.read_bytes()
    keys, count = _keys(data, header)
    infos = []
    for one in header.tensors:
        kind = _TYPE_IDS[one.type_name]
        infos.append(text(tensor_name(one.name)) + struct.pack("<I", len(one.shape)))
        infos.append(struct.pack(f"<{len(one.shape)}QIQ", *one.shape, kind, one.offset))
    head = data[:16] + struct.pack("<Q", count) + keys + b"".join(infos)
    head += b"\0" * (-len(head) % 32)
    target.parent.mkdir(parents=True, exist_ok=True)
    target.write_bytes(head + data[header.data_start :])
    return target


def tensor_name(name: str) -> str:
    """What Ollama calls a tensor."""
    for ours, theirs in _TENSORS:
        name = name.replace(ours, theirs)
    return name


def _keys(data: bytes, header: Header) -> tuple[bytes, int]:
    """The metadata under Ollama's names, and how many there are."""
    end = data.index(text(header.tensors[0].name))
    places = sorted((data.index(text(key)), key) for key in header.metadata)
    ends = [place for place, _ in places[1:]] + [end]
    kept = []
    for (start, key), stop in zip(places, ends, strict=True):
        if key in _NOT_WRITTEN:
            continue
        value = data[start + len(text(key)) : stop]
        if key == "general.architecture":
            value = struct.pack("<I", 8) + text("gptoss")
        kept.append(text(key.replace("gpt-oss.", "gptoss.")) + value)
    return b"".join(kept), len(kept)

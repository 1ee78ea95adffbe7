"""The practice model with its weights kept in other numbers, as fine-tuned files are."""

from __future__ import annotations

import struct
from collections.abc import Callable
from pathlib import Path

import gguf
import numpy as np

from engine.gguf_header import TENSOR_TYPES, TensorFacts, read_header

TYPE_IDS = {name: type_id for type_id, (name, _, _) in TENSOR_TYPES.items()}


def text(value: str) -> bytes:
    data = value.encode()
    return struct.pack("<Q", len(data)) + data


def requantised(
    source: Path, target: Path, kind_of: Callable[[TensorFacts], str], name: str = "My fine-tune"
) -> Path:
    """Write a copy with another name and other types.

    Args:
        source: the practice model.
        target: the new file.
        kind_of: the new type of a tensor, or "" to leave it.
        name: `general.name`.
    """
    header = read_header(source)
    data = source.read_bytes()
    keys = data[24 : data.index(text(header.tensors[0].name))]
    old_name = struct.pack("<I", 8) + text(str(header.metadata["general.name"]))
    keys = keys.replace(old_name, struct.pack("<I", 8) + text(name))
    infos: list[bytes] = []
    blobs: list[bytes] = []
    offset = 0
    for tensor in header.tensors:
        start = header.data_start + tensor.offset
        raw = data[start : start + tensor.size_bytes]
        kind = kind_of(tensor) or tensor.type_name
        if kind != tensor.type_name:
            raw = converted(raw, tensor, kind)
        infos.append(text(tensor.name) + struct.pack("<I", len(tensor.shape)))
        infos.append(struct.pack(f"<{len(tensor.shape)}QIQ", *tensor.shape, TYPE_IDS[kind], offset))
        blobs += [raw, b"\0" * (-len(raw) % 32)]
        offset += len(raw) + -len(raw) % 32
    head = b"".join([data[:24], keys, *infos])
    with target.open("wb") as file:
        file.writelines([head, b"\0" * (-len(head) % 32), *blobs])
    return target


def converted(raw: bytes, tensor: TensorFacts, kind: str) -> bytes:
    """The same numbers in another type, as well as it can hold them."""
    old, new = (gguf.GGMLQuantizationType[name] for name in (tensor.type_name, kind))
    block, size = gguf.GGML_QUANT_SIZES[old]
    rows = np.frombuffer(raw, np.uint8).reshape(-1, tensor.shape[0] // block * size)
    values = gguf.quants.dequantize(rows, old)
    return bytes(gguf.quants.quantize(np.ascontiguousarray(values, np.float32), new).tobytes())

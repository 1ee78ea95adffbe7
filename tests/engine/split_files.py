"""A GGUF file as the parts that llama.cpp's gguf-split would make of it."""

from __future__ import annotations

import struct
from collections.abc import Sequence
from pathlib import Path

from engine.gguf_header import TENSOR_TYPES, Header, TensorFacts, read_header
from tests.engine.requantised import text

_TYPE_IDS = {name: type_id for type_id, (name, _, _) in TENSOR_TYPES.items()}


def split_file(
    source: Path, folder: Path, count: int, stem: str = "model", *, has_weights: bool = True
) -> tuple[Path, ...]:
    """Write the parts.

    Args:
        source: a whole GGUF file.
        folder: where to.
        count: how many parts; their tensors are alike in number.
        stem: what their names begin with.
        has_weights: False leaves holes in place of them.
    """
    header = read_header(source)
    each = -(-len(header.tensors) // count)
    groups = [header.tensors[start : start + each] for start in range(0, each * count, each)]
    paths = []
    for number, tensors in enumerate(groups):
        path = folder / f"{stem}-{number + 1:05}-of-{count:05}.gguf"
        keys, key_count = _keys(source, header) if number == 0 else (b"", 0)
        keys += split_keys(number, count, len(header.tensors))
        _write(header, path, (keys, key_count + 3), tensors)
        if has_weights:
            _fill(source, header, path, tensors)
        paths.append(path)
    return tuple(paths)


def split_keys(number: int, count: int, tensors: int, number_type: int = 2) -> bytes:
    """What gguf-split writes into each part: two 16-bit numbers and one of 32 bits."""
    return b"".join(
        [
            text("split.no")
            + struct.pack("<IH" if number_type == 2 else "<II", number_type, number),
            text("split.count") + struct.pack("<IH", 2, count),
            text("split.tensors.count") + struct.pack("<Ii", 5, tensors),
        ]
    )


def _keys(source: Path, header: Header) -> tuple[bytes, int]:
    with source.open("rb") as file:
        data = file.read(header.data_start)
    return data[24 : data.index(text(header.tensors[0].name))], len(header.metadata)


def _write(
    header: Header, path: Path, keys: tuple[bytes, int], tensors: Sequence[TensorFacts]
) -> None:
    infos, offset = [], 0
    for one in tensors:
        infos.append(text(one.name) + struct.pack("<I", len(one.shape)))
        kind = _TYPE_IDS[one.type_name]
        infos.append(struct.pack(f"<{len(one.shape)}QIQ", *one.shape, kind, offset))
        offset += one.size_bytes + -one.size_bytes % 32
    head = b"GGUF" + struct.pack("<IQQ", header.version, len(tensors), keys[1]) + keys[0]
    head += b"".join(infos)
    head += b"\0" * (-len(head) % 32)
    with path.open("wb") as target:
        target.write(head)
        target.truncate(len(head) + offset)


def _fill(source: Path, header: Header, path: Path, tensors: Sequence[TensorFacts]) -> None:
    own = read_header(path)
    with path.open("r+b") as target, source.open("rb") as origin:
        for one, copy in zip(tensors, own.tensors, strict=True):
            origin.seek(header.data_start + one.offset)
            target.seek(own.data_start + copy.offset)
            target.write(origin.read(one.size_bytes))

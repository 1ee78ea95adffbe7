"""Reads the header of a GGUF file, trusting nothing in it.  Knows the format, not the model.

Source of the format: ggml/docs/gguf.md and ggml/src/gguf.cpp of llama.cpp (versions 2 and 3).
Nothing is mapped into memory: a file that shrinks while it is mapped would kill the process.
"""

from __future__ import annotations

import math
import struct
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Final

Scalar = int | float | bool | str


class HeaderError(Exception):
    """The header breaks the format; the text says where, for the log."""


class UnknownTypeError(HeaderError):
    """A tensor is stored in numbers that are not in `TENSOR_TYPES`."""


class _CutError(HeaderError):
    """The header goes on behind the bytes at hand."""


@dataclass(frozen=True, slots=True)
class ArrayFacts:
    """An array in the metadata, whose elements were skipped.

    Attributes:
        element_type: GGUF value type, 8 is string.
        count: number of elements.
        sample: the strings at the places that `WANTED_STRINGS` asks for.
    """

    element_type: int
    count: int
    sample: Mapping[int, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class TensorFacts:
    """One tensor.

    Attributes:
        shape: in ggml's order, fastest first.
        type_name: e.g. `MXFP4`.
        offset: bytes from the start of the tensor data.
        size_bytes: bytes it takes, without padding.
    """

    name: str
    shape: tuple[int, ...]
    type_name: str
    offset: int
    size_bytes: int


@dataclass(frozen=True, slots=True)
class Header:
    """A whole header.

    Attributes:
        data_start: where the tensor data begins in the file.
        data_bytes: bytes of tensor data the file must hold from there on.
        types: GGUF value type of each key.
    """

    version: int
    metadata: Mapping[str, Scalar | ArrayFacts]
    tensors: tuple[TensorFacts, ...]
    data_start: int
    data_bytes: int
    types: Mapping[str, int] = field(default_factory=dict)


MAGIC: Final = b"GGUF"
_FIRST_READ_BYTES: Final = 16 * 1024 * 1024  # holds the header of every gpt-oss file known
_MOST_HEADER_BYTES: Final = 256 * 1024 * 1024
_MOST_KEYS: Final = 4096
_MOST_TENSORS: Final = 65536
_MOST_ELEMENTS: Final = 4_000_000
_MOST_TEXT_BYTES: Final = 16 * 1024 * 1024
_MOST_DIMENSIONS: Final = 4  # GGML_MAX_DIMS
_MOST_DATA_BYTES: Final = 1 << 50
FLOAT32: Final = 6
"""Value type of a 32-bit float."""

_STRING: Final = 8
_ARRAY: Final = 9
_SCALARS: Final = {
    0: struct.Struct("<B"),
    1: struct.Struct("<b"),
    2: struct.Struct("<H"),
    3: struct.Struct("<h"),
    4: struct.Struct("<I"),
    5: struct.Struct("<i"),
    6: struct.Struct("<f"),
    7: struct.Struct("<?"),
    10: struct.Struct("<Q"),
    11: struct.Struct("<q"),
    12: struct.Struct("<d"),
}

TENSOR_TYPES: Final = {
    0: ("F32", 1, 4),
    1: ("F16", 1, 2),
    2: ("Q4_0", 32, 18),
    3: ("Q4_1", 32, 20),
    6: ("Q5_0", 32, 22),
    7: ("Q5_1", 32, 24),
    8: ("Q8_0", 32, 34),
    10: ("Q2_K", 256, 84),
    11: ("Q3_K", 256, 110),
    12: ("Q4_K", 256, 144),
    13: ("Q5_K", 256, 176),
    14: ("Q6_K", 256, 210),
    16: ("IQ2_XXS", 256, 66),
    17: ("IQ2_XS", 256, 74),
    18: ("IQ3_XXS", 256, 98),
    19: ("IQ1_S", 256, 50),
    20: ("IQ4_NL", 32, 18),
    21: ("IQ3_S", 256, 110),
    22: ("IQ2_S", 256, 82),
    23: ("IQ4_XS", 256, 136),
    24: ("I8", 1, 1),
    25: ("I16", 1, 2),
    26: ("I32", 1, 4),
    27: ("I64", 1, 8),
    28: ("F64", 1, 8),
    29: ("IQ1_M", 256, 56),
    30: ("BF16", 1, 2),
    34: ("TQ1_0", 256, 54),
    35: ("TQ2_0", 256, 66),
    39: ("MXFP4", 32, 17),
    40: ("NVFP4", 64, 36),
    41: ("Q1_0", 128, 18),
}
"""Name, elements per block and bytes per block by type id (ggml.h, ggml.c type_traits)."""

WANTED_STRINGS: Final[Mapping[str, range]] = {"tokenizer.ggml.tokens": range(199998, 200013)}
"""Elements of string arrays that are worth reading: the special tokens."""


def read_header(path: Path) -> Header:
    """Read and check the header.

    Raises:
        HeaderError: the file breaks the format or is cut inside the header.
        OSError: the file cannot be read.
    """
    with path.open("rb") as file:
        data = file.read(_FIRST_READ_BYTES)
        try:
            return _Parser(data).header()
        except _CutError:
            if len(data) < _FIRST_READ_BYTES:
                raise
        data += file.read(_MOST_HEADER_BYTES - len(data))
        return _Parser(data).header()


class _Parser:
    def __init__(self, data: bytes) -> None:
        self._data = data
        self._at = 0
        self._types: dict[str, int] = {}

    def header(self) -> Header:
        if self._take(4) != MAGIC:
            raise HeaderError("no GGUF magic")
        version = self._u32()
        if version & 0xFFFF == 0:
            raise HeaderError("big-endian file")
        if version not in (2, 3):
            raise HeaderError(f"version {version}")
        tensor_count = self._count(_MOST_TENSORS, "tensors")
        key_count = self._count(_MOST_KEYS, "keys")
        metadata: dict[str, Scalar | ArrayFacts] = {}
        for _ in range(key_count):
            key = self._text()
            if key in metadata:
                raise HeaderError(f"key {key!r} twice")
            metadata[key] = self._value(key)
        alignment = metadata.get("general.alignment", 32)
        if not isinstance(alignment, int) or alignment <= 0 or alignment & (alignment - 1):
            raise HeaderError("alignment is not a power of two")
        tensors, data_bytes = self._tensors(tensor_count, alignment)
        data_start = _aligned(self._at, alignment)
        return Header(version, metadata, tensors, data_start, data_bytes, self._types)

    def _tensors(self, count: int, alignment: int) -> tuple[tuple[TensorFacts, ...], int]:
        tensors: list[TensorFacts] = []
        names: set[str] = set()
        end = 0  # tensors follow each other without gaps but for the padding (gguf.cpp)
        for _ in range(count):
            tensor = self._tensor()
            if tensor.name in names:
                raise HeaderError(f"tensor {tensor.name!r} twice")
            if tensor.offset != _aligned(end, alignment):
                raise HeaderError(f"tensor {tensor.name!r} is not where it should be")
            end = tensor.offset + tensor.size_bytes
            if end > _MOST_DATA_BYTES:
                raise HeaderError("more tensor data than any file can hold")
            names.add(tensor.name)
            tensors.append(tensor)
        return tuple(tensors), end

    def _tensor(self) -> TensorFacts:
        name = self._text()
        dimensions = self._u32()
        if not 0 < dimensions <= _MOST_DIMENSIONS:
            raise HeaderError(f"tensor {name!r} has {dimensions} dimensions")
        shape = tuple(self._u64() for _ in range(dimensions))
        type_id = self._u32()
        if type_id not in TENSOR_TYPES:
            raise UnknownTypeError(f"tensor {name!r} has unknown type {type_id}")
        type_name, block, block_bytes = TENSOR_TYPES[type_id]
        if any(size == 0 or size > 1 << 40 for size in shape) or shape[0] % block:
            raise HeaderError(f"tensor {name!r} has shape {shape}")
        size_bytes = math.prod(shape) // block * block_bytes
        return TensorFacts(name, shape, type_name, self._u64(), size_bytes)

    def _value(self, key: str) -> Scalar | ArrayFacts:
        value_type = self._types[key] = self._u32()
        if value_type == _ARRAY:
            return self._array(key)
        return self._scalar(value_type)

    def _scalar(self, value_type: int) -> Scalar:
        if value_type == _STRING:
            return self._text()
        layout = _SCALARS.get(value_type)
        if layout is None:
            raise HeaderError(f"unknown value type {value_type}")
        value: Scalar = layout.unpack(self._take(layout.size))[0]
        return value

    def _array(self, key: str) -> ArrayFacts:
        element_type = self._u32()
        count = self._count(_MOST_ELEMENTS, f"elements of {key!r}")
        if element_type == _STRING:
            return ArrayFacts(element_type, count, self._strings(key, count))
        layout = _SCALARS.get(element_type)
        if layout is None:
            raise HeaderError(f"array of unknown type {element_type}")
        self._skip(count * layout.size)
        return ArrayFacts(element_type, count)

    def _strings(self, key: str, count: int) -> dict[int, str]:
        wanted = WANTED_STRINGS.get(key, range(0))
        if count <= wanted.stop:
            wanted = range(0)
        self._skip_strings(wanted.start)
        sample = {index: self._text() for index in wanted}
        self._skip_strings(count - wanted.stop)
        return sample

    def _skip_strings(self, count: int) -> None:
        # Two thirds of a million strings: this loop is what reading a header takes.
        length_at = struct.Struct("<Q").unpack_from
        data, at = self._data, self._at
        try:
            for _ in range(count):
                at += 8 + length_at(data, at)[0]
        except (struct.error, OverflowError) as error:
            raise _CutError("an array of strings ends behind the file") from error
        self._at = at
        self._skip(0)

    def _text(self) -> str:
        size = self._u64()
        if size > _MOST_TEXT_BYTES:
            raise HeaderError(f"a text of {size} bytes")
        try:
            return self._take(size).decode("utf-8")
        except UnicodeDecodeError as error:
            raise HeaderError("a text is not UTF-8") from error

    def _count(self, most: int, what: str) -> int:
        count = self._u64()
        if count > most:
            raise HeaderError(f"{count} {what}")
        return count

    def _u32(self) -> int:
        return int.from_bytes(self._take(4), "little")

    def _u64(self) -> int:
        return int.from_bytes(self._take(8), "little")

    def _take(self, size: int) -> bytes:
        start = self._at
        self._skip(size)
        return self._data[start : self._at]

    def _skip(self, size: int) -> None:
        self._at += size
        if self._at > len(self._data):
            raise _CutError("the file ends inside the header")


def _aligned(size: int, alignment: int) -> int:
    return (size + alignment - 1) & -alignment

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
from typing import BinaryIO, Final

Scalar = int | float | bool | str


class HeaderError(Exception):
    """The header breaks the format; the text says where, for the log."""


class UnknownTypeError(HeaderError):
    """A tensor is stored in numbers that are not in `TENSOR_TYPES`."""


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
        places: where each entry of the metadata begins and ends in the file, its key included.
    """

    version: int
    metadata: Mapping[str, Scalar | ArrayFacts]
    tensors: tuple[TensorFacts, ...]
    data_start: int
    data_bytes: int
    types: Mapping[str, int] = field(default_factory=dict)
    places: Mapping[str, tuple[int, int]] = field(default_factory=dict, compare=False)


MAGIC: Final = b"GGUF"
_FIRST_READ_BYTES: Final = 16 * 1024 * 1024  # holds the header of every gpt-oss file known
_GLANCE_BYTES: Final = 32 * 1024
_LONG_ARRAY: Final = 10_000  # strings
_END_BYTES: Final = 1024
_MOST_KNOWN: Final = 64
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

_TENSOR_ENDS: Final = tuple(struct.Struct(f"<{count}QIQ") for count in range(_MOST_DIMENSIONS + 1))
"""Shape, type and offset of a tensor, by its number of dimensions."""

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
        return HeaderParser(file, _FIRST_READ_BYTES).header()


def glance_at_header(path: Path, arrays: KnownArrays) -> Header:
    """Read the header, but jump over long arrays that look like ones seen before.

    A hundred times as fast as `read_header` where many files have the same vocabulary, and good
    enough for a list of files.  What is loaded goes through `read_header`, which jumps nowhere.

    Args:
        path: the file.
        arrays: those seen before; learns those of this file.

    Raises:
        HeaderError: the file breaks the format or is cut inside the header.
        OSError: the file cannot be read.
    """
    with path.open("rb") as file:
        return HeaderParser(file, _GLANCE_BYTES, arrays).header()


@dataclass(frozen=True, slots=True)
class _KnownArray:
    """An array of strings that was walked once: its length and how it begins and ends."""

    size_bytes: int
    head: bytes
    tail: bytes
    facts: ArrayFacts


class KnownArrays:
    """Long arrays of strings that were walked once.  One thread at a time."""

    def __init__(self) -> None:
        self._known: dict[tuple[str, int, bytes], _KnownArray] = {}

    def find(self, key: str, count: int, head: bytes) -> _KnownArray | None:
        """The array that began like this."""
        return self._known.get((key, count, head))

    def add(self, key: str, count: int, array: _KnownArray) -> None:
        """Remember an array that was walked."""
        if len(self._known) < _MOST_KNOWN:
            self._known[(key, count, array.head)] = array


class HeaderParser:
    """Parses a header, some bytes of the file at a time.

    Args:
        file: at its beginning.
        step_bytes: how much is read at once.
        arrays: which strings may be jumped over; None walks over all.
    """

    def __init__(self, file: BinaryIO, step_bytes: int, arrays: KnownArrays | None = None) -> None:
        self._file = file
        self._step_bytes = step_bytes
        self._arrays = arrays
        self._base = 0  # where `_data` begins in the file
        self._data = b""
        self._at = 0
        self._types: dict[str, int] = {}

    def header(self) -> Header:
        """Parse all of it.

        Raises:
            HeaderError: the file breaks the format or is cut inside the header.
        """
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
        places: dict[str, tuple[int, int]] = {}
        for _ in range(key_count):
            start = self._base + self._at
            key = self._text()
            if key in metadata:
                raise HeaderError(f"key {key!r} twice")
            metadata[key] = self._value(key)
            places[key] = (start, self._base + self._at)
        alignment = metadata.get("general.alignment", 32)
        if not isinstance(alignment, int) or alignment <= 0 or alignment & (alignment - 1):
            raise HeaderError("alignment is not a power of two")
        tensors, data_bytes = self._tensors(tensor_count, alignment)
        data_start = _aligned(self._base + self._at, alignment)
        return Header(version, metadata, tensors, data_start, data_bytes, self._types, places)

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
        layout = _TENSOR_ENDS[dimensions]
        *sizes, type_id, offset = layout.unpack(self._take(layout.size))
        shape = tuple(sizes)
        if type_id not in TENSOR_TYPES:
            raise UnknownTypeError(f"tensor {name!r} has unknown type {type_id}")
        type_name, block, block_bytes = TENSOR_TYPES[type_id]
        if any(size == 0 or size > 1 << 40 for size in shape) or shape[0] % block:
            raise HeaderError(f"tensor {name!r} has shape {shape}")
        size_bytes = math.prod(shape) // block * block_bytes
        return TensorFacts(name, shape, type_name, offset, size_bytes)

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
        if element_type == _STRING and count >= _LONG_ARRAY and self._arrays is not None:
            return self._known_strings(key, count, self._arrays)
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

    def _known_strings(self, key: str, count: int, arrays: KnownArrays) -> ArrayFacts:
        start = self._base + self._at
        head = self._peek(start)
        known = arrays.find(key, count, head)
        if known is not None and self._peek(start + known.size_bytes - _END_BYTES) == known.tail:
            self._skip(known.size_bytes)
            return known.facts
        facts = ArrayFacts(_STRING, count, self._strings(key, count))
        size = self._base + self._at - start
        tail = self._peek(start + size - _END_BYTES)
        arrays.add(key, count, _KnownArray(size, head, tail, facts))
        return facts

    def _skip_strings(self, count: int) -> None:
        # Two thirds of a million strings: this loop is what reading a header takes.
        length_at = struct.Struct("<Q").unpack_from
        while count > 0:
            if len(self._data) - self._at < 8:
                self._read_on(8)
            data, at, done = self._data, self._at, 0
            try:
                for done in range(count):  # noqa: B007 - how far it came counts
                    at += 8 + length_at(data, at)[0]
                done += 1
            except (struct.error, OverflowError):
                pass  # the next string begins behind the bytes at hand
            self._at = at
            self._skip(0)
            count -= done

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
        if self._at + size > len(self._data):
            self._read_on(size)
        start = self._at
        self._at += size
        return self._data[start : self._at]

    def _skip(self, size: int) -> None:
        self._at += size
        if self._at > len(self._data):
            self._read_on(0)

    def _read_on(self, size: int) -> None:
        """Have so many bytes at hand, and as many more as come with them."""
        start = self._base + self._at
        if start + size > _MOST_HEADER_BYTES:
            raise HeaderError("a header longer than any")
        kept = self._data[self._at :]
        self._file.seek(start + len(kept))
        read = self._file.read(max(self._step_bytes, size - len(kept)))
        self._data, self._base, self._at = kept + read, start, 0
        if len(self._data) < max(size, 1):
            raise HeaderError("the file ends inside the header")

    def _peek(self, place: int) -> bytes:
        """A few bytes anywhere in the file."""
        self._file.seek(max(0, place))
        return self._file.read(_END_BYTES)


def _aligned(size: int, alignment: int) -> int:
    return (size + alignment - 1) & -alignment

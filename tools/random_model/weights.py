"""Random weights for a header: of the right types, sizes and scale.

What such a model says is noise; what it takes in time and memory is what the real one takes.
For that no value may grow too large for f16, the router must spread tokens over the experts,
and the logits must have a peak, as a trained model's have: flat ones would give the samplers
work that they never have.
"""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Final

import gguf
import numpy as np
from numpy.typing import NDArray

from tools.practice_model.vocabulary import VocabularyTables
from tools.random_model.header import FullShape, TensorSpec, tensors, write_header

Bytes = NDArray[np.uint8]

_CHUNK_BYTES: Final = 8 * 1024 * 1024
_MXFP4_SCALE: Final = 120
"""E8M0: 2^(120-127); a value of 255 would be NaN (OCP Microscaling Formats 1.0, 5.4.1)."""

_FAN_IN_SCALE: Final = 1.0
"""Standard deviation of what a row makes of normalised input."""

_LOGIT_SCALE: Final = 4.0
"""Of the logits: the likeliest of 201,088 tokens then stands out as in trained models."""

_INT8_DEVIATION: Final = 73.0
"""Of a byte drawn evenly from -127 to 127."""


def write_model(
    path: Path, shape: FullShape, tables: VocabularyTables | None = None, seed: int = 1
) -> None:
    """Write a whole model; the same arguments give the same bytes.

    All layers have the same weights, so that one pass of drawing serves them all; it takes a
    few megabytes of RAM whatever the size of the model.

    Args:
        path: the GGUF file to write.
        shape: sizes of the model.
        tables: the vocabulary, see `write_header`; `llama-server` needs it, the engine does not.
        seed: of the draw.
    """
    start = write_header(path, shape, tables)
    with path.open("r+b") as file:
        for specs, offsets in _alike(shape, start):
            written = 0
            for chunk in _chunks(specs, seed):
                for offset in offsets:
                    file.seek(offset + written)
                    file.write(chunk)
                written += len(chunk)


def _alike(shape: FullShape, start: int) -> Iterator[tuple[TensorSpec, list[int]]]:
    """Tensors that get the same bytes, with where they lie in the file."""
    places: dict[str, tuple[TensorSpec, list[int]]] = {}
    offset = start
    for spec in tensors(shape):
        kind = spec.name.split(".", 2)[-1] if spec.name.startswith("blk.") else spec.name
        places.setdefault(kind, (spec, []))[1].append(offset)
        offset += gguf.GGUFWriter.ggml_pad(spec.size_bytes, gguf.GGUF_DEFAULT_ALIGNMENT)
    yield from places.values()


def _chunks(spec: TensorSpec, seed: int) -> Iterator[bytes]:
    """The bytes of a tensor, some megabytes at a time."""
    random = np.random.default_rng([seed, *spec.name.encode()])
    block, block_bytes = gguf.GGML_QUANT_SIZES[gguf.GGMLQuantizationType[spec.kind]]
    blocks = spec.size_bytes // block_bytes
    most = _CHUNK_BYTES // block_bytes
    for first in range(0, blocks, most):
        count = min(most, blocks - first)
        yield _drawn(spec, random, count * block, count).tobytes()


def _drawn(
    spec: TensorSpec, random: np.random.Generator, values: int, blocks: int
) -> NDArray[np.generic]:
    if spec.kind == "F32":
        return _plain(spec, random, values)
    if spec.kind == "MXFP4":
        return _mxfp4(random, blocks)
    scale = _LOGIT_SCALE if spec.name == "output.weight" else _FAN_IN_SCALE
    return _q8_0(random, blocks, scale / np.sqrt(spec.shape[-1]) / _INT8_DEVIATION)


def _plain(spec: TensorSpec, random: np.random.Generator, values: int) -> NDArray[np.float32]:
    if spec.name.endswith("norm.weight"):
        return np.ones(values, np.float32)
    if spec.name.endswith(".bias") or spec.name.endswith("sinks.weight"):
        return (random.standard_normal(values, np.float32) * np.float32(0.02)).astype(np.float32)
    scale = np.float32(_FAN_IN_SCALE / np.sqrt(spec.shape[-1]))
    return (random.standard_normal(values, np.float32) * scale).astype(np.float32)


def _q8_0(random: np.random.Generator, blocks: int, scale: float) -> Bytes:
    """Blocks of a f16 scale and 32 bytes (ggml-common.h, block_q8_0)."""
    packed = np.empty((blocks, 34), np.uint8)
    packed[:, :2] = np.frombuffer(np.float16(scale).tobytes(), np.uint8)
    packed[:, 2:] = random.integers(-127, 128, (blocks, 32), np.int8).view(np.uint8)
    return packed


def _mxfp4(random: np.random.Generator, blocks: int) -> Bytes:
    """Blocks of a scale and 32 values of four bits (ggml-common.h, block_mxfp4)."""
    packed = random.integers(0, 256, (blocks, 17), np.uint8)
    packed[:, 0] = _MXFP4_SCALE
    return packed

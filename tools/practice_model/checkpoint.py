"""Trained weights on disk, as plain numpy arrays: no pickle, and no PyTorch to read them.

A checkpoint can also be read back from an exported GGUF file.  The weights there are rounded
to Q8_0 and MXFP4, but exporting them again gives the same bytes, so the file that ships is a
full starting point for further training.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

import gguf
import numpy as np
from numpy.typing import NDArray

from engine.gguf_header import read_header
from tools.practice_model.shape import PRACTICE, Shape

Array = NDArray[np.float32]

UNKNOWN_ROW: Final = 0
"""Row of `embedding` that all tokens share which the model does not know."""

BLOCK_TENSORS: Final = {
    "attention_norm": "attn_norm.weight",
    "expert_norm": "post_attention_norm.weight",
    "query": "attn_q.weight",
    "query_bias": "attn_q.bias",
    "key": "attn_k.weight",
    "key_bias": "attn_k.bias",
    "value": "attn_v.weight",
    "value_bias": "attn_v.bias",
    "output": "attn_output.weight",
    "output_bias": "attn_output.bias",
    "sinks": "attn_sinks.weight",
    "router": "ffn_gate_inp.weight",
    "router_bias": "ffn_gate_inp.bias",
    "gate": "ffn_gate_exps.weight",
    "gate_bias": "ffn_gate_exps.bias",
    "up": "ffn_up_exps.weight",
    "up_bias": "ffn_up_exps.bias",
    "down": "ffn_down_exps.weight",
    "down_bias": "ffn_down_exps.bias",
}
"""Our names of a block's weights, and llama.cpp's, in the order of the file."""


def block_name(layer: int, name: str) -> str:
    """Name of a weight of one block, e.g. `0.query`."""
    return f"{layer}.{name}"


@dataclass(frozen=True, slots=True)
class Checkpoint:
    """A model's weights.

    Attributes:
        known: ids of the tokens the model knows, ascending; their embeddings are the rows
            1, 2, ... of `embedding`.
        weights: arrays by name: `embedding`, `unknown_output`, `final_norm` and those of
            the blocks (`block_name`).
    """

    known: NDArray[np.int64]
    weights: dict[str, Array]

    def save(self, path: Path) -> None:
        """Write an uncompressed `.npz`."""
        arrays: dict[str, Any] = {f"weights/{name}": one for name, one in self.weights.items()}
        with path.open("wb") as file:
            np.savez(file, known=self.known, **arrays)

    @classmethod
    def read(cls, path: Path) -> Checkpoint:
        """Read a checkpoint, or an exported GGUF file."""
        if path.suffix == ".gguf":
            return _from_gguf(path)
        with np.load(path, allow_pickle=False) as file:
            weights = {
                name.removeprefix("weights/"): file[name]
                for name in file.files
                if name.startswith("weights/")
            }
            return cls(file["known"], weights)


def mean(checkpoints: Sequence[Checkpoint]) -> Checkpoint:
    """The mean of weights that were trained from one another, often better than each.

    Raises:
        ValueError: they do not know the same tokens.
    """
    first = checkpoints[0]
    if any(not np.array_equal(first.known, other.known) for other in checkpoints):
        raise ValueError("the checkpoints do not know the same tokens")
    share = np.float32(1.0 / len(checkpoints))
    sums = {
        name: sum((one.weights[name] * share for one in checkpoints), np.zeros_like(array))
        for name, array in first.weights.items()
    }
    return Checkpoint(first.known, sums)


def _from_gguf(path: Path, shape: Shape = PRACTICE) -> Checkpoint:
    header = read_header(path)
    tensors = {tensor.name: tensor for tensor in header.tensors}

    def array(name: str) -> Array:
        tensor = tensors[name]
        start = header.data_start + tensor.offset
        data = np.fromfile(path, np.uint8, tensor.size_bytes, offset=start)
        rows = data.reshape(*reversed(tensor.shape[1:]), -1)
        plain = gguf.quants.dequantize(rows, gguf.GGMLQuantizationType[tensor.type_name])
        return np.ascontiguousarray(plain, dtype=np.float32)

    rows = array("token_embd.weight")
    unknown = rows[-1]  # the last ids are reserved and never known
    known = np.flatnonzero((rows != unknown).any(axis=1)).astype(np.int64)
    weights = {
        "embedding": np.concatenate([unknown[None], rows[known]]),
        "unknown_output": array("output.weight")[-1],
        "final_norm": array("output_norm.weight"),
    }
    for layer in range(shape.layers):
        for ours, theirs in BLOCK_TENSORS.items():
            weights[block_name(layer, ours)] = array(f"blk.{layer}.{theirs}")
    return Checkpoint(known, weights)

"""Writes small LoRA adapters for the practice model, and broken ones."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

import gguf
import numpy as np
from numpy.typing import NDArray

from engine.gguf import ModelFacts

Array = NDArray[np.float32]
RANK = 4


def shape_of(facts: ModelFacts, target: str) -> tuple[int, ...]:
    """Shape of a weight as numpy has it: experts, outer width, inner width."""
    sizes, width = facts.geometry, facts.embedding_width
    part = target.split(".")[-2]
    shapes = {
        "attn_q": (sizes.heads * sizes.key_width, width),
        "attn_k": (sizes.kv_heads * sizes.key_width, width),
        "attn_v": (sizes.kv_heads * sizes.value_width, width),
        "attn_output": (width, sizes.heads * sizes.value_width),
        "ffn_gate_inp": (facts.experts, width),
        "ffn_gate_exps": (facts.experts, sizes.expert_width, width),
        "ffn_up_exps": (facts.experts, sizes.expert_width, width),
        "ffn_down_exps": (facts.experts, width, sizes.expert_width),
        "token_embd": (facts.vocabulary_tokens, width),
        "output": (facts.vocabulary_tokens, width),
    }
    return shapes[part]


def matrices(
    facts: ModelFacts, target: str, rank: int = RANK, seed: int = 0, size: float = 0.05
) -> tuple[Array, Array]:
    """A random pair for a weight."""
    draw = np.random.default_rng(seed)
    *experts, outer, inner = shape_of(facts, target)
    shapes = (*experts, rank, inner), (*experts, outer, rank)
    if target == "token_embd.weight":
        shapes = (outer, rank), (inner, rank)
    first, second = (draw.normal(0, size, shape).astype(np.float32) for shape in shapes)
    return first, second


def write_lora(
    path: Path,
    pairs: Mapping[str, tuple[Array, Array]],
    *,
    alpha: float | None = float(RANK),
    architecture: str = "gpt-oss",
    kind: str = "adapter",
    method: str = "lora",
    add: Callable[[Any], object] = lambda _writer: None,
    dtype: Any = np.float32,
) -> Path:
    """Write an adapter as llama.cpp's convert_lora_to_gguf.py does."""
    writer = gguf.GGUFWriter(str(path), architecture)
    writer.add_type(kind)
    writer.add_string("adapter.type", method)
    writer.add_name(path.stem)
    if alpha is not None:
        writer.add_float32("adapter.lora.alpha", alpha)
    for target, (first, second) in pairs.items():
        writer.add_tensor(f"{target}.lora_a", np.ascontiguousarray(first, dtype))
        writer.add_tensor(f"{target}.lora_b", np.ascontiguousarray(second, dtype))
    add(writer)
    writer.write_header_to_file()
    writer.write_kv_data_to_file()
    writer.write_tensors_to_file()
    writer.close()
    return path

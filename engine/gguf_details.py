"""What a model file says beyond what loading it takes: numbers of weights, licence, positions.

For people who want to compare a file with the model's published facts.
"""

from __future__ import annotations

import math
import re
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from engine.gguf import ARCHITECTURE, ModelFacts, check_file, facts_of
from engine.gguf_header import Header, TensorFacts

_MLP: Final = re.compile(r"blk\.\d+\.ffn_(?!norm)")
_ATTENTION: Final = re.compile(r"blk\.\d+\.attn_(?!norm)")
_OF_EXPERTS: Final = re.compile(r"blk\.\d+\.ffn_\w+_exps\.")
_SINKS: Final = re.compile(r"blk\.\d+\.attn_sinks\.weight\Z")


@dataclass(frozen=True, slots=True)
class WeightCounts:
    """How many weights there are, counted from the shapes of the tensors.

    Attributes:
        mlp: of experts and routers, biases included.
        attention: of queries, keys, values, outputs and sinks, biases included.
        embedding: of the token embedding.
        unembedding: of the output matrix; the embedding's once more where the file has none.
        active: those one token goes through: attention, routers, its experts and the
            unembedding, but not the embedding, of which it takes one row.
        total: all of them, norms included.
    """

    mlp: int
    attention: int
    embedding: int
    unembedding: int
    active: int
    total: int


@dataclass(frozen=True, slots=True)
class ModelDetails:
    """What a header says of a model, for reading.

    Attributes:
        facts: what loading goes by.
        counts: numbers of weights.
        expert_bits: bits that one weight of an expert takes, scales included.
        has_sinks: every block has a learned bias in the denominator of its softmax.
        kv_heads: heads of keys and values; None where the file does not say.
        head_width: width of one head; None where the file does not say.
        window_period: one block of so many looks at everything; None where the file does not
            say, as files converted by llama.cpp do not.
        position_scaling: how positions are stretched, e.g. "yarn"; None as above.
        licence: e.g. "apache-2.0"; None as above.
    """

    facts: ModelFacts
    counts: WeightCounts
    expert_bits: float
    has_sinks: bool
    kv_heads: int | None
    head_width: int | None
    window_period: int | None
    position_scaling: str | None
    licence: str | None


def read_details(path: Path) -> ModelDetails:
    """Read the header of a model file; takes about 0.1 s.  Any thread.

    Raises:
        ModelFileError: the file is missing, unreadable, damaged, cut off or another model.
    """
    checked = check_file(path)
    facts, header = facts_of(checked), checked.header
    experts = [one for one in header.tensors if one.name.endswith("_exps.weight")]
    sinks = sum(1 for one in header.tensors if _SINKS.match(one.name))
    return ModelDetails(
        facts=facts,
        counts=_counts(header, facts),
        expert_bits=8 * sum(one.size_bytes for one in experts) / _weights(experts),
        has_sinks=sinks == facts.layers,
        kv_heads=_number(header, "attention.head_count_kv"),
        head_width=_number(header, "attention.key_length"),
        window_period=_number(header, "attention.sliding_window_pattern"),
        position_scaling=_text(header, f"{ARCHITECTURE}.rope.scaling.type"),
        licence=_text(header, "general.license"),
    )


def _counts(header: Header, facts: ModelFacts) -> WeightCounts:
    tensors = header.tensors
    mlp = _weights(one for one in tensors if _MLP.match(one.name))
    attention = _weights(one for one in tensors if _ATTENTION.match(one.name))
    in_experts = _weights(one for one in tensors if _OF_EXPERTS.match(one.name))
    embedding = _weights(one for one in tensors if one.name == "token_embd.weight")
    # llama.cpp takes the embedding where there is no output matrix (openai-moe.cpp).
    unembedding = _weights(one for one in tensors if one.name == "output.weight") or embedding
    used = in_experts * facts.geometry.experts_used // facts.experts
    return WeightCounts(
        mlp=mlp,
        attention=attention,
        embedding=embedding,
        unembedding=unembedding,
        active=attention + mlp - in_experts + used + unembedding,
        total=_weights(tensors),
    )


def _weights(tensors: Iterable[TensorFacts]) -> int:
    return sum(math.prod(one.shape) for one in tensors)


def _number(header: Header, key: str) -> int | None:
    value = header.metadata.get(f"{ARCHITECTURE}.{key}")
    return value if isinstance(value, int) and not isinstance(value, bool) else None


def _text(header: Header, key: str) -> str | None:
    value = header.metadata.get(key)
    return value if isinstance(value, str) and value.strip() else None

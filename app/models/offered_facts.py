"""What the header of a model that is not here yet will say: the shapes of gpt-oss are published.

Sizes of the layers: openai/gpt-oss, gpt_oss/torch/model.py (`ModelConfig`) and the model card
(arXiv:2508.10925, table 1). Bytes: MXFP4 is 17 bytes for 32 weights, Q8_0 34 (ggml-common.h);
which tensor is of which type: the GGUF files of ggml-org. `tests/app/models/test_offered_facts.py`
holds them against a header that is written tensor by tensor.
"""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Final

from app.models.values import OfferedModel
from engine.gguf import VOCABULARY_TOKENS, Geometry, ModelFacts, WeightBytes

_WIDTH: Final = 2880
_HEADS: Final = 64
_KV_HEADS: Final = 8
_HEAD_WIDTH: Final = 64
_EXPERTS_USED: Final = 4
_TRAINED_TOKENS: Final = 131_072
_WINDOW_TOKENS: Final = 128
_FLOAT: Final = 4


@dataclass(frozen=True, slots=True)
class _Shape:
    layers: int
    experts: int


_SHAPES: Final = {"120b": _Shape(36, 128), "20b": _Shape(24, 32)}


def facts_of_offered(model: OfferedModel) -> ModelFacts | None:
    """Facts for a plan; None where it is not known which of the models it is.

    Where a file is smaller or larger than the published one, its experts are taken to be.
    """
    shape = _shape_of(model)
    if shape is None:
        return None
    embedding = _q8(_WIDTH * VOCABULARY_TOKENS)
    output = embedding + _FLOAT * _WIDTH
    block, experts = _block_bytes(shape), _expert_bytes(shape)
    known = 2 * embedding + _FLOAT * _WIDTH + shape.layers * block
    is_usual = not model.quantisation or model.quantisation.upper() == "MXFP4"
    if not is_usual and model.size_bytes > known:
        experts = (model.size_bytes - known) // shape.layers
    return ModelFacts(
        path=Path(model.parts[0].name if model.parts else model.id),
        name=model.name,
        is_practice=False,
        size_bytes=model.size_bytes or known + shape.layers * experts,
        modified_ns=0,
        quantisation=model.quantisation or "MXFP4",
        layers=shape.layers,
        experts=shape.experts,
        embedding_width=_WIDTH,
        trained_context_tokens=_TRAINED_TOKENS,
        sliding_window_tokens=_WINDOW_TOKENS,
        vocabulary_tokens=VOCABULARY_TOKENS,
        geometry=Geometry(_HEADS, _KV_HEADS, _HEAD_WIDTH, _HEAD_WIDTH, _WIDTH, _EXPERTS_USED),
        weights=WeightBytes(embedding, output, (block,) * shape.layers, (experts,) * shape.layers),
    )


def _shape_of(model: OfferedModel) -> _Shape | None:
    named = f"{model.id} {model.name} {model.repository}".lower()
    return next((shape for name, shape in _SHAPES.items() if name in named), None)


def _block_bytes(shape: _Shape) -> int:
    """Attention, norms, sinks and the router of one block."""
    queries, keys = _HEADS * _HEAD_WIDTH, _KV_HEADS * _HEAD_WIDTH
    matrices = _q8(2 * _WIDTH * queries + 2 * _WIDTH * keys)
    biases = queries + 2 * keys + _WIDTH
    router = (_WIDTH + 1) * shape.experts
    return matrices + _FLOAT * (biases + _HEADS + 2 * _WIDTH + router)


def _expert_bytes(shape: _Shape) -> int:
    """Up, gate and down of all experts of one block, with their biases."""
    return shape.experts * 3 * (_WIDTH * _WIDTH // 32 * 17 + _FLOAT * _WIDTH)


def _q8(weights: int) -> int:
    return weights // 32 * 34

"""The header of a GGUF file."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path


@dataclass(frozen=True, slots=True)
class ModelFacts:
    """What the header of a gpt-oss GGUF says.

    Attributes:
        path: the file.
        name: `general.name`, or the file's name.
        is_practice: the file is Sotto's own practice model.
        size_bytes: size of the file.
        quantisation: the most common tensor type of the expert weights, e.g. "MXFP4".
        layers: number of transformer blocks.
        experts: experts per block.
        embedding_width: width of the residual stream.
        trained_context_tokens: longest context the model was made for.
        sliding_window_tokens: window of the banded layers.
        vocabulary_tokens: number of tokens.
    """

    path: Path
    name: str
    is_practice: bool
    size_bytes: int
    quantisation: str
    layers: int
    experts: int
    embedding_width: int
    trained_context_tokens: int
    sliding_window_tokens: int
    vocabulary_tokens: int

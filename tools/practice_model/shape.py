"""The sizes of the practice model and the tokens it knows."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

NAME: Final = "gpt-oss practice model"
"""`general.name` of the file; the app tells the practice model by it."""

DESCRIPTION: Final = (
    "Tiny trained stand-in for gpt-oss-20b, for testing chat apps. It knows nothing."
)


@dataclass(frozen=True, slots=True)
class Shape:
    """Sizes of a gpt-oss model; what is not here is as in gpt-oss-20b.

    Attributes:
        layers: transformer blocks; even ones see a window, odd ones everything.
        width: of the residual stream; a multiple of 32, the block of MXFP4.
        heads: query heads.
        kv_heads: key-value heads.
        head_width: of one head.
        experts: per block.
        experts_used: of these, per token.
        expert_width: of one expert's hidden layer.
        window: reach of the even blocks in tokens.
        rope_base: YaRN's theta.
        rope_factor: YaRN's stretch.
        trained_context: positions before the stretch.
        epsilon: of the norms.
    """

    layers: int = 4
    width: int = 128
    heads: int = 4
    kv_heads: int = 2
    head_width: int = 64
    experts: int = 8
    experts_used: int = 4
    expert_width: int = 128
    window: int = 128
    rope_base: float = 150_000.0
    rope_factor: float = 32.0
    trained_context: int = 4096
    epsilon: float = 1e-5


PRACTICE: Final = Shape()

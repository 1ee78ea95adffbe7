"""A copying circuit planted into fresh weights; training refines it.

Copying does not form by itself in the few million tokens of this training.  One head of the
first block writes each token's predecessor into the stream, and one head of the second looks
for earlier places whose predecessor is the current token (Olsson et al., arXiv 2209.11895).
"""

from __future__ import annotations

from typing import Final

import torch
from torch import Tensor

from tools.practice_model.checkpoint import block_name
from tools.practice_model.shape import PRACTICE, Shape

_SHARPNESS: Final = 7.0
_MATCH: Final = 2.5
_COPY: Final = 2.0
_SINK: Final = 2.0
_MATCHED: Final = 36
"""Dimensions of a head that turn slowly enough to match over long distances."""

_FIRST_SLOW: Final = 14


def plant(weights: dict[str, Tensor], frequencies: Tensor, shape: Shape = PRACTICE) -> None:
    """Overwrite two heads of the first two blocks in place.

    Args:
        weights: fresh weights.
        frequencies: of the rotary positions, as the model uses them.
        shape: sizes of the model.
    """
    draw = torch.Generator().manual_seed(0)
    width, half = shape.head_width, shape.head_width // 2
    scale = weights["embedding"][1:].norm(dim=1).median() / 8.0

    def directions() -> Tensor:
        square, _ = torch.linalg.qr(torch.randn(shape.width, shape.width, generator=draw))
        return square[:, :width].contiguous()

    read, written, copied = directions(), directions(), directions()
    _plant_previous_token(weights, frequencies.float(), half)
    weights[block_name(0, "value")][:width] = read.T
    weights[block_name(0, "output")][:, :width] = written * scale
    weights[block_name(0, "output")][:, width : 2 * width] = 0.0
    slow = torch.cat([torch.arange(_FIRST_SLOW, half), torch.arange(half + _FIRST_SLOW, width)])
    key, query = weights[block_name(1, "key")], weights[block_name(1, "query")]
    key[:width] = 0.0
    key[slow] = _MATCH * written[:, :_MATCHED].T
    for head, strength in enumerate((1.0, 0.5)):
        query[head * width : (head + 1) * width] = 0.0
        query[head * width + slow] = strength * _MATCH * read[:, :_MATCHED].T
    weights[block_name(1, "value")][:width] = copied.T
    weights[block_name(1, "output")][:, :width] = copied * (_COPY * scale)
    weights[block_name(1, "output")][:, width : 2 * width] = 0.0
    weights[block_name(1, "sinks")][:2] = _SINK


def _plant_previous_token(weights: dict[str, Tensor], frequencies: Tensor, half: int) -> None:
    """Constant keys, and queries turned so that the score peaks one and two tokens back."""
    width = 2 * half
    key_bias = torch.zeros(width)
    key_bias[:half] = _SHARPNESS
    weights[block_name(0, "key")][:width] = 0.0
    weights[block_name(0, "key_bias")][:width] = key_bias
    for head, distance in enumerate((1, 2)):
        rows = slice(head * width, (head + 1) * width)
        turned = torch.cat([torch.cos(-frequencies * distance), torch.sin(-frequencies * distance)])
        weights[block_name(0, "query")][rows] = 0.0
        weights[block_name(0, "query_bias")][rows] = _SHARPNESS * turned

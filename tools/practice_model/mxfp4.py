"""Rounding to MXFP4 as the app's model file stores its experts.

Blocks of 32 weights share a power of two; each weight is one of 16 values (OCP Microscaling
Formats 1.0, section 5.3).  gguf-py packs the rounded weights without a further change.
"""

from __future__ import annotations

from typing import Final

import numpy as np
from numpy.typing import NDArray

BLOCK: Final = 32
_VALUES: Final = np.array([0.0, 0.5, 1.0, 1.5, 2.0, 3.0, 4.0, 6.0], np.float32)
_MIDDLES: Final = np.array([0.25, 0.75, 1.25, 1.75, 2.5, 3.5, 5.0], np.float32)
"""Halfway between two values; a weight that lies there goes to the lower one."""

_SMALLEST: Final = np.float32(1e-30)


def rounded(weights: NDArray[np.float32]) -> NDArray[np.float32]:
    """The nearest weights that MXFP4 can hold; the last axis is a multiple of 32."""
    blocks = weights.reshape(-1, BLOCK)
    largest = np.maximum(np.abs(blocks).max(axis=1, keepdims=True), _SMALLEST)
    _, exponent = np.frexp(largest)  # largest = m * 2**exponent with 0.5 <= m < 1
    scale = np.ldexp(np.float32(1.0), exponent - 3).astype(np.float32)
    places = np.searchsorted(_MIDDLES, np.abs(blocks) / scale, side="left")
    result: NDArray[np.float32] = _VALUES[places] * np.sign(blocks) * scale
    return result.reshape(weights.shape)

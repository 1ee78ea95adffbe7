"""What prompt sync needs of a KV cache, and the copies it makes of one.  Engine thread only."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Protocol

import numpy as np
from numpy.typing import NDArray

from engine.llama.binding import Logits

StateBytes = NDArray[np.uint8]


@dataclass(frozen=True, slots=True, eq=False)
class Snapshot:
    """llama.cpp's copy of the chat's sequence, good for the context that made it only.

    Attributes:
        owner: number of that context, never used twice in a process.
        is_whole: every layer; False is the sliding-window layers alone.
        size_bytes: what llama.cpp wrote.
        data: read-only, shape (size_bytes,).
    """

    owner: int
    is_whole: bool
    size_bytes: int
    data: StateBytes = field(repr=False)


class TokenMemory(Protocol):
    """The part of `engine.llama.context.Context` that sync needs."""

    @property
    def ubatch_tokens(self) -> int:
        """Most tokens of one decode."""
        ...

    @property
    def window_tokens(self) -> int:
        """Reach of the sliding-window layers."""
        ...

    def decode(self, tokens: Sequence[int], position: int, *, wants_logits: bool) -> bool:
        """Evaluate tokens; False when it was ended by the abort flag and changed nothing."""
        ...

    def logits(self) -> Logits:
        """View of the logits after the last token that wanted them."""
        ...

    def first_window_position(self) -> int:
        """Smallest position the sliding-window layers hold."""
        ...

    def remove_from(self, position: int) -> None:
        """Forget tokens from `position` on."""
        ...

    def save_window(self) -> Snapshot:
        """Copy of the sliding-window cache."""
        ...

    def save_chat(self, most_bytes: int) -> Snapshot | None:
        """Copy of every layer, the sliding-window ones as far as the next token reaches.

        None when it would take more than `most_bytes`, or there is no memory for it.
        """
        ...

    def restore(self, snapshot: Snapshot) -> bool:
        """Put a copy back in place of what is there; False when that failed."""
        ...

    def clear(self) -> None:
        """Forget everything."""
        ...

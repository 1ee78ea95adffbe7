"""Places along the tokens in the KV cache to which it can go back.  Engine thread only."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from typing import Final

from engine.llama.binding import Logits
from engine.llama.token_memory import Snapshot

CHECKPOINT_BUDGET_BYTES: Final = 128 * 1024 * 1024
"""RAM for checkpoints: about 33 of gpt-oss-20b's (3.0 MiB + 0.8 MB of logits each)."""


@dataclass(slots=True, eq=False)
class Checkpoint:
    """The sliding-window layers as they were after `length` tokens.

    Valid only while the base cache still holds those very tokens, so a checkpoint is
    dropped when the tokens before it change.

    Attributes:
        length: number of tokens in the cache when it was taken.
        window: llama.cpp's copy of the sliding-window cache.
        logits: the logits after the last of them, where they were computed.
    """

    length: int
    window: Snapshot = field(repr=False)
    logits: Logits | None = field(repr=False, default=None)

    @property
    def size_bytes(self) -> int:
        """RAM it takes."""
        return self.window.size_bytes + (0 if self.logits is None else self.logits.nbytes)


class Checkpoints:
    """The checkpoints along one list of tokens; the least recently used ones go first.

    Args:
        budget_bytes: RAM they may take together.
        checkpoints: to begin with, least recently used first.
    """

    def __init__(self, budget_bytes: int, checkpoints: Iterable[Checkpoint] = ()) -> None:
        self._budget_bytes = budget_bytes
        self._checkpoints = list(checkpoints)

    def __iter__(self) -> Iterator[Checkpoint]:
        return iter(self._checkpoints)

    @property
    def lengths(self) -> tuple[int, ...]:
        """Where they stand, in order of position."""
        return tuple(sorted(checkpoint.length for checkpoint in self._checkpoints))

    @property
    def size_bytes(self) -> int:
        """RAM they take together."""
        return sum(checkpoint.size_bytes for checkpoint in self._checkpoints)

    def best(self, keep: int, wanted: int, *, wants_logits: bool) -> Checkpoint | None:
        """The longest that is of use.

        Args:
            keep: tokens that may stay.
            wanted: tokens of the target.
            wants_logits: at the target's very end, it must know the last token's logits.
        """
        usable = (
            checkpoint
            for checkpoint in self._checkpoints
            if checkpoint.length <= keep
            and (checkpoint.length < wanted or checkpoint.logits is not None or not wants_logits)
        )
        return max(usable, key=lambda checkpoint: checkpoint.length, default=None)

    def add(self, checkpoint: Checkpoint) -> None:
        """Take one in, in place of one of the same length."""
        self._checkpoints = [one for one in self._checkpoints if one.length != checkpoint.length]
        self._checkpoints.append(checkpoint)
        while self._checkpoints and self.size_bytes > self._budget_bytes:
            del self._checkpoints[0]

    def use(self, checkpoint: Checkpoint) -> None:
        """Note that one was used."""
        self._checkpoints.remove(checkpoint)
        self._checkpoints.append(checkpoint)

    def cut(self, length: int) -> None:
        """Drop those that stand behind `length` tokens."""
        self._checkpoints = [one for one in self._checkpoints if one.length <= length]

    def clear(self) -> None:
        """Drop all."""
        self._checkpoints = []

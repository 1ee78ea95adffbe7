"""Brings the KV cache from the tokens it holds to the tokens that are wanted.

Proof of correctness is the logits: after `PromptCache.sync` they equal those of a fresh
prefill (tests/engine/llama/test_sync.py).  Nothing here knows of harmony.  Engine thread only.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import Final, Protocol

from engine.llama.binding import Logits

CHECKPOINT_BUDGET_BYTES: Final = 128 * 1024 * 1024
"""RAM for checkpoints: about 33 of gpt-oss-20b's (3.0 MiB + 0.8 MB of logits each)."""


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

    def save_window(self) -> bytes:
        """Copy of the sliding-window cache."""
        ...

    def restore_window(self, data: bytes) -> bool:
        """Put a copy back."""
        ...

    def clear(self) -> None:
        """Forget everything."""
        ...


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
    window: bytes = field(repr=False)
    logits: Logits | None = field(repr=False, default=None)

    @property
    def size_bytes(self) -> int:
        """RAM it takes."""
        return len(self.window) + (0 if self.logits is None else self.logits.nbytes)


@dataclass(frozen=True, slots=True)
class SyncResult:
    """What a sync did.

    Attributes:
        reused_tokens: tokens that were already in the cache.
        read_tokens: tokens evaluated.
        is_complete: False when it was stopped; the cache then holds a beginning of the target.
    """

    reused_tokens: int
    read_tokens: int
    is_complete: bool


def common_prefix_length(first: Sequence[int], second: Sequence[int]) -> int:
    """Number of ids two lists begin with alike."""
    low, high = 0, min(len(first), len(second))
    if first[:high] == second[:high]:
        return high
    while low < high:  # [:low] is alike, [:high] is not
        middle = (low + high) // 2
        if first[low : middle + 1] == second[low : middle + 1]:
            low = middle + 1
        else:
            high = middle
    return low


class PromptCache:
    """The exact tokens of the chat in the KV cache, and the checkpoints along them.

    Args:
        memory: the context.
        budget_bytes: RAM for checkpoints; the least recently used ones go first.
    """

    def __init__(self, memory: TokenMemory, budget_bytes: int = CHECKPOINT_BUDGET_BYTES) -> None:
        self._memory = memory
        self._budget_bytes = budget_bytes
        self._tokens: list[int] = []
        self._checkpoints: list[Checkpoint] = []  # least recently used first
        self._logits: Logits | None = None  # of the last token, when they are known

    @property
    def tokens(self) -> Sequence[int]:
        """The ids in the cache.  Not to be changed."""
        return self._tokens

    @property
    def checkpoint_lengths(self) -> tuple[int, ...]:
        """Where checkpoints stand, in order of position."""
        return tuple(sorted(checkpoint.length for checkpoint in self._checkpoints))

    def logits(self) -> Logits:
        """Logits after the last token: valid until the next call of `sync` or `append`.

        Raises:
            ValueError: they were not asked for.
        """
        if self._logits is None:
            raise ValueError("the last token was evaluated without logits")
        return self._logits

    def reset(self) -> None:
        """Forget everything, for instance after a failed decode."""
        self._memory.clear()
        self._tokens = []
        self._checkpoints = []
        self._logits = None

    def append(self, token: int) -> bool:
        """Evaluate one more token, with logits; False when the abort flag ended it.

        Raises:
            ValueError: the context is full, or there is no such token.
            DecodeError: llama.cpp failed.
        """
        self._logits = None
        if not self._memory.decode((token,), len(self._tokens), wants_logits=True):
            return False
        self._tokens.append(token)
        self._logits = self._memory.logits()
        return True

    def sync(
        self,
        target: Sequence[int],
        *,
        marks: Sequence[int] = (),
        should_stop: Callable[[], bool] = lambda: False,
        on_progress: Callable[[int, int, int], None] = lambda _reused, _done, _total: None,
        keeps_end: bool = True,
        wants_logits: bool = True,
    ) -> SyncResult:
        """Make the cache hold exactly `target`.

        Args:
            target: at least one id.
            marks: lengths at which a checkpoint is worth a cut of the chunk.
            should_stop: asked before each chunk.
            on_progress: gets tokens reused, tokens read so far and tokens to read in all.
            keeps_end: take a checkpoint at the end.
            wants_logits: the logits after the last token are needed.

        Raises:
            ValueError: the target does not fit, or is empty.
            DecodeError: llama.cpp failed; the cache must be `reset`.
        """
        if not target:
            raise ValueError("nothing to read")
        ids = list(target)
        reused = self._roll_back(ids, wants_logits)
        total = len(ids) - reused
        on_progress(reused, 0, total)
        while len(self._tokens) < len(ids):
            if should_stop() or not self._read_chunk(ids, marks, wants_logits):
                if should_stop():
                    return SyncResult(reused, len(self._tokens) - reused, is_complete=False)
                continue  # an abort meant for something that is over by now
            on_progress(reused, len(self._tokens) - reused, total)
        if keeps_end:
            self._take_checkpoint()
        return SyncResult(reused, total, is_complete=True)

    def _read_chunk(self, ids: list[int], marks: Sequence[int], wants_logits: bool) -> bool:
        start = len(self._tokens)
        end = min(start + self._memory.ubatch_tokens, len(ids))
        end = min((mark for mark in marks if start < mark < end), default=end)
        has_logits = wants_logits and end == len(ids)
        self._logits = None
        if not self._memory.decode(ids[start:end], start, wants_logits=has_logits):
            return False
        self._tokens += ids[start:end]
        self._logits = self._memory.logits() if has_logits else None
        if end in marks and end < len(ids):
            self._take_checkpoint()
        return True

    def _roll_back(self, ids: list[int], wants_logits: bool) -> int:
        """Bring the cache to a beginning of `ids` exactly; returns its length."""
        keep = common_prefix_length(self._tokens, ids)
        needs_last = wants_logits and self._logits is None
        if keep == len(self._tokens) and not (needs_last and keep == len(ids)):
            return keep
        checkpoint = self._best_checkpoint(keep, len(ids), wants_logits)
        # Without a checkpoint that kept the last token's logits, that token is read again.
        keep = min(keep, len(ids) - wants_logits)
        # At the very place a checkpoint beats a cut, which would leave the window's cells in
        # another order and so round otherwise; it may even know the last token's logits.
        if checkpoint is not None and checkpoint.length >= keep:
            return self._restore(checkpoint)
        if keep > 0 and self._window_reaches(keep):
            self._cut(keep)
            return keep
        if checkpoint is not None:
            return self._restore(checkpoint)
        self.reset()
        return 0

    def _window_reaches(self, keep: int) -> bool:
        """Whether cutting to `keep` tokens leaves the sliding-window layers whole.

        llama.cpp itself never says so: `llama_memory_seq_rm` returns True and the next
        decode attends to an emptied window (engine.md 1.2).
        """
        first = self._memory.first_window_position()
        return 0 <= first <= max(0, keep - self._memory.window_tokens)

    def _best_checkpoint(self, keep: int, wanted: int, wants_logits: bool) -> Checkpoint | None:
        usable = (
            checkpoint
            for checkpoint in self._checkpoints
            if checkpoint.length <= keep
            and (checkpoint.length < wanted or checkpoint.logits is not None or not wants_logits)
        )
        return max(usable, key=lambda checkpoint: checkpoint.length, default=None)

    def _cut(self, keep: int) -> None:
        self._memory.remove_from(keep)
        del self._tokens[keep:]
        self._checkpoints = [one for one in self._checkpoints if one.length <= keep]
        self._logits = None

    def _restore(self, checkpoint: Checkpoint) -> int:
        # The window first, then the base cache (engine.md 1.3).
        if not self._memory.restore_window(checkpoint.window):
            self.reset()
            return 0
        self._cut(checkpoint.length)
        self._logits = checkpoint.logits
        self._checkpoints.remove(checkpoint)
        self._checkpoints.append(checkpoint)  # now the most recently used
        return checkpoint.length

    def _take_checkpoint(self) -> None:
        length = len(self._tokens)
        self._checkpoints = [one for one in self._checkpoints if one.length != length]
        logits = None if self._logits is None else self._logits.copy()
        self._checkpoints.append(Checkpoint(length, self._memory.save_window(), logits))
        while sum(one.size_bytes for one in self._checkpoints) > self._budget_bytes:
            del self._checkpoints[0]

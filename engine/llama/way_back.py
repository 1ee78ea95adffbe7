"""How far a KV cache can go back towards other tokens.  Pure; nothing is changed here."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from engine.llama.checkpoints import Checkpoint, Checkpoints


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


@dataclass(frozen=True, slots=True)
class WayBack:
    """Where a cache can go back to, and the checkpoint that is needed for it, if any."""

    length: int
    checkpoint: Checkpoint | None = None


def way_back(
    tokens: list[int],
    ids: list[int],
    checkpoints: Checkpoints,
    first_window_position: int,
    window_tokens: int,
    *,
    wants_logits: bool = True,
    has_logits: bool = False,
) -> WayBack:
    """How a cache can be brought to a beginning of `ids` exactly.

    A cut leaves the sliding-window layers whole only where they reach far enough back.
    llama.cpp itself never says so: `llama_memory_seq_rm` returns True and the next decode
    attends to an emptied window (engine.md 1.2).

    Args:
        tokens: what is in the cache.
        ids: what is wanted.
        checkpoints: along `tokens`.
        first_window_position: smallest position the sliding-window layers hold; -1 is none.
        window_tokens: their reach.
        wants_logits: the logits after the last of `ids` are needed.
        has_logits: those after the last of `tokens` are known.
    """
    keep = common_prefix_length(tokens, ids)
    needs_last = wants_logits and not has_logits
    if keep == len(tokens) and not (needs_last and keep == len(ids)):
        return WayBack(keep)
    checkpoint = checkpoints.best(keep, len(ids), wants_logits=wants_logits)
    # Without a checkpoint that kept the last token's logits, that token is read again.
    keep = min(keep, len(ids) - wants_logits)
    # At the very place a checkpoint beats a cut, which would leave the window's cells in
    # another order and so round otherwise; it may even know the last token's logits.
    if checkpoint is not None and checkpoint.length >= keep:
        return WayBack(checkpoint.length, checkpoint)
    if keep > 0 and 0 <= first_window_position <= max(0, keep - window_tokens):
        return WayBack(keep)
    return WayBack(0) if checkpoint is None else WayBack(checkpoint.length, checkpoint)

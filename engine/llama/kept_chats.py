"""Whole KV states of the chats that were answered before, in RAM.  Engine thread only."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Final

import psutil

from engine.llama.checkpoints import Checkpoint, Checkpoints
from engine.llama.token_memory import Snapshot
from engine.llama.way_back import way_back

KEPT_MOST_BYTES: Final = 2 * 1024**3
"""Two to three chats of gpt-oss-20b that fill 32k tokens, or some ten of the usual length."""

KEPT_PART_OF_FREE: Final = 8
"""No more than an eighth of the RAM that is free when the model is loaded."""


def kept_bytes(asked_bytes: int) -> int:
    """RAM for kept chats: what was asked for, the default for 0, none for less."""
    if asked_bytes:
        return max(0, asked_bytes)
    free_bytes = int(psutil.virtual_memory().available)
    return min(KEPT_MOST_BYTES, free_bytes // KEPT_PART_OF_FREE)


@dataclass(frozen=True, slots=True, eq=False)
class KeptChat:
    """What the KV cache held of a chat when another one took its place.

    Attributes:
        chat: the caller's key, "" for none.
        tokens: the ids, none of them a thought; not to be changed.
        state: every layer after the last of them.
        checkpoints: places further in front to which it can go back.
    """

    chat: str
    tokens: list[int] = field(repr=False)
    state: Snapshot = field(repr=False)
    checkpoints: tuple[Checkpoint, ...] = field(repr=False, default=())

    @property
    def size_bytes(self) -> int:
        """RAM it takes."""
        return self.state.size_bytes + sum(one.size_bytes for one in self.checkpoints)


@dataclass(frozen=True, slots=True)
class Reusable:
    """The kept chat that saves most for some tokens, and how many of them; None and 0: none."""

    chat: KeptChat | None = None
    length: int = 0


class KeptChats:
    """The last chats, least recently used first, within a RAM budget.

    Several branches of one chat may be among them: which one is of use is decided by the ids.

    Args:
        budget_bytes: RAM they may take together; 0 keeps none.
    """

    def __init__(self, budget_bytes: int) -> None:
        self.budget_bytes = budget_bytes
        self._kept: list[KeptChat] = []

    def __iter__(self) -> Iterator[KeptChat]:
        return iter(self._kept)

    def __len__(self) -> int:
        return len(self._kept)

    @property
    def size_bytes(self) -> int:
        """RAM they take together."""
        return sum(kept.size_bytes for kept in self._kept)

    def add(self, kept: KeptChat) -> None:
        """Keep one more; beginnings of it are no longer needed, and the oldest ones make room."""
        count = len(kept.tokens)
        self._kept = [
            one
            for one in self._kept
            if len(one.tokens) > count or one.tokens != kept.tokens[: len(one.tokens)]
        ]
        self._kept.append(kept)
        while self._kept and self.size_bytes > self.budget_bytes:
            del self._kept[0]

    def best(self, ids: list[int], window_tokens: int) -> Reusable:
        """The one that saves most.

        Its window begins where the next token's reach does: llama.cpp writes no more of it.

        Args:
            ids: what is wanted.
            window_tokens: reach of the sliding-window layers.
        """
        best = Reusable()
        for kept in self._kept:
            first = max(0, len(kept.tokens) - window_tokens)
            checkpoints = Checkpoints(self.budget_bytes, kept.checkpoints)
            length = way_back(kept.tokens, ids, checkpoints, first, window_tokens).length
            if length > best.length:
                best = Reusable(kept, length)
        return best

    def take(self, kept: KeptChat) -> None:
        """One goes back into the KV cache and is kept no longer."""
        self._kept.remove(kept)

    def forget(self, chat: str) -> None:
        """Drop what is kept of a chat."""
        self._kept = [kept for kept in self._kept if kept.chat != chat]

    def clear(self) -> None:
        """Drop all."""
        self._kept = []

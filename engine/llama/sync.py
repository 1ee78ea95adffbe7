"""Brings the KV cache from the tokens it holds to the tokens that are wanted.

Proof of correctness is the logits: after `PromptCache.sync` they equal those of a fresh
prefill (tests/engine/llama/test_sync.py).  Nothing here knows of harmony.  Engine thread only.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Final

from engine.llama.binding import Logits
from engine.llama.checkpoints import CHECKPOINT_BUDGET_BYTES
from engine.llama.held_tokens import HeldTokens
from engine.llama.kept_chats import KeptChat, KeptChats, Reusable
from engine.llama.token_memory import TokenMemory
from engine.llama.way_back import common_prefix_length
from engine.reading_speed import ReadingSpeed

WORTH_KEEPING_TOKENS: Final = 64
"""Reading fewer tokens again costs less than a copy of the whole state."""

WORTH_KEEPING_PART: Final = 8
"""A copy is made when more than an eighth of what is there would be lost.

Copying costs 24 KiB a token, 3 to 4 us; reading again 100 to 300 us (engine.md 1.4, 3.2).  So
a copy that is needed once in four times pays from about a ninth on.
"""


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


class PromptCache:
    """The exact tokens of the chat in the KV cache, and the ways back along them.

    Args:
        memory: the context.
        budget_bytes: RAM for checkpoints; the least recently used ones go first.
        kept_bytes: RAM for the whole states of chats that were answered before; 0 keeps none.
    """

    def __init__(
        self,
        memory: TokenMemory,
        budget_bytes: int = CHECKPOINT_BUDGET_BYTES,
        kept_bytes: int = 0,
    ) -> None:
        self._memory = memory
        self._held = HeldTokens(memory, budget_bytes)
        self._chat = ""
        self.kept = KeptChats(kept_bytes)
        """Chats that wait in RAM.  Not to be changed from outside."""
        self.speed = ReadingSpeed()
        """How fast this model reads on this machine."""

    @property
    def tokens(self) -> Sequence[int]:
        """The ids in the cache.  Not to be changed."""
        return self._held.tokens

    @property
    def checkpoint_lengths(self) -> tuple[int, ...]:
        """Where checkpoints stand, in order of position."""
        return self._held.checkpoints.lengths

    def logits(self) -> Logits:
        """Logits after the last token: valid until the next call of `sync` or `extend`.

        Raises:
            ValueError: they were not asked for.
        """
        if self._held.logits is None:
            raise ValueError("the last token was evaluated without logits")
        return self._held.logits

    def keep_logits(self) -> None:
        """Others are about to use the context: copy the logits that it would write over."""
        if self._held.logits is not None:
            self._held.logits = self._held.logits.copy()

    def reset(self) -> None:
        """Forget what is in the KV cache, for instance after a failed decode.

        Kept chats are copies made before, and stay.
        """
        self._held.clear()

    def extend(self, tokens: Sequence[int], *, reads_logits: bool = True) -> bool:
        """Evaluate more tokens, with logits after the last one.

        Args:
            tokens: at least one id.
            reads_logits: False where the device draws the next token and keeps the logits.

        Returns:
            False when the abort flag ended it; `tokens` then tells how far it came.

        Raises:
            ValueError: the context is full, or there is no such token.
            DecodeError: llama.cpp failed.
        """
        most = self._memory.ubatch_tokens
        if len(tokens) <= most:  # each token of an answer comes this way
            return self._held.evaluate(tokens, has_logits=True, reads_logits=reads_logits)
        for start in range(0, len(tokens), most):
            is_last = start + most >= len(tokens)
            part = tokens[start : start + most]
            if not self._held.evaluate(part, has_logits=is_last, reads_logits=reads_logits):
                return False
        return True

    # ---- other chats

    def turn_to(self, chat: str, target: Sequence[int]) -> None:
        """Put the state with the cheapest way to `target` into the KV cache, before a `sync`.

        What would be lost by that is kept, where it is worth it.

        Args:
            chat: the caller's key of the chat that `target` belongs to.
            target: at least one id.
        """
        ids = list(target)
        live = self._held.way_back(ids, wants_logits=True).length
        best = self.kept.best(ids, self._memory.window_tokens)
        kept = best.chat if _is_better(best, live) else None
        stays = live if kept is None else common_prefix_length(self._held.tokens, kept.tokens)
        if kept is not None:
            self.kept.take(kept)  # before another one can push it out
        lost = self._held.settled - stays
        if lost >= max(WORTH_KEEPING_TOKENS, self._held.settled // WORTH_KEEPING_PART):
            self._keep(stays)
        if kept is not None:
            self._held.bring_back(kept)
        self._chat = chat

    def settle(self, length: int) -> None:
        """Only the first `length` tokens are worth keeping; thoughts stand behind them."""
        self._held.settled = min(length, len(self._held.tokens))

    def forget(self, chat: str) -> None:
        """Drop everything of a chat, here and among those kept."""
        self.kept.forget(chat)
        if chat == self._chat:
            self.reset()

    def foresee(self, target: Sequence[int]) -> int:
        """Tokens of `target` that `turn_to` and `sync` would find; changes nothing."""
        ids = list(target)
        live = self._held.way_back(ids, wants_logits=True).length
        kept = self.kept.best(ids, self._memory.window_tokens)
        return kept.length if _is_better(kept, live) else live

    def _keep(self, stays: int) -> None:
        """Copy what is settled into RAM, without the thoughts behind it.

        `stays` tokens go on being used.  Where only the window's depth allows going back to
        them, it must not be given up for a checkpoint, which holds no more than the window.
        """
        held = self._held
        first = self._memory.first_window_position()
        if 0 <= first <= max(0, stays - self._memory.window_tokens):
            held.cut(held.settled)
        else:
            held.roll_back(held.tokens[: held.settled], wants_logits=False)
        if len(held.tokens) < WORTH_KEEPING_TOKENS:
            return
        state = self._memory.save_chat(self.kept.budget_bytes)
        if state is not None:
            tokens = held.tokens.copy()
            self.kept.add(KeptChat(self._chat, tokens, state, tuple(held.checkpoints)))

    # ---- reading

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
        began = time.perf_counter()
        ids = list(target)
        reused = self._held.roll_back(ids, wants_logits=wants_logits)
        total = len(ids) - reused
        on_progress(reused, 0, total)
        while len(self._held.tokens) < len(ids):
            if should_stop() or not self._read_chunk(ids, marks, wants_logits):
                if should_stop():
                    return SyncResult(reused, len(self._held.tokens) - reused, is_complete=False)
                continue  # an abort meant for something that is over by now
            on_progress(reused, len(self._held.tokens) - reused, total)
        if keeps_end:
            self._held.take_checkpoint()
        if wants_logits:  # otherwise a GPU may still be at work
            self.speed.add(total, time.perf_counter() - began)
        return SyncResult(reused, total, is_complete=True)

    def _read_chunk(self, ids: list[int], marks: Sequence[int], wants_logits: bool) -> bool:
        start = len(self._held.tokens)
        end = min(start + self._memory.ubatch_tokens, len(ids))
        end = min((mark for mark in marks if start < mark < end), default=end)
        has_logits = wants_logits and end == len(ids)
        if not self._held.evaluate(ids[start:end], has_logits=has_logits):
            return False
        self._held.settled = len(self._held.tokens)
        if end in marks and end < len(ids):
            self._held.take_checkpoint()
        return True


def _is_better(kept: Reusable, live: int) -> bool:
    """Whether a kept chat saves enough to pay for copying it back."""
    return kept.length >= live + WORTH_KEEPING_TOKENS

"""Everything that can happen to a KV cache in any order, against one that forgets nothing.

`SOTTO_THOROUGH=1` runs many times as many walks.
"""

from __future__ import annotations

import os
from collections.abc import Sequence
from typing import cast

import numpy as np
from hypothesis import HealthCheck, Phase, settings
from hypothesis import strategies as st
from hypothesis.stateful import (
    RuleBasedStateMachine,
    initialize,
    invariant,
    rule,
    run_state_machine_as_test,
)

from engine.llama.context import Context
from engine.llama.sync import PromptCache
from engine.llama.token_memory import Snapshot
from tests.engine.conftest import MakeContext
from tests.engine.llama.test_sync import PROBE, ROUNDING, Twins, random_ids

CONTEXT_TOKENS = 1024
UBATCH_TOKENS = 128
MOST_TOKENS = 900

places = st.floats(0.0, 1.0)
seeds = st.integers(0, 10_000)
lengths = st.integers(1, 220)
chats = st.sampled_from(["a", "b", "c"])


class KeepingTwins(Twins):
    """Twins whose whole states are copied and brought back together."""

    def __init__(self, tested: Context, whole: Context) -> None:
        super().__init__(tested, whole)
        self._of_whole: dict[int, Snapshot] = {}
        self._alive: list[Snapshot] = []  # an id is not used again while its object lives
        self.save_chat = self._save_chat
        self.restore = self._restore

    def _save_chat(self, most_bytes: int) -> Snapshot | None:
        state = self.tested.save_chat(most_bytes)
        copy = self.whole.save_chat(1 << 40)
        assert copy is not None
        if state is not None:
            self._of_whole[id(state)] = copy
            self._alive.append(state)
        return state

    def _restore(self, snapshot: Snapshot) -> bool:
        if snapshot.is_whole:
            assert self.whole.restore(self._of_whole[id(snapshot)])
        return self.tested.restore(snapshot)


class Walk(RuleBasedStateMachine):
    """A person who writes, edits, branches, stops and goes from chat to chat."""

    def __init__(self, tested: Context, whole: Context) -> None:
        super().__init__()
        self.twins = KeepingTwins(tested, whole)
        self.chat = "a"
        self.wanted: dict[str, list[list[int]]] = {}  # the branches of each chat

    @initialize(
        windows=st.sampled_from([0, 1_000_000, 4_000_000, 1 << 27]),
        kept=st.sampled_from([0, 1_500_000, 1 << 28]),
        seed=seeds,
    )
    def begin(self, windows: int, kept: int, seed: int) -> None:
        self.twins.clear()
        self.budgets = (windows, kept)
        self.cache = PromptCache(self.twins, windows, kept)
        self.wanted = {
            chat: [[1, *random_ids(seed + number, 150)]] for number, chat in enumerate("abc")
        }
        self._go(self.wanted["a"][-1])

    def _go(self, ids: Sequence[int], marks: Sequence[int] = ()) -> None:
        """Bring the cache to some tokens as a turn does, and hold it to what it foresaw."""
        ids = list(ids)[:MOST_TOKENS]
        self.wanted[self.chat].append(ids)
        foreseen = self.cache.foresee(ids)
        self.cache.turn_to(self.chat, ids)
        result = self.cache.sync(ids, marks=marks)
        assert result.is_complete
        assert result.reused_tokens == foreseen
        assert result.reused_tokens + result.read_tokens == len(ids)
        assert list(self.cache.tokens) == ids

    @property
    def ids(self) -> list[int]:
        return self.wanted[self.chat][-1]

    @rule(count=lengths, seed=seeds, mark=places)
    def write(self, count: int, seed: int, mark: float) -> None:
        self._go(self.ids + random_ids(seed, count), marks=(int(mark * MOST_TOKENS),))

    @rule(place=places, count=lengths, seed=seeds)
    def edit(self, place: float, count: int, seed: int) -> None:
        keep = 1 + int(place * (len(self.ids) - 1))
        self._go(self.ids[:keep] + random_ids(seed, count))

    @rule(pick=places)
    def go_to_another_branch(self, pick: float) -> None:
        branches = self.wanted[self.chat]
        self._go(branches[int(pick * (len(branches) - 1))])

    @rule(seed=seeds)
    def change_the_effort(self, seed: int) -> None:
        self._go([2 + seed % 3, *self.ids[1:]])

    @rule(chat=chats)
    def go_to_another_chat(self, chat: str) -> None:
        self.chat = chat
        self._go(self.ids)

    @rule(chat=chats)
    def forget_a_chat(self, chat: str) -> None:
        self.cache.forget(chat)
        assert all(kept.chat != chat for kept in self.cache.kept)

    @rule(count=st.integers(1, 60), seed=seeds)
    def be_answered_anew(self, count: int, seed: int) -> None:
        self._go(self.ids)
        for token in random_ids(seed, min(count, CONTEXT_TOKENS - len(self.ids) - 1)):
            assert self.cache.extend((token,))
        self._go(self.ids)

    @rule(count=st.integers(1, 60), said=st.integers(1, 40), seed=seeds)
    def be_answered_and_read_ahead(self, count: int, said: int, seed: int) -> None:
        """Thoughts are sampled, then the answer takes their place without logits."""
        self._go(self.ids)
        prompt = list(self.ids)
        for token in random_ids(seed, min(count, CONTEXT_TOKENS - len(prompt) - 1)):
            assert self.cache.extend((token,))
        self.cache.settle(len(prompt))
        answered = (prompt + random_ids(seed + 1, said))[:MOST_TOKENS]
        self.cache.sync(answered, wants_logits=False)
        self.wanted[self.chat].append(answered)
        assert list(self.cache.tokens) == answered

    @rule(count=lengths, seed=seeds, chunks=st.integers(0, 2))
    def stop_while_reading(self, count: int, seed: int, chunks: int) -> None:
        ids = (self.ids + random_ids(seed, count))[:MOST_TOKENS]
        left = iter(range(chunks))
        result = self.cache.sync(ids, should_stop=lambda: next(left, None) is None)
        assert list(self.cache.tokens) == ids[: len(self.cache.tokens)]
        assert result.is_complete == (len(self.cache.tokens) == len(ids))

    @invariant()
    def budgets_hold(self) -> None:
        if self.wanted:
            windows, kept = self.budgets
            assert self.cache._held.checkpoints.size_bytes <= windows
            assert self.cache.kept.size_bytes <= kept

    @invariant()
    def the_next_token_is_that_of_a_cache_that_forgets_nothing(self) -> None:
        if self.wanted and len(self.cache.tokens) < CONTEXT_TOKENS:
            tokens = list(self.cache.tokens)
            assert self.cache.extend((PROBE,))
            difference = np.abs(self.cache.logits() - self.twins.whole.logits()).max()
            assert difference < ROUNDING  # the cells stand in another order, and sums with them
            assert list(self.cache.tokens) == [*tokens, PROBE]


def test_any_walk_through_chats_equals_a_cache_that_forgets_nothing(
    make_context: MakeContext,
) -> None:
    tested = make_context(CONTEXT_TOKENS, UBATCH_TOKENS)
    whole = make_context(CONTEXT_TOKENS, UBATCH_TOKENS, has_full_window=True)
    is_thorough = bool(os.environ.get("SOTTO_THOROUGH"))
    run_state_machine_as_test(
        cast("type[RuleBasedStateMachine]", lambda: Walk(tested, whole)),  # any factory will do
        settings=settings(
            max_examples=400 if is_thorough else 6,
            stateful_step_count=25 if is_thorough else 12,
            deadline=None,
            database=None,
            derandomize=not is_thorough,
            phases=[Phase.generate, Phase.shrink] if is_thorough else [Phase.generate],
            suppress_health_check=list(HealthCheck),
        ),
    )

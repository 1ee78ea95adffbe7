from __future__ import annotations

import random
from collections.abc import Iterable, Sequence
from itertools import pairwise

import numpy as np
import pytest

from engine.harmony.messages import (
    AssistantMessage,
    Channel,
    Effort,
    SystemMessage,
    UserMessage,
)
from engine.harmony.writer import HarmonyWriter
from engine.llama.binding import Logits
from engine.llama.context import Context
from engine.llama.sync import PromptCache
from tests.engine.conftest import MakeContext

ROUNDING = 1.0
"""Largest difference that another order of summation makes.

Measured on this model, whose logits have a standard deviation of 4: up to 0.7 when a fresh
prefill of random ids is cut into other chunks (an expert more or less is chosen), 1.2 to 8.6
when the window is lost.  So wherever it can be, chunks are cut alike and logits are equal.
"""

PROBE = 7777


def random_ids(seed: int, count: int) -> list[int]:
    choose = random.Random(seed)
    return [choose.randrange(200, 20_000) for _ in range(count)]


def fresh_logits(context: Context, ids: Sequence[int], cuts: Iterable[int] = ()) -> Logits:
    """Logits after a prefill from nothing, in chunks that end at `cuts`."""
    context.clear()
    wanted = {0, len(ids), *cuts, *range(0, len(ids), context.ubatch_tokens)}
    edges = sorted(edge for edge in wanted if edge <= len(ids))
    for start, end in pairwise(edges):
        assert context.decode(ids[start:end], start, wants_logits=end == len(ids))
    return context.logits().copy()


class Twins:
    """The context under test, and one that keeps the whole window, led through the same steps.

    The second one's rollbacks are always exact, since it forgets nothing.
    """

    def __init__(self, tested: Context, whole: Context) -> None:
        self.tested = tested
        self.whole = whole
        self.ubatch_tokens = tested.ubatch_tokens
        self.window_tokens = tested.window_tokens
        self.first_window_position = tested.first_window_position
        self.save_window = tested.save_window
        self.restore = tested.restore
        self.save_chat = tested.save_chat

    def decode(self, tokens: Sequence[int], position: int, *, wants_logits: bool) -> bool:
        assert self.whole.decode(tokens, position, wants_logits=wants_logits)
        return self.tested.decode(tokens, position, wants_logits=wants_logits)

    def logits(self) -> Logits:
        return self.tested.logits()

    def remove_from(self, position: int) -> None:
        self.whole.remove_from(position)
        self.tested.remove_from(position)

    def clear(self) -> None:
        self.whole.clear()
        self.tested.clear()


def continuation(cache: PromptCache, count: int) -> list[int]:
    tokens = []
    for _ in range(count):
        tokens.append(int(cache.logits().argmax()))
        assert cache.extend((tokens[-1],))
    return tokens


def test_llama_cpp_s_own_rollback_is_wrong_and_ours_is_exact(make_context: MakeContext) -> None:
    prompt, long_reply, next_words = random_ids(1, 700), random_ids(2, 900), random_ids(3, 40)
    truth = fresh_logits(make_context(), prompt + next_words, cuts=[512, 700])

    naive, whole = make_context(), make_context(has_full_window=True)
    for context in (naive, whole):
        fresh_logits(context, prompt + long_reply, cuts=[512, 700])
        context.remove_from(len(prompt))  # llama.cpp says that it worked
        assert context.decode(next_words, len(prompt), wants_logits=True)
    assert np.abs(whole.logits() - truth).max() < ROUNDING
    assert np.abs(naive.logits() - whole.logits()).max() > ROUNDING / 2

    cache = PromptCache(make_context())
    cache.sync(prompt)
    cache.sync(prompt + long_reply)
    result = cache.sync(prompt + next_words)
    assert result.reused_tokens == len(prompt)
    assert result.read_tokens == len(next_words)
    assert np.array_equal(cache.logits(), truth)


def test_a_rollback_without_a_checkpoint_is_exact_within_the_window(
    make_context: MakeContext,
) -> None:
    prompt, reply, next_words = random_ids(1, 300), random_ids(2, 200), random_ids(3, 20)
    truth = fresh_logits(make_context(), prompt + next_words, cuts=[300])
    cache = PromptCache(make_context())
    cache.sync(prompt, keeps_end=False)
    for token in reply:
        assert cache.extend((token,))
    assert cache.sync(prompt + next_words).reused_tokens == 300
    assert np.abs(cache.logits() - truth).max() < ROUNDING


@pytest.mark.parametrize("reply_tokens", [50, 500, 639, 641, 700, 1300])
def test_the_next_turn_is_exact_after_any_length_of_reply(
    make_context: MakeContext, reply_tokens: int
) -> None:
    prompt, next_words = random_ids(1, 600), random_ids(3, 30)
    cache = PromptCache(make_context())
    cache.sync(prompt)
    cache.sync(prompt + random_ids(2, reply_tokens))
    result = cache.sync(prompt + next_words)
    assert result.reused_tokens == 600
    truth = fresh_logits(make_context(), prompt + next_words, cuts=[512, 600])
    assert np.array_equal(cache.logits(), truth)


@pytest.mark.parametrize("edited", [1, 100, 127, 128, 129, 400, 511, 512, 513, 899])
def test_an_edit_anywhere_is_exact(make_context: MakeContext, edited: int) -> None:
    before = random_ids(1, 900)
    after = [*before[:edited], *random_ids(4, 80)]
    cache = PromptCache(make_context())
    cache.sync(before, marks=(200, 600))
    cache.sync(after)
    truth = fresh_logits(make_context(), after)
    assert np.abs(cache.logits() - truth).max() < ROUNDING


def test_regenerating_reads_nothing_and_has_the_very_same_logits(
    make_context: MakeContext,
) -> None:
    prompt = random_ids(1, 700)
    cache = PromptCache(make_context())
    cache.sync(prompt)
    first = cache.logits().copy()
    reply = continuation(cache, 300)
    result = cache.sync(prompt)
    assert (result.reused_tokens, result.read_tokens) == (700, 0)
    assert np.array_equal(cache.logits(), first)
    assert continuation(cache, 40) == reply[:40]


def test_an_answer_after_an_edit_has_the_words_of_a_fresh_chat(
    make_context: MakeContext, writer: HarmonyWriter
) -> None:
    system = SystemMessage(Effort.MEDIUM, "2026-01-02")
    greeting = (system, UserMessage("Hello!"), AssistantMessage(Channel.FINAL, "Hello! " * 60))
    cache = PromptCache(make_context())
    cache.sync(writer.prompt((*greeting, UserMessage("Who are you?"))))
    continuation(cache, 100)
    for text in ("What can you do?", "Thank you!"):
        edited = writer.prompt((*greeting, UserMessage(text)))
        assert cache.sync(edited).reused_tokens > 0
        other = PromptCache(make_context())
        other.sync(edited)
        assert continuation(cache, 40) == continuation(other, 40)


def test_a_change_of_the_first_tokens_starts_again(make_context: MakeContext) -> None:
    low, high = [1, *random_ids(1, 800)], [2, *random_ids(1, 800)]
    cache = PromptCache(make_context())
    cache.sync(low)
    assert cache.sync(high).reused_tokens == 0
    assert np.array_equal(cache.logits(), fresh_logits(make_context(), high))


def test_the_context_can_be_filled_to_its_last_token(make_context: MakeContext) -> None:
    context = make_context(context_tokens=1024)
    ids = random_ids(1, 1024)
    cache = PromptCache(context)
    cache.sync(ids)
    assert np.array_equal(cache.logits(), fresh_logits(make_context(1024), ids))
    with pytest.raises(ValueError, match="leave the context"):
        cache.extend((5,))
    assert cache.sync([*ids[:900], 7]).is_complete


@pytest.mark.parametrize("ubatch_tokens", [32, 128, 512])
def test_smaller_micro_batches_change_only_the_rounding(
    make_context: MakeContext, ubatch_tokens: int
) -> None:
    ids = random_ids(1, 700)
    cache = PromptCache(make_context(ubatch_tokens=ubatch_tokens))
    cache.sync(ids)
    truth = fresh_logits(make_context(), ids)
    assert np.abs(cache.logits() - truth).max() < ROUNDING


def test_a_decode_ended_by_the_flag_leaves_the_cache_exact(make_context: MakeContext) -> None:
    context = make_context()
    cache = PromptCache(context)
    prompt = random_ids(1, 600)
    cache.sync(prompt)
    context.abort.set()
    assert not cache.extend((5,))
    stopped = cache.sync(prompt + random_ids(2, 400), should_stop=context.abort.is_set)
    assert not stopped.is_complete
    assert list(cache.tokens) == prompt
    context.abort.clear()
    cache.sync(prompt + random_ids(2, 400))
    truth = fresh_logits(make_context(), prompt + random_ids(2, 400), cuts=[512, 600])
    assert np.array_equal(cache.logits(), truth)


@pytest.mark.parametrize("seed", range(11, 15))
def test_a_random_walk_of_edits_replies_and_branches_equals_a_cache_that_forgets_nothing(
    make_context: MakeContext, seed: int
) -> None:
    choose = random.Random(seed)
    twins = Twins(make_context(), make_context(has_full_window=True))
    cache = PromptCache(twins)
    ids = random_ids(seed, 200)
    visited = [ids]
    for step in range(12):
        match choose.choice(["append", "edit", "reply", "branch", "regenerate", "start"]):
            case "append":
                ids = ids + random_ids(step + 100, choose.randrange(1, 400))
            case "edit":
                place = choose.randrange(1, len(ids))
                ids = ids[:place] + random_ids(step + 200, choose.randrange(1, 60))
            case "reply":
                cache.sync(ids)
                for token in random_ids(step + 300, choose.randrange(1, 100)):
                    assert cache.extend((token,))
            case "branch":
                ids = choose.choice(visited) + random_ids(step + 400, choose.randrange(1, 50))
            case "regenerate":
                cache.sync(ids)
                cache.extend((choose.randrange(200, 20_000),))
            case "start":
                ids = random_ids(step + 500, choose.randrange(1, 300))
        ids = ids[:1800]
        visited.append(ids)
        cache.sync(ids, marks=tuple(choose.sample(range(1800), 3)))
        assert list(cache.tokens) == ids
        assert cache.extend((PROBE,))
        assert np.array_equal(cache.logits(), twins.whole.logits()), f"step {step}"

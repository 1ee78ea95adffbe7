from __future__ import annotations

import numpy as np
import pytest

from engine.llama.sync import WORTH_KEEPING_TOKENS, PromptCache
from tests.engine.conftest import MakeContext, ScriptedMemory
from tests.engine.llama.test_sync import ROUNDING, continuation, fresh_logits, random_ids

PLENTY = 1 << 30


@pytest.fixture
def cache(scripted_memory: ScriptedMemory) -> PromptCache:
    return PromptCache(scripted_memory, kept_bytes=PLENTY)


def ids_of(chat: int, count: int) -> list[int]:
    return [1, *range(chat * 1000, chat * 1000 + count - 1)]


def go(cache: PromptCache, chat: str, ids: list[int]) -> int:
    """Answer in a chat; returns the tokens that had to be read."""
    foreseen = cache.foresee(ids)
    cache.turn_to(chat, ids)
    result = cache.sync(ids)
    assert result.reused_tokens == foreseen
    return result.read_tokens


def test_going_back_to_a_chat_reads_its_new_words_only(cache: PromptCache) -> None:
    first, second = ids_of(1, 300), ids_of(2, 200)
    assert go(cache, "a", first) == 300
    assert go(cache, "b", second) == 200
    assert [kept.chat for kept in cache.kept] == ["a"]
    assert go(cache, "a", [*first, 7, 7]) == 2
    assert [kept.chat for kept in cache.kept] == ["b"]
    assert go(cache, "b", second) == 0  # its checkpoint at the end knows the logits


def test_thoughts_are_not_kept(cache: PromptCache) -> None:
    first = ids_of(1, 300)
    go(cache, "a", first)
    for _ in range(50):
        cache.extend((9,))
    go(cache, "b", ids_of(2, 200))
    assert [list(kept.tokens) for kept in cache.kept] == [first]

    go(cache, "a", first)
    cache.sync([*first, 9, 9, 9])  # as when a tool's result is read behind thoughts
    cache.settle(len(first))
    go(cache, "b", ids_of(2, 200))
    assert first in [list(kept.tokens) for kept in cache.kept]
    assert all(9 not in kept.tokens for kept in cache.kept)


def test_the_next_turn_of_a_chat_copies_nothing(
    cache: PromptCache, scripted_memory: ScriptedMemory
) -> None:
    prompt = ids_of(1, 300)
    go(cache, "a", prompt)
    for _ in range(500):
        cache.extend((9,))
    answered = [*prompt, 5, 6, 7]
    go(cache, "a", answered)
    go(cache, "a", [*answered, 8, 8])
    assert len(cache.kept) == 0
    assert not any(snapshot.is_whole for snapshot in scripted_memory.restored)


def test_branches_of_a_chat_are_kept_side_by_side(cache: PromptCache) -> None:
    shared = ids_of(1, 300)
    one, two = shared + [2] * 200, shared + [3] * 200
    go(cache, "a", shared)
    go(cache, "a", one)
    assert go(cache, "a", two) == 200
    assert go(cache, "a", [*one, 4]) == 1
    assert go(cache, "a", [*two, 4]) == 1


def test_what_costs_little_to_read_again_is_not_kept(cache: PromptCache) -> None:
    go(cache, "a", ids_of(1, WORTH_KEEPING_TOKENS - 1))
    beginning = ids_of(2, 900)
    go(cache, "b", beginning)
    go(cache, "b", ids_of(2, 1000))
    go(cache, "b", [*beginning, 3])  # a tenth is lost
    assert len(cache.kept) == 0


def test_a_chat_that_is_kept_leaves_the_next_one_what_they_share(
    make_context: MakeContext,
) -> None:
    """The copy is made at a checkpoint, which holds no more of the window than its reach."""
    shared = random_ids(1, 60)
    cache = PromptCache(make_context(), kept_bytes=PLENTY)
    go(cache, "a", shared + random_ids(2, 300))
    continuation(cache, 20)
    assert go(cache, "b", shared + random_ids(3, 100)) == 100


def test_the_chat_used_longest_ago_makes_room(scripted_memory: ScriptedMemory) -> None:
    logits_bytes = 201_088 * 4  # of the checkpoint at the end
    cache = PromptCache(scripted_memory, kept_bytes=2 * (logits_bytes + 100 * 4 + 100))
    for chat in (1, 2, 3):
        go(cache, str(chat), ids_of(chat, 100))
    assert [kept.chat for kept in cache.kept] == ["1", "2"]
    go(cache, "1", ids_of(1, 100))
    assert [kept.chat for kept in cache.kept] == ["2", "3"]
    go(cache, "4", ids_of(4, 100))
    assert [kept.chat for kept in cache.kept] == ["3", "1"]
    assert cache.kept.size_bytes <= cache.kept.budget_bytes


def test_a_chat_larger_than_the_budget_is_not_kept(scripted_memory: ScriptedMemory) -> None:
    cache = PromptCache(scripted_memory, kept_bytes=100)
    go(cache, "a", ids_of(1, 300))
    assert go(cache, "b", ids_of(2, 300)) == 300
    assert len(cache.kept) == 0


def test_a_kept_beginning_gives_way_to_the_longer_state(cache: PromptCache) -> None:
    first = ids_of(1, 300)
    go(cache, "a", first)
    go(cache, "b", ids_of(2, 300))
    go(cache, "c", [*first, *[4] * 200])  # another chat that begins alike
    go(cache, "b", ids_of(2, 301))
    assert [(kept.chat, len(kept.tokens)) for kept in cache.kept] == [("c", 500)]


def test_a_chat_that_is_forgotten_is_read_again(cache: PromptCache) -> None:
    go(cache, "a", ids_of(1, 300))
    go(cache, "b", ids_of(2, 300))
    cache.forget("a")
    cache.forget("b")
    assert len(cache.kept) == 0
    assert not cache.tokens
    assert go(cache, "a", ids_of(1, 300)) == 300


def test_asking_what_it_costs_changes_nothing(
    cache: PromptCache, scripted_memory: ScriptedMemory
) -> None:
    first, second = ids_of(1, 300), ids_of(2, 300)
    go(cache, "a", first)
    go(cache, "b", second)
    before = (list(cache.tokens), list(cache.kept), cache.checkpoint_lengths)
    decoded = len(scripted_memory.decoded)
    assert cache.foresee([*first, 5]) == 300
    assert cache.foresee([*second, 5]) == 300
    assert cache.foresee(ids_of(3, 50)) == 0
    assert (list(cache.tokens), list(cache.kept), cache.checkpoint_lengths) == before
    assert len(scripted_memory.decoded) == decoded


def test_a_state_that_cannot_be_restored_costs_time_only(
    cache: PromptCache, scripted_memory: ScriptedMemory, monkeypatch: pytest.MonkeyPatch
) -> None:
    first = ids_of(1, 300)
    go(cache, "a", first)
    go(cache, "b", ids_of(2, 300))
    monkeypatch.setattr(scripted_memory, "restore", lambda _snapshot: False)
    cache.turn_to("a", first)
    assert cache.sync(first).read_tokens == 300
    assert scripted_memory.tokens == first


def test_after_a_failed_decode_the_kept_chats_are_still_there(cache: PromptCache) -> None:
    go(cache, "a", ids_of(1, 300))
    go(cache, "b", ids_of(2, 300))
    cache.reset()
    assert go(cache, "a", [*ids_of(1, 300), 4]) == 1


@pytest.mark.parametrize("length", [100, 128, 129, 500, 700, 1400])
def test_a_restored_chat_goes_on_exactly(make_context: MakeContext, length: int) -> None:
    first, other, words = random_ids(1, length), random_ids(2, 900), random_ids(3, 30)
    cache = PromptCache(make_context(), kept_bytes=PLENTY)
    go(cache, "a", first)
    continuation(cache, 20)
    go(cache, "b", other)
    assert go(cache, "a", first + words) == len(words)
    truth = fresh_logits(make_context(), first + words, cuts=[length])
    assert np.array_equal(cache.logits(), truth)


def test_a_restored_chat_can_be_edited_and_answered_anew(make_context: MakeContext) -> None:
    first, words = random_ids(1, 1300), random_ids(3, 30)
    cache = PromptCache(make_context(), kept_bytes=PLENTY)
    cache.turn_to("a", first)
    cache.sync(first, marks=(600, 1000))
    go(cache, "b", random_ids(2, 700))
    edited = first[:1000] + words
    assert go(cache, "a", edited) == len(words)
    truth = fresh_logits(make_context(), edited, cuts=[512, 600, 1000])
    assert np.abs(cache.logits() - truth).max() < ROUNDING


@pytest.mark.parametrize("length", [300, 900])
def test_a_turn_that_waited_while_others_were_read_goes_on_exactly(
    make_context: MakeContext, length: int
) -> None:
    """Its thoughts and its call are not kept: they are read again, before the result."""
    prompt, result = random_ids(1, length), random_ids(3, 40)
    cache = PromptCache(make_context(), kept_bytes=PLENTY)
    go(cache, "a", prompt)
    written = continuation(cache, 60)
    cache.settle(length)
    for other in (4, 5):
        go(cache, "b", random_ids(other, 700))
    target = prompt + written + result
    assert go(cache, "a", target) == len(written) + len(result)
    truth = fresh_logits(make_context(), target, cuts=[length])
    assert np.abs(cache.logits() - truth).max() < ROUNDING
    forgetful = PromptCache(make_context(), kept_bytes=0)
    for ids in (prompt, random_ids(4, 700)):
        go(forgetful, "a" if ids is prompt else "b", ids)
    go(forgetful, "a", target)
    assert np.array_equal(forgetful.logits(), fresh_logits(make_context(), target))

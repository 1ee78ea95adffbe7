from __future__ import annotations

import random

import pytest

from engine.llama.sync import PromptCache
from engine.llama.way_back import common_prefix_length
from tests.engine.conftest import ScriptedMemory


@pytest.fixture
def cache(scripted_memory: ScriptedMemory) -> PromptCache:
    return PromptCache(scripted_memory)


def test_the_common_prefix_is_found_wherever_lists_part() -> None:
    choose = random.Random(1)
    for _ in range(300):
        first = [choose.randrange(3) for _ in range(choose.randrange(30))]
        second = first[: choose.randrange(len(first) + 1)] + [
            choose.randrange(3) for _ in range(choose.randrange(5))
        ]
        expected = next(
            (i for i, (a, b) in enumerate(zip(first, second, strict=False)) if a != b),
            min(len(first), len(second)),
        )
        assert common_prefix_length(first, second) == expected


def test_a_rollback_behind_the_window_uses_the_nearest_checkpoint(
    cache: PromptCache, scripted_memory: ScriptedMemory
) -> None:
    ids = list(range(100))
    cache.sync(ids, marks=(20, 40, 60))
    assert list(cache.checkpoint_lengths) == [20, 40, 60, 100]
    result = cache.sync([*ids[:55], 7, 7])
    assert (result.reused_tokens, result.read_tokens) == (40, 17)
    assert list(cache.checkpoint_lengths) == [20, 40, 57]
    assert scripted_memory.tokens == [*ids[:55], 7, 7]


def test_without_a_checkpoint_the_prompt_is_read_from_the_start(cache: PromptCache) -> None:
    ids = list(range(100))
    cache.sync(ids)
    assert cache.sync([*ids[:55], 7]).reused_tokens == 0


def test_a_checkpoint_that_cannot_be_restored_costs_time_only(
    cache: PromptCache, scripted_memory: ScriptedMemory, monkeypatch: pytest.MonkeyPatch
) -> None:
    ids = list(range(100))
    cache.sync(ids, marks=(40,))
    monkeypatch.setattr(scripted_memory, "restore", lambda _snapshot: False)
    result = cache.sync([*ids[:55], 7])
    assert (result.reused_tokens, result.read_tokens) == (0, 56)


def test_the_least_recently_used_checkpoints_go_first(scripted_memory: ScriptedMemory) -> None:
    logits_bytes = 201_088 * 4
    cache = PromptCache(scripted_memory, budget_bytes=3 * logits_bytes)
    ids = list(range(30))
    cache.sync(ids)
    for step in range(1, 5):
        cache.sync(ids + [50 + step] * 30 * step)
        cache.sync(ids)  # uses the first checkpoint again and again
    assert 30 in cache.checkpoint_lengths
    cache.sync(ids + [9] * 30)
    cache.sync(ids + [9] * 60)
    cache.sync(ids + [9] * 90)
    assert cache.checkpoint_lengths == (90, 120)


def test_reading_ahead_keeps_no_logits_and_the_next_sync_gets_them(
    cache: PromptCache,
) -> None:
    ids = list(range(50))
    cache.sync(ids, wants_logits=False)
    with pytest.raises(ValueError, match="without logits"):
        cache.logits()
    assert cache.sync(ids, wants_logits=False).read_tokens == 0
    again = cache.sync(ids)
    assert (again.reused_tokens, again.read_tokens) == (49, 1)
    cache.logits()
    assert cache.sync(ids).read_tokens == 0


def test_an_abort_meant_for_something_else_is_tried_again(
    cache: PromptCache, scripted_memory: ScriptedMemory
) -> None:
    answers = iter([True, False, False, True, True, True, True])
    scripted_memory.on_decode = lambda: next(answers)
    assert cache.sync(list(range(20))).is_complete
    assert scripted_memory.tokens == list(range(20))


def test_an_empty_target_is_refused(cache: PromptCache) -> None:
    with pytest.raises(ValueError, match="nothing to read"):
        cache.sync([])


def test_progress_counts_up_to_the_new_tokens(cache: PromptCache) -> None:
    told: list[tuple[int, int, int]] = []
    cache.sync(list(range(20)), on_progress=lambda *step: told.append(step))
    assert told == [(0, 0, 20), (0, 8, 20), (0, 16, 20), (0, 20, 20)]


@pytest.mark.parametrize("seed", range(5))
def test_any_walk_keeps_the_window_s_rule(seed: int) -> None:
    choose = random.Random(seed)
    memory = ScriptedMemory(slack_tokens=choose.randrange(20))  # asserts the rule on every decode
    cache = PromptCache(memory, budget_bytes=choose.choice([0, 2_000_000, 20_000_000]))
    ids = list(range(40))
    for _ in range(150):
        keep = choose.randrange(len(ids))
        ids = ids[:keep] + [choose.randrange(9) for _ in range(choose.randrange(1, 30))]
        ids = ids[:300]
        marks = tuple(choose.sample(range(300), 4))
        result = cache.sync(ids, marks=marks, wants_logits=choose.random() < 0.7)
        assert memory.tokens == ids
        assert result.reused_tokens + result.read_tokens == len(ids)
        for _ in range(choose.randrange(20)):
            cache.extend((choose.randrange(9),))

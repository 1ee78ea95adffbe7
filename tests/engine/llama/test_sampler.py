from __future__ import annotations

import math
from collections import Counter

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from engine.errors import EngineError
from engine.llama.binding import Logits
from engine.llama.restriction import AllButThese, OnlyThese, sorted_ids
from engine.llama.sampler import Sampler
from engine.requests import Sampling

VOCABULARY = 201_088


def some_logits(seed: int, size: int = VOCABULARY) -> Logits:
    return np.random.default_rng(seed).normal(0, 3, size).astype(np.float32)


def allowed_by_the_book(logits: Logits, sampling: Sampling) -> set[int]:
    """top_k, then top_p, then min_p, each by its definition and by sorting everything."""
    weights = np.exp(logits.astype(np.float64) - float(logits.max()))
    order = np.argsort(-weights, kind="stable")
    if sampling.top_k:
        order = order[: sampling.top_k]
    if sampling.top_p < 1.0:
        steps = np.cumsum(weights[order]) / weights[order].sum()
        order = order[: int(np.searchsorted(steps, sampling.top_p)) + 1]
    return {int(i) for i in order if weights[i] >= sampling.min_p * weights.max()}


def draws(sampling: Sampling, logits: Logits, count: int) -> list[int]:
    sampler = Sampler(sampling)
    return [sampler.choose(logits) for _ in range(count)]


def test_temperature_zero_takes_the_likeliest() -> None:
    logits = some_logits(1)
    assert draws(Sampling(temperature=0.0), logits, 3) == [int(logits.argmax())] * 3


def test_the_default_draws_every_token_down_to_min_p_and_no_other() -> None:
    logits = np.full(VOCABULARY, -20.0, np.float32)
    for token, share in ((10, 1.0), (20, 0.5), (30, 0.0101), (40, 0.0099)):
        logits[token] = math.log(share)
    counts = Counter(draws(Sampling(seed=1), logits, 6000))
    assert set(counts) == {10, 20, 30}
    assert counts[10] / counts[20] == pytest.approx(2.0, rel=0.15)


@settings(max_examples=40, deadline=None)
@given(
    seed=st.integers(0, 1000),
    size=st.integers(1, 300),
    top_k=st.sampled_from([0, 1, 5, 40, 1000]),
    top_p=st.sampled_from([1.0, 0.95, 0.5, 0.01]),
    min_p=st.sampled_from([0.0, 0.01, 0.2, 1.0]),
    temperature=st.sampled_from([0.3, 1.0, 2.0]),
)
def test_only_tokens_that_the_rules_allow_are_drawn(
    seed: int, size: int, top_k: int, top_p: float, min_p: float, temperature: float
) -> None:
    logits = some_logits(seed, size)
    sampling = Sampling(temperature, top_p, top_k, min_p, seed=seed)
    assert set(draws(sampling, logits, 60)) <= allowed_by_the_book(logits, sampling)


@pytest.mark.parametrize(
    "sampling",
    [
        Sampling(temperature=2.0, min_p=0.05, seed=1),
        Sampling(temperature=2.0, top_k=4, min_p=0.0, seed=1),
        Sampling(temperature=2.0, top_p=0.6, min_p=0.0, seed=1),
        Sampling(temperature=2.0, top_p=0.9, top_k=8, min_p=0.02, seed=1),
        Sampling(temperature=2.0, min_p=0.0, seed=1),
    ],
)
def test_every_token_that_the_rules_allow_is_drawn_in_its_share(sampling: Sampling) -> None:
    logits = some_logits(5, 12)
    allowed = sorted(allowed_by_the_book(logits, sampling))
    weights = np.exp(logits[allowed].astype(np.float64) / sampling.temperature)
    shares = weights / weights.sum()
    counts = Counter(draws(sampling, logits, 4000))
    for token, share in zip(allowed, shares, strict=True):
        assert counts[token] / 4000 == pytest.approx(share, abs=0.035)


def test_a_seed_repeats_and_no_seed_does_not() -> None:
    logits = some_logits(2, 1000)
    seeded = Sampling(temperature=2.0, min_p=0.0, seed=4)
    assert draws(seeded, logits, 50) == draws(seeded, logits, 50)
    free = Sampling(temperature=2.0, min_p=0.0)
    assert draws(free, logits, 50) != draws(free, logits, 50)


@settings(max_examples=40, deadline=None)
@given(
    seed=st.integers(0, 1000),
    ids=st.sets(st.integers(0, 59), min_size=1, max_size=50),
    sampling=st.sampled_from(
        [Sampling(0.0), Sampling(2.0, min_p=0.0), Sampling(1.0, 0.5), Sampling(1.0, 1.0, 3)]
    ),
)
def test_a_restriction_is_never_broken_and_the_logits_stay(
    seed: int, ids: set[int], sampling: Sampling
) -> None:
    logits = some_logits(seed, 60)
    before = logits.copy()
    sampler = Sampler(sampling)
    only, but = OnlyThese(sorted_ids(ids)), AllButThese(sorted_ids(ids))
    assert {sampler.choose(logits, only) for _ in range(20)} <= ids
    assert not {sampler.choose(logits, but) for _ in range(20)} & ids
    assert (logits == before).all()


def test_the_likeliest_of_the_allowed_is_taken_greedily() -> None:
    logits = some_logits(6, 60)
    order = [int(token) for token in np.argsort(-logits)]
    sampler = Sampler(Sampling(temperature=0.0))
    assert sampler.choose(logits, OnlyThese(sorted_ids(order[:1]))) == order[0]
    assert sampler.redraws == 0
    assert sampler.choose(logits, OnlyThese(sorted_ids(order[7:]))) == order[7]
    assert sampler.choose(logits, AllButThese(sorted_ids(order[:4]))) == order[4]
    assert sampler.redraws == 2


@pytest.mark.parametrize("forbidden", [{0}, {0, 1, 2}, {11}])
def test_what_is_allowed_is_drawn_in_its_share_of_the_masked_logits(forbidden: set[int]) -> None:
    logits = some_logits(5, 12)
    sampler = Sampler(Sampling(temperature=2.0, min_p=0.0, seed=1))
    but = AllButThese(sorted_ids(forbidden))
    counts = Counter(sampler.choose(logits, but) for _ in range(4000))
    rest = sorted(set(range(12)) - forbidden)
    weights = np.exp(logits[rest].astype(np.float64) / 2.0)
    for token, share in zip(rest, weights / weights.sum(), strict=True):
        assert counts[token] / 4000 == pytest.approx(share, abs=0.035)


def test_a_restriction_that_allows_nothing_is_told() -> None:
    with pytest.raises(EngineError, match="no word may follow"):
        Sampler(Sampling()).choose(some_logits(1, 10), OnlyThese(sorted_ids([])))


@pytest.mark.parametrize("bad", [math.nan, math.inf])
def test_logits_that_are_no_numbers_are_told(bad: float) -> None:
    logits = some_logits(3, 100)
    logits[7] = bad
    with pytest.raises(EngineError, match="not a number"):
        Sampler(Sampling()).choose(logits)


@pytest.mark.parametrize(
    "sampling",
    [
        Sampling(temperature=-0.1),
        Sampling(temperature=2.1),
        Sampling(temperature=math.nan),
        Sampling(top_p=0.0),
        Sampling(top_p=1.5),
        Sampling(top_k=-1),
        Sampling(min_p=-0.5),
        Sampling(min_p=1.5),
    ],
)
def test_settings_out_of_range_are_told(sampling: Sampling) -> None:
    with pytest.raises(EngineError, match="out of range"):
        Sampler(sampling)

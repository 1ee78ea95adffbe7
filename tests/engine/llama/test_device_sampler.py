"""Tokens drawn by the backend that holds the logits; here the CPU backend, which can do it too."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field

import numpy as np
import pytest

from engine.equipment import Equipment
from engine.events import StopReason, TextAdded, TurnEvent
from engine.generation import Turn
from engine.harmony.messages import Effort, SystemMessage, UserMessage
from engine.harmony.tokens import CHANNEL, MESSAGE, START
from engine.harmony.vocabulary import Vocabulary
from engine.harmony.writer import HarmonyWriter
from engine.llama.context import Context
from engine.llama.device_sampler import DeviceSampler
from engine.llama.sampler import Sampler
from engine.llama.sync import PromptCache
from engine.requests import AnswerRequest, Sampling, TurnId
from tests.engine.conftest import MakeContext, open_filter

GREEDY = Sampling(temperature=0.0)
CONVERSATION = (SystemMessage(Effort.MEDIUM, "2026-01-02"), UserMessage("How do I fix my bike?"))
CHAINS = [
    GREEDY,
    Sampling(seed=3),
    Sampling(seed=3, min_p=0.0),
    Sampling(0.7, 0.9, 0, 0.0, seed=3),
    Sampling(1.3, 1.0, 40, 0.05, seed=3),
    Sampling(0.8, 0.95, 50, 0.01, seed=3),
]


@pytest.fixture
def context(make_context: MakeContext) -> Context:
    return make_context()


def drawn(context: Context, ids: list[int], sampling: Sampling, seed: int, count: int) -> list[int]:
    """Tokens that the device drew one after the other behind a prompt."""
    context.clear()
    context.decode(ids[:-1], 0, wants_logits=False)
    assert context.attach_sampler(sampling, seed)
    try:
        tokens: list[int] = []
        last = ids[-1]
        for place in range(count):
            assert context.decode((last,), len(ids) - 1 + place, wants_logits=True)
            token = context.sampled_token()
            assert token is not None
            tokens.append(token)
            last = token
        return tokens
    finally:
        context.detach_sampler()


@pytest.mark.parametrize("sampling", CHAINS)
def test_every_chain_is_drawn_by_the_backend_and_a_seed_repeats(
    context: Context, writer: HarmonyWriter, sampling: Sampling
) -> None:
    prompt = writer.prompt(CONVERSATION)
    first = drawn(context, prompt, sampling, 5, 12)
    assert drawn(context, prompt, sampling, 5, 12) == first


def test_greedy_equals_the_greedy_choice_from_the_logits(
    context: Context, writer: HarmonyWriter
) -> None:
    prompt = writer.prompt(CONVERSATION)
    device = drawn(context, prompt, GREEDY, 1, 24)
    cache, sampler = PromptCache(context), Sampler(GREEDY)
    context.clear()
    cache.sync(prompt)
    by_hand = []
    for _ in device:
        by_hand.append(sampler.choose(cache.logits()))
        cache.extend((by_hand[-1],))
    assert device == by_hand


def test_draws_follow_the_shares_of_the_logits_and_differ_from_token_to_token(
    context: Context, writer: HarmonyWriter
) -> None:
    """One place, drawn often: the random number must move on with each token."""
    prompt = writer.prompt(CONVERSATION)
    rules = Sampling(temperature=2.0, top_k=6, min_p=0.0)
    context.clear()
    context.decode(prompt, 0, wants_logits=True)
    logits = context.logits().astype(np.float64)
    best = np.argsort(-logits)[:6]
    shares = np.exp((logits[best] - logits[best[0]]) / 2.0)
    shares /= shares.sum()
    assert context.attach_sampler(rules, 11)
    counts: Counter[int] = Counter()
    for _ in range(400):
        context.remove_from(len(prompt) - 1)
        context.decode(prompt[-1:], len(prompt) - 1, wants_logits=True)
        counts[context.sampled_token() or 0] += 1
    context.detach_sampler()
    assert set(counts) <= set(best.tolist())
    for token, share in zip(best.tolist(), shares, strict=True):
        assert counts[token] / 400 == pytest.approx(share, abs=0.09)


def test_after_it_is_detached_the_logits_are_as_before(
    context: Context, writer: HarmonyWriter
) -> None:
    prompt = writer.prompt(CONVERSATION)
    context.decode(prompt, 0, wants_logits=True)
    before = context.logits().copy()
    drawn(context, prompt, Sampling(seed=1), 1, 3)
    context.clear()
    context.decode(prompt, 0, wants_logits=True)
    assert (context.logits() == before).all()


def test_a_context_closes_with_its_sampler(make_context: MakeContext) -> None:
    context = make_context(256)
    assert context.attach_sampler(GREEDY, 1)
    context.close()


# ---- a whole turn


@dataclass
class Drawn:
    """A turn whose tokens the device draws, with what it told."""

    context: Context
    vocabulary: Vocabulary
    writer: HarmonyWriter
    events: list[TurnEvent] = field(default_factory=list)

    def __post_init__(self) -> None:
        self.cache = PromptCache(self.context)
        self.device = DeviceSampler(self.context)

    def run(self, sampling: Sampling, *, on_device: bool = True, most: int = 0) -> Turn:
        self.events = []
        equipment = Equipment(
            self.writer,
            self.vocabulary,
            self.cache,
            self.context.size_tokens,
            open_filter,
            device=self.device if on_device else None,
        )
        turn = Turn(
            AnswerRequest(TurnId(1), CONVERSATION, sampling, most),
            equipment,
            emit=self.events.append,
            should_stop=lambda: False,
        )
        assert turn.run() in {StopReason.END_OF_TURN, StopReason.TOKEN_LIMIT}
        return turn

    @property
    def text(self) -> str:
        return "".join(event.text for event in self.events if isinstance(event, TextAdded))


@pytest.fixture
def turns(context: Context, vocabulary: Vocabulary, writer: HarmonyWriter) -> Drawn:
    return Drawn(context, vocabulary, writer)


def test_a_greedy_turn_says_the_same_wherever_its_tokens_are_drawn(turns: Drawn) -> None:
    turns.run(GREEDY, on_device=False)
    text, tokens = turns.text, list(turns.cache.tokens)
    turns.run(GREEDY)
    assert turns.text == text
    assert list(turns.cache.tokens) == tokens


def test_a_seed_repeats_a_turn_and_another_does_not(turns: Drawn) -> None:
    said = []
    for seed in (8, 8, 9, 10, 11):
        turns.run(Sampling(temperature=2.0, min_p=0.0, seed=seed), most=24)
        said.append(tuple(turns.cache.tokens))
    assert said[0] == said[1]
    assert len(set(said)) > 2


def test_the_next_turn_reads_its_prompt_with_logits_again(turns: Drawn) -> None:
    turns.run(Sampling(seed=2))
    turn = turns.run(GREEDY, on_device=False)
    assert turns.text
    assert turn.usage.reused_tokens == len(turns.writer.prompt(CONVERSATION))


class Script:
    """A context that hands out these tokens in place of what was drawn."""

    def __init__(self, context: Context, tokens: list[int | None]) -> None:
        self._context = context
        self._tokens = tokens
        self.attached = 0

    def attach_sampler(self, sampling: Sampling, seed: int) -> bool:
        self.attached += 1
        return self._context.attach_sampler(sampling, seed)

    def detach_sampler(self) -> None:
        self._context.detach_sampler()

    def sampled_token(self) -> int | None:
        drawn = self._context.sampled_token()
        return self._tokens.pop(0) if self._tokens else drawn


def test_a_forbidden_token_gives_way_before_it_is_decoded(turns: Drawn) -> None:
    # The first token comes from the prompt's logits; these are drawn behind it.
    turns.device = DeviceSampler(Script(turns.context, [MESSAGE, START, CHANNEL]))
    turn = turns.run(GREEDY)
    prompt = turns.writer.prompt(CONVERSATION)
    header = list(turns.cache.tokens)[len(prompt) : len(prompt) + 3]
    assert header == [CHANNEL, *turns.vocabulary.encode("analysis"), MESSAGE]
    assert turn.usage.guarded >= 2
    assert turn.usage.repairs == 0
    assert turns.text.strip()


def test_a_chain_that_the_device_does_not_draw_is_given_up_for_good(turns: Drawn) -> None:
    turns.run(GREEDY, on_device=False)
    text, tokens = turns.text, list(turns.cache.tokens)
    script = Script(turns.context, [None])
    turns.device = DeviceSampler(script)
    turns.run(GREEDY)
    assert (turns.text, list(turns.cache.tokens)) == (text, tokens)
    assert script.attached == 1
    turns.run(GREEDY)
    assert script.attached == 1
    turns.run(Sampling(seed=1))  # another kind of chain is another question
    assert script.attached == 2

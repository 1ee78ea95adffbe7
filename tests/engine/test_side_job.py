from __future__ import annotations

import json
import random
from collections.abc import Callable, Sequence
from dataclasses import replace

import numpy as np
import pytest

from engine.equipment import Equipment
from engine.events import SideEnded, SideOutcome
from engine.harmony.messages import (
    DeveloperMessage,
    Effort,
    HarmonyMessage,
    ResponseFormat,
    SystemMessage,
    UserMessage,
)
from engine.harmony.vocabulary import Vocabulary
from engine.harmony.writer import HarmonyWriter
from engine.llama.binding import DecodeError, Logits
from engine.llama.context import Context
from engine.llama.sync import PromptCache
from engine.requests import AnswerRequest, SideJobId, SideRequest
from engine.side_job import UBATCH_TOKENS, SideJob
from engine.structured.grammar import GrammarVocabulary, ResponseGrammar
from tests.engine.conftest import MakeContext, OpenFilter, ScriptedMemory, open_filter
from tests.engine.stage import Stage

JOB = SideJobId(1)
SYSTEM = SystemMessage(Effort.LOW, "2026-01-02")
HELLO = (SYSTEM, UserMessage("Hello!"))
ROUNDING = 1.0
"""As in tests/engine/llama/test_sync.py: what another order of summation makes."""

ROUNDING_MEDIAN = 0.5
"""Of the largest differences after each of some tokens.  Measured: 0.26 to 0.30, because the
chat's next tokens get other cells of the window; 0.68 to 0.98 when the window is lost."""


def never() -> bool:
    return False


def job(conversation: Sequence[HarmonyMessage] = HELLO, **changes: object) -> SideRequest:
    request = SideRequest(JOB, tuple(conversation), 60, 60)
    return replace(request, **changes)  # type: ignore[arg-type]


class Bench:
    """A chat on a real context, and side jobs beside it."""

    def __init__(self, context: Context, vocabulary: Vocabulary, writer: HarmonyWriter) -> None:
        self.context = context
        self.chat = PromptCache(context)
        self.grammars = GrammarVocabulary(vocabulary)
        self.equipment = Equipment(
            writer, vocabulary, self.chat, context.size_tokens, open_filter, self._grammar
        )

    def _grammar(self, request: AnswerRequest) -> ResponseGrammar | None:
        wanted = request.response_format
        return None if wanted is None else self.grammars.grammar(wanted)

    def run(self, request: SideRequest, should_stop: Callable[[], bool] = never) -> SideEnded:
        ended = SideJob(request, self.equipment, self.context.side).run(should_stop)
        assert ended.job_id == request.job_id
        assert self.context.side(1).first_window_position() == -1, "something is left there"
        return ended


@pytest.fixture
def bench(make_context: MakeContext, vocabulary: Vocabulary, writer: HarmonyWriter) -> Bench:
    return Bench(make_context(2048, 256), vocabulary, writer)


def random_ids(seed: int, count: int) -> list[int]:
    choose = random.Random(seed)
    return [choose.randrange(200, 20_000) for _ in range(count)]


def next_logits(chat: PromptCache, ids: Sequence[int]) -> list[Logits]:
    """Logits after each of some tokens that the chat goes on with."""
    found = []
    for token in ids:
        assert chat.extend([token])
        found.append(chat.logits().copy())
    return found


def test_a_job_is_answered_and_costs_what_it_read_and_wrote(bench: Bench) -> None:
    ended = bench.run(job())
    assert ended.outcome is SideOutcome.DONE
    assert "Hello" in ended.text
    assert ended.tokens > len(bench.equipment.writer.prompt(HELLO))


@pytest.mark.parametrize("is_urgent", [False, True])
def test_the_chat_goes_on_bit_for_bit_as_without_a_job(
    bench: Bench, make_context: MakeContext, is_urgent: bool
) -> None:
    prompt, more = random_ids(1, 300), random_ids(2, 40)
    alone = PromptCache(make_context(2048, 256))
    alone.sync(prompt)
    wanted = next_logits(alone, more)

    bench.chat.sync(prompt)
    before = bench.chat.logits().copy()
    assert bench.run(job(is_urgent=is_urgent)).outcome is SideOutcome.DONE
    assert list(bench.chat.tokens) == prompt
    assert np.array_equal(bench.chat.logits(), before), "the logits it held are its own"
    found = next_logits(bench.chat, more[:20])
    assert bench.run(job(is_urgent=is_urgent)).outcome is SideOutcome.DONE
    found += next_logits(bench.chat, more[20:])
    assert all(np.array_equal(*pair) for pair in zip(found, wanted, strict=True))


def test_a_chat_that_has_filled_the_window_s_cells_goes_on_within_rounding(
    bench: Bench, make_context: MakeContext
) -> None:
    prompt, more = random_ids(3, 1500), random_ids(4, 30)
    alone = PromptCache(make_context(2048, 256))
    alone.sync(prompt)
    wanted = next_logits(alone, more)
    bench.chat.sync(prompt)
    for _ in range(3):
        assert bench.run(job()).outcome is SideOutcome.DONE
    found = next_logits(bench.chat, more)
    apart = [float(np.abs(a - b).max()) for a, b in zip(found, wanted, strict=True)]
    assert float(np.median(apart)) < ROUNDING_MEDIAN


def test_ways_back_stay_exact_after_a_job(bench: Bench, make_context: MakeContext) -> None:
    prompt, branch = random_ids(5, 1200), random_ids(6, 30)
    target = [*prompt[:1150], *branch]
    fresh = PromptCache(make_context(2048, 256, has_full_window=True))
    fresh.sync(prompt)
    fresh.sync(target)
    bench.chat.sync(prompt, marks=(600,))
    for _ in range(3):
        assert bench.run(job()).outcome is SideOutcome.DONE
    bench.chat.sync(target)
    assert list(bench.chat.tokens) == target
    assert float(np.abs(bench.chat.logits() - fresh.logits()).max()) < ROUNDING


def test_a_checkpoint_and_a_kept_chat_of_before_a_job_can_be_used_after_it(
    bench: Bench, make_context: MakeContext
) -> None:
    first, second = random_ids(7, 900), random_ids(8, 700)
    chat = PromptCache(bench.context, kept_bytes=1 << 30)
    bench.equipment = replace(bench.equipment, cache=chat)
    fresh = PromptCache(make_context(2048, 256))
    fresh.sync(first)
    for name, ids in (("a", first), ("b", second), ("a", first)):
        chat.turn_to(name, ids)
        chat.sync(ids)
        assert bench.run(job()).outcome is SideOutcome.DONE
    assert list(chat.tokens) == first
    assert float(np.abs(chat.logits() - fresh.logits()).max()) < ROUNDING


def test_what_the_model_thinks_stays_unseen(bench: Bench) -> None:
    seen = OpenFilter()
    bench.equipment = replace(bench.equipment, make_filter=lambda _conversation: seen)
    card = (SystemMessage(Effort.HIGH, "2026-01-02"), UserMessage("Look up my contact card"))
    ended = bench.run(job(card, max_reply_tokens=200, max_thought_tokens=400))
    assert ended.outcome is SideOutcome.DONE
    assert not seen.fed
    assert "@" not in ended.text


def test_thoughts_over_their_budget_give_way_to_the_answer(bench: Bench) -> None:
    thinks = (SystemMessage(Effort.HIGH, "2026-01-02"), UserMessage("Hello!"))
    without = bench.run(job(thinks, max_thought_tokens=0))
    little = bench.run(job(thinks, max_thought_tokens=8))
    much = bench.run(job(thinks, max_thought_tokens=300))
    assert {without.outcome, little.outcome, much.outcome} == {SideOutcome.DONE}
    assert without.tokens < little.tokens < much.tokens


def test_an_answer_that_does_not_end_within_its_tokens_is_none(bench: Bench) -> None:
    long = (SYSTEM, UserMessage("Write a long answer"))
    ended = bench.run(job(long, max_reply_tokens=20, max_thought_tokens=0))
    assert ended.outcome is SideOutcome.FAILED
    assert ended.text == ""
    assert 0 < ended.tokens < 200


def test_an_answer_is_bound_to_its_format_and_the_model_is_told_of_it(bench: Bench) -> None:
    schema = {
        "type": "object",
        "properties": {"violation": {"enum": [0, 1]}},
        "required": ["violation"],
        "additionalProperties": False,
    }
    wanted = ResponseFormat("verdict", json.dumps(schema))
    prompt = bench.equipment.writer.prompt
    for conversation in (HELLO, (SYSTEM, DeveloperMessage("Judge."), UserMessage("Hello!"))):
        ended = bench.run(job(conversation, response_format=wanted, max_thought_tokens=0))
        assert ended.outcome is SideOutcome.DONE
        assert json.loads(ended.text)["violation"] in (0, 1)
        assert ended.tokens > len(prompt(conversation)) + 50


def test_an_answer_out_of_a_short_list_needs_no_grammar(bench: Bench) -> None:
    verdicts = [{"violation": 0}, {"violation": 1, "category": "harm"}]
    wanted = ResponseFormat("verdict", json.dumps({"enum": verdicts}))
    ended = bench.run(job(response_format=wanted, max_thought_tokens=0))
    assert ended.outcome is SideOutcome.DONE
    assert json.loads(ended.text) in verdicts
    assert "tokenizer" not in vars(bench.grammars), "its tables were made"


def test_a_job_that_the_chat_leaves_no_room_for_is_not_begun(bench: Bench) -> None:
    bench.chat.sync(random_ids(9, 1900))
    assert bench.run(job()) == SideEnded(JOB, SideOutcome.NO_ROOM)
    assert len(bench.chat.tokens) == 1900
    bench.chat.sync(random_ids(9, 1700))
    assert bench.run(job()).outcome is SideOutcome.DONE


def test_a_job_that_is_longer_than_the_context_finds_no_room(bench: Bench) -> None:
    long = (SYSTEM, UserMessage("word " * 3000))
    assert bench.run(job(long)).outcome is SideOutcome.NO_ROOM


@pytest.mark.parametrize("asked", [0, 1, 4, 12])
def test_a_job_gives_way_wherever_it_is_and_leaves_the_chat_alone(bench: Bench, asked: int) -> None:
    prompt = random_ids(10, 200)
    bench.chat.sync(prompt)
    before = bench.chat.logits().copy()
    times = iter(range(1000))
    ended = bench.run(job(), lambda: next(times) >= asked)
    assert ended.outcome is SideOutcome.GAVE_WAY
    assert ended.text == ""
    assert list(bench.chat.tokens) == prompt
    assert np.array_equal(bench.chat.logits(), before)


class Scripted:
    """A side job over a scripted memory, which counts decodes."""

    def __init__(
        self, memory: ScriptedMemory, vocabulary: Vocabulary, writer: HarmonyWriter
    ) -> None:
        self.memory = memory
        self.chat = PromptCache(ScriptedMemory())
        self.equipment = Equipment(writer, vocabulary, self.chat, 4096, open_filter)
        self.most = 0

    def make_memory(self, most: int) -> ScriptedMemory:
        self.most = most
        return self.memory

    def job(self, request: SideRequest) -> SideJob:
        return SideJob(request, self.equipment, self.make_memory)


@pytest.fixture
def scripted(
    scripted_memory: ScriptedMemory, vocabulary: Vocabulary, writer: HarmonyWriter
) -> Scripted:
    return Scripted(scripted_memory, vocabulary, writer)


def test_after_a_command_came_nothing_more_is_decoded(scripted: Scripted) -> None:
    """So it waits for one micro-batch at most."""
    has_command = False
    decodes = 0

    def decode() -> bool:
        nonlocal has_command, decodes
        assert not has_command, "a decode was begun although a command waited"
        decodes += 1
        has_command = decodes == 3
        return True

    scripted.memory.on_decode = decode
    ended = scripted.job(job((SYSTEM, UserMessage("word " * 200)))).run(lambda: has_command)
    assert ended.outcome is SideOutcome.GAVE_WAY
    assert decodes == 3
    assert scripted.most == UBATCH_TOKENS


def test_an_urgent_job_may_take_whole_micro_batches(scripted: Scripted) -> None:
    scripted.job(job(is_urgent=True)).run(never)
    assert scripted.most == scripted.equipment.context_tokens


def test_a_job_whose_computation_fails_is_told_as_failed_and_the_chat_is_read_anew(
    scripted: Scripted,
) -> None:
    def fail() -> bool:
        raise DecodeError(-3)

    scripted.chat.sync([1, 2, 3])
    scripted.memory.on_decode = fail
    assert scripted.job(job()).run(never) == SideEnded(JOB, SideOutcome.FAILED)
    assert not scripted.chat.tokens
    assert not scripted.memory.tokens


def test_a_call_instead_of_an_answer_is_a_failure(
    scripted: Scripted, vocabulary: Vocabulary
) -> None:
    markup = "<|channel|>commentary to=functions.f<|message|>{}<|call|>"
    scripted.memory.script = Stage(vocabulary, scripted.equipment.writer, scripted.memory).ids(
        markup
    )
    assert scripted.job(job()).run(never).outcome is SideOutcome.FAILED


def test_a_job_is_given_up_when_its_time_is_over(scripted: Scripted) -> None:
    seconds = iter(range(100))
    limited = job((SYSTEM, UserMessage("word " * 60)), max_seconds=5.0)
    ended = SideJob(
        limited, scripted.equipment, scripted.make_memory, lambda: float(next(seconds))
    ).run(never)
    assert ended.outcome is SideOutcome.FAILED
    assert 0 < len(scripted.memory.decoded) <= 6
    assert not scripted.memory.tokens

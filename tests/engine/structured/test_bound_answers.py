"""Answers of the practice model, which knows no JSON, under a schema."""

from __future__ import annotations

import json
import queue
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import jsonschema
import pytest
from hypothesis import HealthCheck, event, given, settings
from hypothesis import strategies as st

from engine.equipment import Equipment
from engine.events import (
    EngineEvent,
    Failed,
    Finished,
    ModelLoaded,
    PreambleAdded,
    StopReason,
    TextAdded,
    TurnEvent,
)
from engine.generation import Turn
from engine.harmony.messages import DeveloperMessage, Effort, SystemMessage, UserMessage
from engine.harmony.tokens import CHANNEL, END, MESSAGE, RETURN
from engine.harmony.vocabulary import Vocabulary
from engine.harmony.writer import HarmonyWriter
from engine.llama.sync import PromptCache
from engine.requests import AnswerRequest, Sampling, TurnId
from engine.structured.format import read_response_format
from engine.structured.grammar import GrammarVocabulary
from engine.worker import Engine
from tests.engine.conftest import SECONDS_TO_WAIT, ScriptedMemory, Talk, open_filter
from tests.engine.structured.schemas import SCHEMAS

CITY = {
    "type": "object",
    "properties": {
        "city": {"enum": ["서울", "Busan"]},
        "people": {"type": "integer", "minimum": 0, "maximum": 99},
        "sights": {"type": "array", "items": {"type": "string", "maxLength": 8}, "maxItems": 2},
    },
    "required": ["city", "people", "sights"],
}


@pytest.fixture(scope="module")
def talk(vocabulary: Vocabulary, practice_model_path: Path) -> Iterator[Talk]:
    """One engine for all: the grammar's tables take a second to make."""
    events: queue.SimpleQueue[EngineEvent] = queue.SimpleQueue()
    engine = Engine(lambda: vocabulary, open_filter, events.put)
    engine.start()
    talk = Talk(engine, events)
    assert isinstance(talk.load(practice_model_path), ModelLoaded)
    yield talk
    assert engine.close(SECONDS_TO_WAIT)


MOST_TOKENS = 300


def bound(talk: Talk, schema: Any, text: str, sampling: Sampling, most: int = 0) -> AnswerRequest:
    request = talk.request(text, sampling, most)
    wanted = read_response_format(json.dumps(schema))
    system = SystemMessage(Effort.LOW, "2026-01-02")
    conversation = (system, DeveloperMessage(response_format=wanted), UserMessage(text))
    return AnswerRequest(request.turn_id, conversation, sampling, most)


def answered(talk: Talk, request: AnswerRequest) -> tuple[Finished | Failed, str]:
    talk.engine.answer(request)
    end = talk.wait_for(Finished, Failed)
    assert isinstance(end, Finished | Failed)
    return end, talk.text_of(request.turn_id)


@settings(
    max_examples=15,
    deadline=None,
    suppress_health_check=[HealthCheck.too_slow],
)
@given(schema=SCHEMAS, seed=st.integers(0, 2**32 - 2), temperature=st.sampled_from([0.0, 1.0, 2.0]))
def test_even_the_practice_model_answers_with_json_of_the_schema(
    talk: Talk, schema: dict[str, Any], seed: int, temperature: float
) -> None:
    sampling = Sampling(temperature=temperature, seed=seed)
    end, text = answered(talk, bound(talk, schema, "Hello", sampling, MOST_TOKENS))
    assert isinstance(end, Finished)
    if end.reason is StopReason.TOKEN_LIMIT:  # it may write a string without an end
        assert end.usage.reply_tokens >= MOST_TOKENS
        return
    assert end.reason is StopReason.END_OF_TURN
    jsonschema.validate(json.loads(text), schema)
    event("a whole answer")


@pytest.mark.parametrize("question", ["Hello", "Tell me a long story", "What is 2 + 2?"])
def test_the_model_still_thinks_freely_before_a_bound_answer(talk: Talk, question: str) -> None:
    request = bound(talk, CITY, question, Sampling(temperature=0.0))
    end, text = answered(talk, request)
    assert isinstance(end, Finished)
    assert talk.thoughts_of(request.turn_id)
    assert end.usage.thought_tokens > 0
    jsonschema.validate(json.loads(text), CITY)


def test_an_answer_that_the_limit_cuts_says_so(talk: Talk) -> None:
    schema = {"type": "string", "minLength": 500}
    request = bound(talk, schema, "Hello", Sampling(temperature=0.0), 60)
    end, text = answered(talk, request)
    assert isinstance(end, Finished)
    assert end.reason is StopReason.TOKEN_LIMIT
    assert text.startswith('"')
    with pytest.raises(ValueError, match="Unterminated string"):
        json.loads(text)


def test_a_stopped_answer_says_so(talk: Talk) -> None:
    request = bound(talk, {"type": "string", "minLength": 500}, "Hello", Sampling(seed=1))
    talk.at(lambda event: isinstance(event, TextAdded), lambda: talk.engine.stop(request.turn_id))
    end, _text = answered(talk, request)
    assert isinstance(end, Finished)
    assert end.reason is StopReason.CANCELLED


def test_a_schema_that_cannot_be_used_fails_before_anything_is_read(talk: Talk) -> None:
    wanted = read_response_format("{}")
    broken = DeveloperMessage(response_format=type(wanted)("x", '{"type":"strin"}'))
    conversation = (SystemMessage(Effort.LOW, "2026-01-02"), broken, UserMessage("Hello"))
    end, text = answered(talk, AnswerRequest(TurnId(99), conversation))
    assert isinstance(end, Failed)
    assert end.title == "The schema cannot be used (at {place}): {reason}."
    assert end.fields == {"place": "#", "reason": "Invalid type: strin"}
    assert not text
    assert end.usage.read_tokens == 0


def test_the_next_turn_is_free_again(talk: Talk) -> None:
    answered(talk, bound(talk, CITY, "Hello", Sampling(temperature=0.0)))
    request = talk.request("Hello")
    _end, text = answered(talk, request)
    with pytest.raises(ValueError, match="Expecting value"):
        json.loads(text)


def test_a_seed_makes_a_bound_answer_repeatable(talk: Talk) -> None:
    texts = {answered(talk, bound(talk, CITY, "Hello", Sampling(seed=7)))[1] for _ in range(2)}
    assert len(texts) == 1


def test_what_is_said_beside_the_answer_does_not_replace_it(
    vocabulary: Vocabulary,
    writer: HarmonyWriter,
    grammars: GrammarVocabulary,
    scripted_memory: ScriptedMemory,
) -> None:
    wanted = read_response_format('{"type":"integer","minimum":0}')
    conversation = (
        SystemMessage(Effort.LOW, "2026-01-02"),
        DeveloperMessage(response_format=wanted),
        UserMessage("How many?"),
    )
    lead = [*writer.next_assistant(), *writer.final_header()]
    scripted_memory.script = [
        *[CHANNEL, *vocabulary.encode("commentary"), MESSAGE, *vocabulary.encode("Three.")],
        *[RETURN, END, *[0] * (len(lead) - 1)],
        *vocabulary.encode("Three"),  # forbidden: the sampler takes another
        *[RETURN] * 3,
    ]
    events: list[TurnEvent] = []
    turn = Turn(
        AnswerRequest(TurnId(1), conversation, Sampling(temperature=0.0), has_header_guard=False),
        Equipment(
            writer=writer,
            vocabulary=vocabulary,
            cache=PromptCache(scripted_memory),
            context_tokens=4000,
            make_filter=open_filter,
            make_answer_guard=lambda _request: grammars.grammar(wanted),
        ),
        emit=events.append,
        should_stop=lambda: False,
    )
    assert turn.run() is StopReason.END_OF_TURN
    said = [event.text for event in events if isinstance(event, PreambleAdded)]
    assert "".join(said) == "Three."
    text = "".join(event.text for event in events if isinstance(event, TextAdded))
    assert int(text) >= 0
    assert turn.usage.guarded > 0

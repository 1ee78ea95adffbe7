from __future__ import annotations

import json
from typing import Any

import jsonschema
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from engine.harmony.tokens import CALL, END, END_OF_TEXT, RETURN, START
from engine.harmony.vocabulary import Vocabulary
from engine.structured.format import read_response_format
from engine.structured.grammar import GrammarVocabulary, ResponseGrammar
from tests.engine.structured.schemas import SCHEMAS, babble

PERSON = {
    "type": "object",
    "properties": {"name": {"type": "string"}, "age": {"type": "integer"}},
    "required": ["name", "age"],
}


def grammar_of(grammars: GrammarVocabulary, schema: Any) -> ResponseGrammar:
    return grammars.grammar(read_response_format(json.dumps(schema)))


def is_whole(grammar: ResponseGrammar, ids: list[int]) -> bool:
    for token in ids:
        if not grammar.allows(token):
            return False
        grammar.take(token)
    return grammar.is_complete


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(schema=SCHEMAS, seed=st.integers(0, 2**32))
def test_whatever_a_clueless_model_writes_is_an_answer_to_the_schema(
    grammars: GrammarVocabulary, vocabulary: Vocabulary, schema: dict[str, Any], seed: int
) -> None:
    ids = babble(grammar_of(grammars, schema), seed)
    jsonschema.validate(json.loads(vocabulary.decode(ids)), schema)


@pytest.mark.parametrize(
    ("schema", "answer"),
    [
        (PERSON, '{"name": "김지우", "age": 31}'),
        (PERSON, '{\n  "name": "Kim \\"J\\" \\\\ \\n",\n  "age": -3\n}'),
        (PERSON, '{"name":"","age":0}'),
        ({"enum": ["서울", "부산", None]}, '"부산"'),
        (
            {"type": "array", "items": {"type": "array", "items": {"type": "number"}}},
            "[[1.5e3],[]]",
        ),
        ({"anyOf": [{"type": "string"}, {"type": "null"}]}, "null"),
        ({}, '{"anything": [1, {"goes": null}]}'),
        ({"type": "object", "additionalProperties": {"type": "integer"}}, '{"a": 1, "b": 2}'),
        ({"type": "string", "format": "date"}, '"2026-11-24"'),
    ],
)
def test_good_answers_may_be_written(
    grammars: GrammarVocabulary, vocabulary: Vocabulary, schema: dict[str, Any], answer: str
) -> None:
    jsonschema.validate(json.loads(answer), schema)
    assert is_whole(grammar_of(grammars, schema), vocabulary.encode(answer))


@pytest.mark.parametrize(
    ("schema", "answer"),
    [
        (PERSON, '{"name": "Kim"}'),
        (PERSON, '{"name": "Kim", "age": "31"}'),
        (PERSON, '{"name": "Kim", "age": 31, "hobby": "go"}'),
        (PERSON, 'Here you are: {"name": "Kim", "age": 31}'),
        (PERSON, '{"name": "Kim", "age": 31} Done.'),
        (PERSON, '{"name": "Kim\n", "age": 31}'),
        ({"enum": ["서울"]}, '"부산"'),
        ({"type": "array", "items": {"type": "integer"}, "maxItems": 1}, "[1, 2]"),
    ],
)
def test_other_answers_cannot_be_written(
    grammars: GrammarVocabulary, vocabulary: Vocabulary, schema: dict[str, Any], answer: str
) -> None:
    assert not is_whole(grammar_of(grammars, schema), vocabulary.encode(answer))


def test_only_the_end_may_follow_a_whole_answer(
    grammars: GrammarVocabulary, vocabulary: Vocabulary
) -> None:
    grammar = grammar_of(grammars, PERSON)
    assert not grammar.allows(RETURN)
    for token in vocabulary.encode('{"name":"Kim","age":3'):
        grammar.take(token)
    assert not grammar.allows(RETURN)
    grammar.take(vocabulary.encode("}")[0])
    assert grammar.is_complete
    assert grammar.allowed_ids().tolist() == [RETURN]
    assert not any(grammar.allows(token) for token in (END, CALL, START, END_OF_TEXT, 0))


def test_a_number_may_go_on_or_end(grammars: GrammarVocabulary, vocabulary: Vocabulary) -> None:
    grammar = grammar_of(grammars, {"type": "integer"})
    grammar.take(vocabulary.encode("12")[0])
    assert grammar.is_complete
    assert grammar.allows(RETURN)
    assert grammar.allows(vocabulary.encode("3")[0])


def test_what_is_allowed_and_the_list_of_it_agree(
    grammars: GrammarVocabulary, vocabulary: Vocabulary
) -> None:
    grammar = grammar_of(grammars, PERSON)
    for token in vocabulary.encode('{"name":"K'):
        grammar.take(token)
    allowed = set(grammar.allowed_ids().tolist())
    some = [*range(0, 201_088, 997), RETURN, END, CALL]
    assert {token for token in some if grammar.allows(token)} == allowed & set(some)
    assert 1000 < len(allowed) < 200_000


def test_white_space_cannot_go_on_for_ever(
    grammars: GrammarVocabulary, vocabulary: Vocabulary
) -> None:
    grammar = grammar_of(grammars, PERSON)
    assert not is_whole(grammar, vocabulary.encode("{" + "\n" * 50))

from __future__ import annotations

import json

import pytest

from engine.harmony.messages import ResponseFormat
from engine.harmony.tokens import RETURN
from engine.harmony.vocabulary import Vocabulary
from engine.structured.choices import MOST_CHOICES, ChoiceGuard, choices_of

TEXTS = ('{"violation": 0}', '{"violation": 1}', '{"violation": 1, "why": "긴 말"}')


def test_an_answer_becomes_one_of_the_texts_and_ends(vocabulary: Vocabulary) -> None:
    for text in TEXTS:
        guard = ChoiceGuard(vocabulary.encode, TEXTS)
        for token in (*vocabulary.encode(text), RETURN):
            assert guard.restriction().allows(token)
            guard.take(token)
        assert len(guard.restriction().ids) == 0


def test_nothing_else_may_come(vocabulary: Vocabulary) -> None:
    guard = ChoiceGuard(vocabulary.encode, TEXTS)
    first = guard.restriction()
    assert first.ids.tolist() == [vocabulary.encode(TEXTS[0])[0]]
    assert not first.allows(RETURN)
    guard.take(vocabulary.encode("Sure")[0])
    assert len(guard.restriction().ids) == 0


@pytest.mark.parametrize(
    ("schema", "found"),
    [
        ({"enum": [{"a": 1}, "긴"]}, ('{"a": 1}', '"긴"')),
        ({"enum": []}, ()),
        ({"enum": list(range(MOST_CHOICES + 1))}, ()),
        ({"enum": [1], "type": "integer"}, ()),
        ({"type": "object"}, ()),
        ([], ()),
    ],
)
def test_only_a_schema_that_lists_a_few_answers_gives_choices(
    schema: object, found: tuple[str, ...]
) -> None:
    assert choices_of(ResponseFormat("x", json.dumps(schema))) == found


def test_what_is_no_json_gives_no_choices() -> None:
    assert choices_of(ResponseFormat("x", "{")) == ()

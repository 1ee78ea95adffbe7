"""Made-up JSON schemas, and answers by a model that knows nothing."""

from __future__ import annotations

import random
from typing import Any

from hypothesis import strategies as st

from engine.harmony.tokens import RETURN
from engine.structured.grammar import ResponseGrammar

WORDS = st.sampled_from(
    ["name", "이름", "a b", 'quo"te', "back\\slash", "line\nbreak", "é", "$ref", "x"]
)
_FIXED = st.one_of(
    st.text('ab가나"\\\n\t', max_size=4), st.integers(-99, 99), st.booleans(), st.none()
)
_STRINGS = st.one_of(
    st.just({"type": "string", "maxLength": 6}),
    st.just({"type": "string", "minLength": 2, "maxLength": 4}),
    st.sampled_from(["^[a-f]{1,4}$", "^(가|나){1,3}$", "^\\d{3}-\\d{2}$"]).map(
        lambda pattern: {"type": "string", "pattern": pattern}
    ),
    st.sampled_from(["date", "time", "date-time", "ipv4", "uuid"]).map(
        lambda name: {"type": "string", "format": name}
    ),
)
_NUMBERS = st.one_of(
    st.tuples(st.integers(-50, 0), st.integers(0, 900)).map(
        lambda ends: {"type": "integer", "minimum": ends[0], "maximum": ends[1]}
    ),
    st.just({"type": "integer", "multipleOf": 7, "minimum": 0, "maximum": 700}),
    st.just({"type": "number", "exclusiveMinimum": 0, "maximum": 1}),
)
_LEAVES: st.SearchStrategy[dict[str, Any]] = st.one_of(
    _STRINGS,
    _NUMBERS,
    st.sampled_from([{"type": "boolean"}, {"type": "null"}, {"type": ["boolean", "null"]}]),
    st.lists(_FIXED, min_size=1, max_size=4).map(lambda values: {"enum": values}),
    _FIXED.map(lambda value: {"const": value}),
)


def _objects(parts: st.SearchStrategy[dict[str, Any]]) -> st.SearchStrategy[dict[str, Any]]:
    def made(properties: dict[str, Any], needed: int, extra: Any) -> dict[str, Any]:
        names = list(properties)
        schema = {"type": "object", "properties": properties, "required": names[:needed]}
        return schema if extra is None else {**schema, "additionalProperties": extra}

    properties = st.dictionaries(WORDS, parts, max_size=4)
    return st.builds(made, properties, st.integers(0, 4), st.sampled_from([None, False]))


def _arrays(parts: st.SearchStrategy[dict[str, Any]]) -> st.SearchStrategy[dict[str, Any]]:
    return st.builds(
        lambda part, least, more: {
            "type": "array",
            "items": part,
            "minItems": least,
            "maxItems": least + more,
        },
        parts,
        st.integers(0, 2),
        st.integers(0, 2),
    )


_PARTS: st.SearchStrategy[dict[str, Any]] = st.recursive(
    _LEAVES,
    lambda parts: st.one_of(
        _objects(parts),
        _arrays(parts),
        st.lists(parts, min_size=1, max_size=3).map(lambda choices: {"anyOf": choices}),
    ),
    max_leaves=6,
)
SCHEMAS = st.one_of(
    _PARTS,
    _PARTS.map(
        lambda part: {
            "$defs": {"a/b": part},
            "type": "array",
            "items": {"$ref": "#/$defs/a~1b"},
            "maxItems": 2,
        }
    ),
)


def babble(grammar: ResponseGrammar, seed: int, limit: int = 2000) -> list[int]:
    """Ids drawn at random among those allowed; the end as soon as it is possible."""
    draw = random.Random(seed)
    ids: list[int] = []
    while len(ids) < limit:
        allowed = grammar.allowed_ids()
        token = RETURN if grammar.is_complete else int(draw.choice(allowed))
        assert grammar.allows(token)
        grammar.take(token)
        if token == RETURN:
            return ids
        ids.append(token)
    raise AssertionError("no end")

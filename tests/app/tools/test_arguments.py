from __future__ import annotations

import json
from typing import Any

import jsonschema
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from app.tools.arguments import paths_in, read_arguments, written
from app.tools.tool import CallRefusedError

JSON = st.recursive(
    st.none()
    | st.booleans()
    | st.integers()
    | st.floats(allow_nan=False, allow_infinity=False)
    | st.text(max_size=8),
    lambda inner: (
        st.lists(inner, max_size=4) | st.dictionaries(st.text(max_size=4), inner, max_size=4)
    ),
    max_leaves=12,
)
TYPES = st.sampled_from(["string", "integer", "number", "boolean", "array", "object", "null"])
SCHEMAS = st.recursive(
    st.builds(lambda kind: {"type": kind}, TYPES)
    | st.builds(lambda values: {"enum": values}, st.lists(JSON, min_size=1, max_size=3)),
    lambda inner: (
        st.builds(lambda part: {"type": "array", "items": part}, inner)
        | st.builds(lambda parts: {"anyOf": parts}, st.lists(inner, min_size=1, max_size=3))
        | st.builds(
            lambda parts, closed: {
                "type": "object",
                "properties": parts,
                "required": sorted(parts)[:1],
                "additionalProperties": not closed,
            },
            st.dictionaries(st.sampled_from("abc"), inner, max_size=3),
            st.booleans(),
        )
    ),
    max_leaves=8,
)


def an_object(properties: dict[str, Any], **more: Any) -> dict[str, Any]:
    return {"type": "object", "properties": properties, **more}


def read(value: Any, part: Any, **more: Any) -> Any:
    schema = an_object({"a": part}, **more)
    return read_arguments(json.dumps({"a": value}), schema)["a"]


@pytest.mark.parametrize(
    ("value", "part", "meant"),
    [
        ("3", {"type": "integer"}, 3),
        ("3.0", {"type": "integer"}, 3),
        (3.0, {"type": "integer"}, 3),
        ("2.5", {"type": "number"}, 2.5),
        ("true", {"type": "boolean"}, True),
        (7, {"type": "string"}, "7"),
        ('["x"]', {"type": "array", "items": {"type": "string"}}, ["x"]),
        ('{"b": "1"}', an_object({"b": {"type": "integer"}}), {"b": 1}),
        ("3", {"type": ["integer", "null"]}, 3),
        (None, {"type": "string", "nullable": True}, None),
        ("3", {"anyOf": [{"type": "integer"}, {"type": "string"}]}, "3"),
        ("4", {"anyOf": [{"type": "integer"}, {"type": "null"}]}, 4),
        ("5", {"$ref": "#/$defs/n"}, 5),
        ("6", {"allOf": [{"type": "integer"}, {"maximum": 9}]}, 6),
        ("7", True, "7"),
    ],
)
def test_harmless_slips_are_put_right(value: Any, part: Any, meant: Any) -> None:
    found = read(value, part, **{"$defs": {"n": {"type": "integer"}}})
    assert found == meant
    assert type(found) is type(meant)


@pytest.mark.parametrize(
    ("value", "part", "words"),
    [
        ("many", {"type": "integer"}, 'The argument "a" must be a whole number; this is a text'),
        (True, {"type": "integer"}, "must be a whole number; this is true or false."),
        (1.5, {"type": "integer"}, "must be a whole number; this is a number."),
        (None, {"type": "string"}, "must be a text in quotes; this is null."),
        ("c", {"enum": ["a", "b"]}, 'must be one of: "a", "b".'),
        (1, {"enum": [True]}, "must be one of: true."),
        (0, {"type": "integer", "minimum": 1}, "must be at least 1."),
        (9, {"type": "integer", "maximum": 1}, "must be at most 1."),
        ([1, "x"], {"items": {"type": "integer"}}, 'The argument "a[1]" must be a whole number'),
        ({"c": 1}, an_object({"b": {}}, required=["b"]), 'The argument "b" is missing in "a".'),
        (
            {"c": 1},
            an_object({"b": {}}, additionalProperties=False),
            'There is no argument "c" in "a"; it takes "b".',
        ),
        ([], {"anyOf": [{"type": "string"}, {"type": "null"}]}, "a text in quotes or null; this"),
    ],
)
def test_what_is_wrong_and_what_would_be_right_is_told(value: Any, part: Any, words: str) -> None:
    with pytest.raises(CallRefusedError) as refused:
        read(value, part)
    assert words in str(refused.value)


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("{", "not JSON: Expecting property name"),
        ('{"a": 1} and more', "not JSON: Extra data at line 1, column 10."),
        ('"text"', "must be one JSON object, written in braces; this is a text in quotes."),
        ('{"a": NaN}', "NaN is no JSON number"),
        ("[" * 100_000, "nested too deeply"),
        ("x" * 1_000_001, "longer than"),
        ("", 'The argument "a" is missing; it must be a whole number.'),
    ],
)
def test_a_body_that_is_no_object_is_refused(text: str, words: str) -> None:
    with pytest.raises(CallRefusedError) as refused:
        read_arguments(text, an_object({"a": {"type": "integer"}}, required=["a"]))
    assert words in str(refused.value)


def test_nothing_at_all_is_no_arguments() -> None:
    assert read_arguments(" \n", None) == {}
    assert read_arguments("{}", {"type": "object", "properties": {}}) == {}


@settings(deadline=None)
@given(JSON, SCHEMAS)
def test_what_a_validator_accepts_is_accepted_as_it_is(value: Any, part: Any) -> None:
    try:
        jsonschema.validate(value, part)
    except jsonschema.ValidationError:
        return
    # A validator takes 1.0 for a whole number; here it becomes one.
    assert read(value, part) == value


@settings(deadline=None)
@given(JSON, SCHEMAS)
def test_what_comes_out_fits_the_schema(value: Any, part: Any) -> None:
    try:
        found = read(value, part)
    except CallRefusedError:
        return
    jsonschema.validate(found, part)


@pytest.mark.parametrize(
    "schema",
    [
        {"$ref": "#"},
        {"allOf": [{"$ref": "#"}]},
        {"properties": {"a": {"$ref": "#"}}, "additionalProperties": {"$ref": "#/nothing"}},
        {"$ref": "http://127.0.0.1:9/schema"},
        {"properties": ["a"], "required": "a", "type": 3, "enum": "x", "anyOf": {}, "items": 1},
        {"properties": {"a": {"type": "string", "pattern": "(a+)+$"}}},
        {"$defs": {"d": {"anyOf": [{"$ref": "#/$defs/d"}] * 9}}, "$ref": "#/$defs/d"},
    ],
)
def test_a_schema_that_makes_no_sense_or_no_end_does_no_harm(schema: dict[str, Any]) -> None:
    value = {"a": {"a": {"a": "a" * 40 + "!"}}} if "pattern" not in str(schema) else {"a": "a" * 40}
    assert read_arguments(json.dumps(value), schema) == value


def test_paths_are_found_wherever_they_are() -> None:
    arguments = {
        "path": "notes/../today.txt",
        "text": "/etc/passwd",
        "deep": [{"x": "~/mail"}, "C:\\Users\\me", "file:///tmp/a", "\\\\host\\share"],
        "paths": ["a.txt", "b.txt"],
        "words": "and/or",
        "from": "en",
        "to": "../b",
        "lines": "/first\n/second",
        "number": 3,
    }
    assert paths_in(arguments) == (
        "notes/../today.txt",
        "/etc/passwd",
        "~/mail",
        "C:\\Users\\me",
        "file:///tmp/a",
        "\\\\host\\share",
        "a.txt",
        "b.txt",
        "../b",
    )


def test_arguments_are_shown_as_people_read_them() -> None:
    assert written({"a": "안녕", "b": [1]}) == '{\n  "a": "안녕",\n  "b": [\n    1\n  ]\n}'

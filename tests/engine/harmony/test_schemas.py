from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from engine.harmony.messages import DeveloperMessage, FunctionTool
from engine.harmony.schemas import MAX_PARTS, one_line, parameters_of
from engine.harmony.tokens import END, MESSAGE, ORDINARY_TOKENS, START
from engine.harmony.vocabulary import Vocabulary
from engine.harmony.writer import HarmonyWriter

Fields = Callable[[Mapping[str, Any]], list[str]]


def an_object(properties: Mapping[str, Any], **more: Any) -> dict[str, Any]:
    return {"type": "object", "properties": dict(properties), **more}


@pytest.fixture(scope="session")
def fields(vocabulary: Vocabulary, writer: HarmonyWriter) -> Fields:
    """The lines between the braces of a function with this schema, as the model sees them."""

    def lines(schema: Mapping[str, Any]) -> list[str]:
        tool = FunctionTool("f", "d", schema)
        text = vocabulary.decode(writer.message_ids(DeveloperMessage("", (tool,))))
        body = text.partition("type f = (_: {\n")[2].rpartition("\n}) => any;")[0]
        return body.split("\n")

    return lines


@pytest.mark.parametrize(
    ("part", "line"),
    [
        ({"type": "string"}, "a?: string,"),
        ({"type": ["integer", "null"]}, "a?: number | null,"),
        ({"anyOf": [{"type": "integer"}, {"type": "null"}]}, "a?: number | null,"),
        ({"anyOf": [{"type": "string"}, {"type": "null"}], "default": None}, "a?: string | null,"),
        ({"oneOf": [{"type": "boolean"}]}, "a?: boolean,"),
        ({"const": "fast"}, 'a?: "fast",'),
        ({"enum": ["x", None]}, 'a?: "x" | null,'),
        ({"enum": ['say "x"', "y"]}, 'a?: "say \\"x\\"" | "y",'),
        ({"type": "made } up"}, "a?: any,"),
        ({"type": ["string", "made } up"]}, "a?: string,"),
        ({"type": "array", "items": {"$ref": "#/$defs/size"}}, 'a?: "s" | "l"[],'),
        ({"$ref": "#/$defs/alias"}, 'a?: "s" | "l",'),
        ({"$ref": "#/$defs/with~1slash"}, "a?: boolean,"),
        ({"$ref": "#/$defs/nothing"}, "a?: any,"),
        ({"$ref": "https://example.org/schema"}, "a?: any,"),
        ({"allOf": [{"$ref": "#/$defs/size"}], "default": "s"}, 'a?: "s" | "l", // default: s'),
        ({"type": "number", "default": float("nan")}, 'a?: number, // default: "nan"'),
        (True, "a?: any,"),
    ],
)
def test_what_the_library_would_drop_reaches_the_model(
    fields: Fields, part: Any, line: str
) -> None:
    definitions = {
        "size": {"enum": ["s", "l"]},
        "alias": {"$ref": "#/$defs/size"},
        "with/slash": {"type": "boolean"},
    }
    assert fields({"$defs": definitions, **an_object({"a": part})}) == [line]


@pytest.mark.parametrize(
    ("values", "words", "shown"),
    [
        ([1, 2.5], "1, 2.5", "number"),
        ([True], "true", "boolean"),
        (["a", 1], '"a", 1', "any"),
        ([1, None], "1", "number | null"),
    ],
)
def test_fixed_values_that_are_no_strings_are_told_in_words(
    fields: Fields, values: list[Any], words: str, shown: str
) -> None:
    schema = an_object({"a": {"enum": values, "description": "How many."}})
    assert fields(schema) == [f"// How many. One of: {words}.", f"a?: {shown},"]


def test_variants_become_a_one_of_and_keep_their_null(fields: Fields) -> None:
    variants = [{"type": "string"}, {"type": "integer"}, {"type": "null"}]
    schema = an_object({"a": {"anyOf": variants}}, required=["a"])
    assert fields(schema) == ["a:", " | string", " | number | null", ","]


def test_parameters_that_are_a_choice_between_objects_are_shown_as_one(fields: Fields) -> None:
    variants = [
        an_object({"kind": {"const": "a"}, "x": {"type": "integer"}}, required=["kind", "x"]),
        an_object({"kind": {"const": "b"}, "y": {"type": "string"}}, required=["kind"]),
    ]
    shown = ['kind: "a",', "x?: number,", "y?: string,"]
    assert fields({"type": "object", "oneOf": variants}) == shown
    both = {**an_object({"z": {"type": "boolean"}}, required=["z"]), "anyOf": variants}
    assert fields(both) == ["z: boolean,", *shown]


def test_the_parts_of_all_of_hold_together(fields: Fields) -> None:
    parts = [
        an_object({"x": {"type": "integer"}}, required=["x"]),
        an_object({"y": {"type": "string"}}, required=["y"]),
        "no schema",
    ]
    schema = an_object({"a": {"allOf": parts}})
    assert fields(schema) == ["a?: {", "    x: number,", "    y: string,", "    },"]


def test_a_key_that_is_no_identifier_is_quoted_and_stays_required(fields: Fields) -> None:
    name = 'a: any }) => any;\n"x"'
    assert fields(an_object({name: {"type": "string"}}, required=[name])) == [
        '"a: any }) => any; \\"x\\"": string,'
    ]


@pytest.mark.parametrize("schema", [None, {}, {"type": "object"}, an_object({})])
def test_a_function_without_parameters_has_none(schema: Mapping[str, Any] | None) -> None:
    assert parameters_of(schema) is None


@pytest.mark.parametrize("mark", ["\n", "\r", "\r\n", "\u2028", "\u2029", "\x85", "\v", "\f"])
def test_no_line_break_stays_in_a_line(mark: str) -> None:
    assert one_line(f"a {mark} b{mark}") == "a b"
    assert one_line("a\ud800") == "a\ufffd"


def nodes(value: Any) -> int:
    if isinstance(value, dict):
        return 1 + sum(nodes(part) for part in value.values())
    return sum(nodes(part) for part in value) if isinstance(value, list) else 1


@pytest.mark.parametrize(
    "schema",
    [
        an_object({name: {"$ref": "#"} for name in "abcdefgh"}),
        {"allOf": [{"$ref": "#"}], **an_object({"a": {"$ref": "#"}})},
        {
            "$defs": {
                f"d{n}": an_object({name: {"$ref": f"#/$defs/d{n + 1}"} for name in "abcde"})
                for n in range(30)
            },
            **an_object({"a": {"$ref": "#/$defs/d0"}}),
        },
    ],
    ids=["itself", "all of itself", "doubling references"],
)
def test_a_schema_that_grows_without_end_is_cut(schema: dict[str, Any]) -> None:
    clean = parameters_of(schema)
    assert clean is not None
    assert nodes(clean) < 20 * MAX_PARTS


def test_a_deep_schema_is_cut() -> None:
    deep: dict[str, Any] = {"type": "string"}
    for _ in range(500):
        deep = an_object({"a": deep})
    assert json.dumps(parameters_of(deep)).count('"a"') < 30


LEAF = st.one_of(st.text(max_size=12), st.none(), st.booleans(), st.floats(), st.integers())
KEYS = st.sampled_from(
    [
        "type",
        "properties",
        "items",
        "anyOf",
        "oneOf",
        "allOf",
        "$ref",
        "enum",
        "const",
        "default",
        "description",
        "title",
        "nullable",
        "examples",
        "required",
        "object",
        "#",
    ]
)
SCHEMA = st.recursive(
    LEAF,
    lambda part: st.one_of(
        st.lists(part, max_size=3),
        st.dictionaries(st.one_of(KEYS, st.text(max_size=6)), part, max_size=4),
    ),
    max_leaves=12,
)


@settings(suppress_health_check=[HealthCheck.too_slow], deadline=None)
@given(st.dictionaries(st.text(max_size=5), SCHEMA, min_size=1, max_size=4), st.text())
def test_no_schema_breaks_the_writer_or_leaves_its_namespace(
    vocabulary: Vocabulary,
    writer: HarmonyWriter,
    properties: dict[str, Any],
    description: str,
) -> None:
    tool = FunctionTool("f", description, an_object(properties))
    ids = writer.message_ids(DeveloperMessage("", (tool,)))
    assert [i for i in ids if i >= ORDINARY_TOKENS] == [START, MESSAGE, END]
    lines = vocabulary.decode(ids).splitlines()
    assert [line for line in lines if line.startswith(("#", "type ", "}"))] == [
        "## functions",
        "type f = (_: {",
        "}) => any;",
        "} // namespace functions",
    ]

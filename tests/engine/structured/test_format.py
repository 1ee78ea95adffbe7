from __future__ import annotations

import json
from typing import Any

import jsonschema
import pytest
from hypothesis import given
from hypothesis import strategies as st

from engine.harmony.messages import DeveloperMessage, ResponseFormat
from engine.harmony.tokens import END, MESSAGE, ORDINARY_TOKENS, START
from engine.harmony.vocabulary import Vocabulary
from engine.harmony.writer import HarmonyWriter
from engine.structured.closing import closed
from engine.structured.errors import SchemaError
from engine.structured.format import MAX_CHARACTERS, read_response_format
from engine.structured.schema import MAX_PARTS

NESTED: dict[str, Any] = {"type": "string"}
for _ in range(40):
    NESTED = {"type": "array", "items": NESTED}


def developer_text(writer: HarmonyWriter, vocabulary: Vocabulary, wanted: ResponseFormat) -> str:
    message = DeveloperMessage("Be brief.", response_format=wanted)
    ids = writer.message_ids(message)
    assert [id_ for id_ in ids if id_ >= ORDINARY_TOKENS] == [START, MESSAGE, END]
    return vocabulary.decode(ids)


def test_the_form_of_answers_stands_at_the_end_of_the_developer_message(
    writer: HarmonyWriter, vocabulary: Vocabulary
) -> None:
    wanted = ResponseFormat("shopping_list", '{"type":"object"}', "What to buy.")
    assert developer_text(writer, vocabulary, wanted) == (
        "developer# Instructions\n\nBe brief.\n\n# Response Formats\n\n## shopping_list\n\n"
        '// What to buy.\n{"type":"object"}'
    )
    plain = ResponseFormat("쇼핑 목록", '{"type":"object"}')
    assert developer_text(writer, vocabulary, plain).endswith(
        '\n\n## 쇼핑_목록\n\n{"type":"object"}'
    )


HOSTILE = st.text('a\n\r\u2028\u2029\u0085\x0b\x0c\x1c#/<|end|>`"\\} ', max_size=40)


@given(text=HOSTILE, name=HOSTILE)
def test_no_text_in_a_schema_can_begin_a_section(
    writer: HarmonyWriter, vocabulary: Vocabulary, text: str, name: str
) -> None:
    schema = {
        "title": text,
        "description": text,
        "type": "object",
        "properties": {text: {"enum": [text, "x"], "default": text, "description": text}},
    }
    wanted = read_response_format(json.dumps({"name": name, "description": text, "schema": schema}))
    lines = developer_text(writer, vocabulary, wanted).splitlines()
    assert json.loads(lines[-1]) == schema
    rest = lines[:-1]
    rest = rest[:-1] if rest[-1].startswith("// ") else rest
    assert rest[:-2] == ["developer# Instructions", "", "Be brief.", "", "# Response Formats", ""]
    assert rest[-2].startswith("## ")
    assert rest[-1] == ""


def test_a_schema_has_a_name_from_itself_its_wrapping_or_its_file() -> None:
    schema = {"title": "Trip", "type": "object"}
    assert read_response_format(json.dumps(schema), "file").name == "Trip"
    assert read_response_format('{"type":"object"}', "file").name == "file"
    assert read_response_format("{}").name == "response"
    api = {"type": "json_schema", "json_schema": {"name": "n", "strict": True, "schema": schema}}
    assert read_response_format(json.dumps(api)) == ResponseFormat(
        "n", '{"title":"Trip","type":"object"}'
    )
    flat = {"type": "json_schema", "name": "n", "description": "why", "schema": schema}
    assert read_response_format(json.dumps(flat)).description == "why"


def test_properties_keep_their_order() -> None:
    text = '{"type":"object","properties":{"z":{},"a":{},"m":{}}}'
    assert read_response_format(text).schema == text


@pytest.mark.parametrize(
    ("text", "sentence"),
    [
        ("{", "The schema is not JSON (line 1, column 2)."),
        ('{"a": NaN}', "The schema holds a number that is none, or is nested too deeply."),
        ("[" * 100_000, "The schema is too long: it has more than 65,536 characters."),
        ("[" * 60_000, "The schema holds a number that is none, or is nested too deeply."),
        ("[]", "The part of the schema at # is no schema."),
        ('{"items": 3}', "The part of the schema at #/items is no schema."),
        (json.dumps(NESTED), "The schema is too large or nested too deeply."),
        (
            json.dumps({"anyOf": [{}] * (MAX_PARTS + 1)}),
            "The schema is too large or nested too deeply.",
        ),
        (
            '{"properties": {"a/b": {"not": {}}}}',
            "Sotto cannot hold the model to “not” (at #/properties/a~1b).",
        ),
        (
            '{"type": "array", "uniqueItems": true}',
            "Sotto cannot hold the model to “uniqueItems” (at #).",
        ),
        (
            '{"properties": {"a": {"$ref": "https://example.org/x.json"}}}',
            "The reference “https://example.org/x.json” (at #/properties/a)"
            " leads nowhere in this schema.",
        ),
        (
            '{"$ref": "#/$defs/none"}',
            "The reference “#/$defs/none” (at #) leads nowhere in this schema.",
        ),
        ('{"$ref": "#"}', "No answer could come to an end: the schema contains itself."),
        (
            '{"type": "object", "properties": {"next": {"$ref": "#"}}, "required": ["next"]}',
            "No answer could come to an end: the schema contains itself.",
        ),
        (
            '{"type": "array", "items": {"$ref": "#"}, "minItems": 1}',
            "No answer could come to an end: the schema contains itself.",
        ),
        (
            '{"properties": {"n": {"type": "integer", "minimum": 5, "maximum": 3}}}',
            "The schema cannot be used (at #/properties/n): Unsatisfiable schema:"
            " minimum (5) is greater than maximum (3).",
        ),
        (
            '{"items": {"type": "strin"}}',
            "The schema cannot be used (at #/items): Invalid type: strin.",
        ),
        ('{"type": "strin"}', "The schema cannot be used (at #): Invalid type: strin."),
        (
            '{"type": "string", "format": "zip"}',
            "The schema cannot be used (at #): Unknown format: zip.",
        ),
    ],
)
def test_a_schema_that_cannot_be_used_is_refused_in_one_sentence(text: str, sentence: str) -> None:
    with pytest.raises(SchemaError) as caught:
        read_response_format(text)
    assert str(caught.value) == sentence


def test_a_schema_may_contain_itself_where_it_may_also_end() -> None:
    read_response_format('{"type": "array", "items": {"$ref": "#"}}')
    read_response_format(
        json.dumps(
            {
                "$defs": {
                    "node": {"type": "object", "properties": {"next": {"$ref": "#/$defs/node"}}}
                },
                "anyOf": [{"$ref": "#/$defs/node"}, {"type": "null"}],
            }
        )
    )


def test_the_longest_schema_is_read_in_bounded_time() -> None:
    properties = {f"p{index}": {"type": "string"} for index in range(1500)}
    text = json.dumps({"type": "object", "properties": properties})
    assert len(text) < MAX_CHARACTERS
    read_response_format(text)


def test_objects_that_list_their_properties_are_closed() -> None:
    inner = {"type": "object", "properties": {"properties": {"enum": [{"properties": 1}]}}}
    assert closed({"items": inner}) == {"items": {**inner, "additionalProperties": False}}


@pytest.mark.parametrize(
    "schema",
    [
        {"type": "object"},
        {"properties": {"a": {}}, "additionalProperties": True},
        {"properties": {"a": {}}, "required": ["b"]},
        {"properties": {"a": {}}, "patternProperties": {"^x": {}}},
        {"allOf": [{"properties": {"a": {}}}, {"properties": {"b": {}}}]},
        {"properties": {"a": {}}, "anyOf": [{"properties": {"b": {}}}, {}]},
        {"$defs": {"t": {"properties": {"a": {}}}}, "$ref": "#/$defs/t", "required": ["b"]},
    ],
)
def test_objects_that_others_describe_too_stay_open(schema: dict[str, Any]) -> None:
    jsonschema.Draft202012Validator.check_schema(schema)
    assert closed(schema) == schema

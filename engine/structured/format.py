"""Reads a JSON schema that a person gives and makes it the form of answers, or says why not."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any, Final, NoReturn

from engine.harmony.messages import ResponseFormat
from engine.harmony.schemas import whole_characters
from engine.structured.errors import SchemaError
from engine.structured.schema import check_end, check_parts

MAX_CHARACTERS: Final = 65_536
"""A schema is part of every prompt: this is about 16,000 tokens."""

_DEFAULT_NAME: Final = "response"
_LINE_BREAKS: Final = {code: f"\\u{code:04x}" for code in (0x7F, 0x85, 0x2028, 0x2029)}
"""Characters that may end a line although JSON lets them stand in a string as they are."""


def read_response_format(text: str, name: str = "") -> ResponseFormat:
    """A checked format from the text of a JSON schema.

    OpenAI's wrapping (`{"name": …, "schema": {…}}`, also inside `json_schema`) is understood.
    Takes a millisecond for a usual schema, up to about a second for a very large one.

    Args:
        text: JSON.
        name: what to call it where the schema itself has no name and no title.

    Raises:
        SchemaError: it is no JSON, no schema, or one that Sotto cannot hold the model to.
    """
    # Here and not at the top: it brings numpy, and nobody may ever give a schema.
    from engine.structured.grammar import compile_schema  # noqa: PLC0415 - see above

    schema = given = _parsed(text)
    for key in ("json_schema", "schema"):
        if isinstance(schema.get(key), Mapping) and "properties" not in schema:
            given, schema = schema, schema[key]
    check_parts(schema)
    compile_schema(schema)
    check_end(schema)
    is_wrapped = given is not schema
    named = (given.get("name") if is_wrapped else "", schema.get("title"), name, _DEFAULT_NAME)
    description = given.get("description") if is_wrapped else ""
    return ResponseFormat(
        next(one.strip() for one in named if isinstance(one, str) and one.strip()),
        one_line_json(schema),
        description if isinstance(description, str) else "",
    )


def one_line_json(value: Any) -> str:
    """JSON on one line, in which no string can begin another."""
    text = json.dumps(value, ensure_ascii=False, separators=(",", ":"))
    return whole_characters(text).translate(_LINE_BREAKS)


def _parsed(text: str) -> Mapping[str, Any]:
    if len(text) > MAX_CHARACTERS:
        raise SchemaError(
            "The schema is too long: it has more than {count} characters.",
            "It is part of every question, so keep it short.",
            fields={"count": f"{MAX_CHARACTERS:,}"},
        )
    try:
        value = json.loads(text.removeprefix("\ufeff"), parse_constant=_refuse_constant)
    except json.JSONDecodeError as error:
        raise SchemaError(
            "The schema is not JSON (line {line}, column {column}).",
            "Check quotes, commas and brackets there.",
            error.msg,
            {"line": str(error.lineno), "column": str(error.colno)},
        ) from error
    except (ValueError, RecursionError) as error:
        raise SchemaError(
            "The schema holds a number that is none, or is nested too deeply.",
            "Make it simpler.",
            type(error).__name__,
        ) from error
    if not isinstance(value, Mapping):
        raise SchemaError(
            "The part of the schema at {place} is no schema.",
            "A schema is an object in braces.",
            fields={"place": "#"},
        )
    return value


def _refuse_constant(name: str) -> NoReturn:
    raise ValueError(name)

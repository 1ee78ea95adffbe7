"""Objects that list their properties hold no others unless the schema says so.

JSON Schema lets an object have any further properties; a model that is held to nothing
there goes on inventing them.  Leaving them out never makes an answer wrong, as long as the
parts that describe one object are not closed against each other.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final

from engine.structured.schema import LISTED, NAMED, SINGLE, parts_of

_SAYS_SO: Final = ("additionalProperties", "patternProperties")
_JOINS: Final = ("allOf", "anyOf", "oneOf", "$ref")
_ABOUT_OBJECTS: Final = ("properties", "required", "minProperties", *_SAYS_SO)


def closed(schema: Mapping[str, Any]) -> Mapping[str, Any]:
    """The schema with `additionalProperties: false` where it says nothing of them.

    A schema in which several parts describe one object (`allOf`, or properties beside
    `anyOf` or `$ref`) is left as it is.
    """
    parts = [part.schema for part in parts_of(schema) if isinstance(part.schema, Mapping)]
    if any("allOf" in part or _is_joined(part) for part in parts):
        return schema
    made: Mapping[str, Any] = _closed(schema)
    return made


def _is_joined(part: Mapping[str, Any]) -> bool:
    joins = [key for key in _JOINS if key in part]
    return len(joins) > 1 or bool(joins and any(key in part for key in _ABOUT_OBJECTS))


def _closed(part: Any) -> Any:
    if not isinstance(part, Mapping):
        return part
    made = dict(part)
    for key in NAMED:
        if isinstance(made.get(key), Mapping):
            made[key] = {name: _closed(inner) for name, inner in made[key].items()}
    for key in LISTED:
        if isinstance(made.get(key), list):
            made[key] = [_closed(inner) for inner in made[key]]
    for key in SINGLE:
        if key in made:
            made[key] = _closed(made[key])
    if _is_open(made):
        made["additionalProperties"] = False
    return made


def _is_open(part: Mapping[str, Any]) -> bool:
    listed, required = part.get("properties"), part.get("required", [])
    if not isinstance(listed, Mapping) or any(key in part for key in _SAYS_SO):
        return False
    return isinstance(required, list) and all(name in listed for name in required)

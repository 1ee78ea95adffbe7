"""The parts of a JSON schema: where they are, and what of them Sotto can hold a model to.

What the grammar library finds wrong by itself (wrong types, contradictions) is left to it;
here is what it does not say: a place for each complaint, keywords it would pass over in
silence, and schemas that no answer could ever finish.  Keywords are those of JSON Schema
2020-12 (https://json-schema.org/draft/2020-12/schema) and of its predecessors.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any, Final

from engine.structured.errors import SchemaError

MAX_DEPTH: Final = 32
"""Parts inside parts; deeper ones would exhaust recursion here and in the grammar library."""

MAX_PARTS: Final = 2000
"""Parts in all: about a second of compiling on a slow machine."""

NAMED: Final = ("properties", "patternProperties", "$defs", "definitions")
"""Keywords that hold parts by name."""

LISTED: Final = ("allOf", "anyOf", "oneOf", "prefixItems", "items")
"""Keywords that may hold a list of parts."""

SINGLE: Final = ("items", "additionalProperties", "additionalItems")
"""Keywords that may hold one part."""

_SCALARS: Final = frozenset({"string", "number", "integer", "boolean", "null"})

_UNSUPPORTED: Final = frozenset(
    {
        "$dynamicAnchor",
        "$dynamicRef",
        "$recursiveRef",
        "contains",
        "dependencies",
        "dependentRequired",
        "dependentSchemas",
        "else",
        "if",
        "maxContains",
        "minContains",
        "not",
        "propertyNames",
        "then",
        "unevaluatedItems",
        "unevaluatedProperties",
        "uniqueItems",
    }
)


@dataclass(frozen=True, slots=True)
class Part:
    """One schema inside a schema.

    Attributes:
        schema: an object, or True or False.
        place: JSON pointer from the root, `#` for the root itself.
        depth: parts around it.
    """

    schema: Any
    place: str
    depth: int


def parts_of(schema: Any) -> Iterator[Part]:
    """Every part of a schema, outer ones first.

    Raises:
        SchemaError: there are too many, or they lie too deep.
    """
    waiting = [Part(schema, "#", 0)]
    count = 0
    while waiting:
        part = waiting.pop()
        count += 1
        if part.depth > MAX_DEPTH or count > MAX_PARTS:
            raise SchemaError(
                "The schema is too large or nested too deeply.",
                "Make it simpler: at most {parts} parts, {depth} deep.",
                part.place,
                {"parts": str(MAX_PARTS), "depth": str(MAX_DEPTH)},
            )
        yield part
        if isinstance(part.schema, Mapping):
            waiting += _inner(part)


def check_parts(root: Mapping[str, Any]) -> None:
    """Refuse what the grammar cannot hold a model to.

    Raises:
        SchemaError: with the place.
    """
    for part in parts_of(root):
        if isinstance(part.schema, bool):
            continue
        if not isinstance(part.schema, Mapping):
            raise SchemaError(
                "The part of the schema at {place} is no schema.",
                "A schema is an object in braces.",
                fields={"place": part.place},
            )
        _check_keywords(part)
        _check_reference(root, part)


def check_end(root: Mapping[str, Any]) -> None:
    """Refuse a schema that no answer could ever finish; its parts are checked already.

    Raises:
        SchemaError: it needs itself inside itself.
    """
    if not _Endings(root).has_end(root):
        raise SchemaError(
            "No answer could come to an end: the schema contains itself.",
            "Make the part that repeats optional, or an array that may be empty.",
        )


def target_of(root: Mapping[str, Any], reference: str) -> Any:
    """What a local reference points to.

    Raises:
        KeyError: there is nothing, or it lies outside of the schema.
    """
    if reference != "#" and not reference.startswith("#/"):
        raise KeyError(reference)
    target: Any = root
    for step in reference.split("/")[1:]:
        name = step.replace("~1", "/").replace("~0", "~")
        if isinstance(target, list) and name.isdecimal() and int(name) < len(target):
            target = target[int(name)]
        elif isinstance(target, Mapping):
            target = target[name]
        else:
            raise KeyError(reference)
    return target


def _inner(part: Part) -> list[Part]:
    found: list[tuple[str, Any]] = []
    schema = part.schema
    for key in NAMED:
        if isinstance(schema.get(key), Mapping):
            found += [(f"{key}/{_step(name)}", inner) for name, inner in schema[key].items()]
    for key in LISTED:
        if isinstance(schema.get(key), list):
            found += [(f"{key}/{index}", inner) for index, inner in enumerate(schema[key])]
    for key in SINGLE:
        if key in schema and not isinstance(schema[key], list):
            found.append((key, schema[key]))
    return [Part(inner, f"{part.place}/{path}", part.depth + 1) for path, inner in found]


def _step(name: str) -> str:
    return name.replace("~", "~0").replace("/", "~1")


def _check_keywords(part: Part) -> None:
    for key in part.schema:
        is_off = key == "uniqueItems" and part.schema[key] is False
        if key in _UNSUPPORTED and not is_off:
            raise SchemaError(
                "Sotto cannot hold the model to “{keyword}” (at {place}).",
                "Leave it out of the schema, or say it in a description.",
                fields={"keyword": key, "place": part.place},
            )


def _check_reference(root: Mapping[str, Any], part: Part) -> None:
    reference = part.schema.get("$ref")
    if reference is None:
        return
    try:
        if not isinstance(reference, str):
            raise KeyError(reference)
        target_of(root, reference)
    except KeyError as error:
        raise SchemaError(
            "The reference “{reference}” (at {place}) leads nowhere in this schema.",
            "Put what it means under $defs: Sotto fetches nothing from elsewhere.",
            fields={"reference": str(reference)[:80], "place": part.place},
        ) from error


class _Endings:
    """Whether an answer to a schema can be finite.

    Args:
        root: where references point into.
    """

    def __init__(self, root: Mapping[str, Any]) -> None:
        self._ends: set[str] = set()
        targets = {
            part.schema["$ref"]: target_of(root, part.schema["$ref"])
            for part in parts_of(root)
            if isinstance(part.schema, Mapping) and "$ref" in part.schema
        }
        # A part that needs itself never gets into the set; one that needs others follows them.
        has_grown = True
        while has_grown:
            new = {ref for ref, target in targets.items() if self.has_end(target)} - self._ends
            self._ends |= new
            has_grown = bool(new)

    def has_end(self, schema: Any) -> bool:
        """Whether some answer to this part comes to an end."""
        if not isinstance(schema, Mapping):
            return True
        reference = schema.get("$ref")
        if reference is not None and reference not in self._ends:
            return False
        for key in ("anyOf", "oneOf"):
            choices = schema.get(key)
            if isinstance(choices, list) and not any(self.has_end(part) for part in choices):
                return False
        joined = schema.get("allOf")
        if isinstance(joined, list) and not all(self.has_end(part) for part in joined):
            return False
        return _may_be_scalar(schema) or self._object_ends(schema) or self._array_ends(schema)

    def _object_ends(self, schema: Mapping[str, Any]) -> bool:
        properties = schema.get("properties")
        required = schema.get("required")
        if "object" not in _types(schema):
            return False
        if not isinstance(properties, Mapping) or not isinstance(required, list):
            return True
        return all(self.has_end(properties.get(name)) for name in required if _is_text(name))

    def _array_ends(self, schema: Mapping[str, Any]) -> bool:
        least = schema.get("minItems", 0)
        if "array" not in _types(schema):
            return False
        if not isinstance(least, int) or least < 1:
            return True
        first = schema.get("prefixItems")
        first = first if isinstance(first, list) else []
        needed = first[:least] + [schema.get("items")] * (len(first) < least)
        return all(self.has_end(part) for part in needed)


def _types(schema: Mapping[str, Any]) -> frozenset[str]:
    named = schema.get("type", [*_SCALARS, "object", "array"])
    return frozenset([named] if isinstance(named, str) else filter(_is_text, named or ()))


def _may_be_scalar(schema: Mapping[str, Any]) -> bool:
    return "enum" in schema or "const" in schema or bool(_types(schema) & _SCALARS)


def _is_text(value: object) -> bool:
    return isinstance(value, str)

"""JSON schemas of function tools, made fit for openai-harmony's TypeScript.

The library renders anyOf, $ref, allOf, const and enums of numbers as `any` or drops them,
and lets a line break in a description close the comment it stands in (openai/harmony
src/encoding.rs, json_schema_to_typescript).  Schemas come from tools the user added, so
nothing in them may create structure or take unbounded time.
"""

from __future__ import annotations

import json
import math
import re
from collections.abc import Mapping
from typing import Any, Final

MAX_DEPTH: Final = 12
"""Deeper schemas end in an untyped value."""

MAX_PARTS: Final = 1000
"""So do the parts of a schema beyond this many; references can multiply without end."""

_LINES: Final = re.compile(r"\s*[\r\n\u2028\u2029\u0085\v\f\x1c-\x1e]+\s*")
_PLAIN_KEY: Final = re.compile(r"[\w$.\-]+\Z")
_COPIED: Final = ("default", "description", "nullable", "examples")
_TYPES: Final = frozenset({"array", "boolean", "integer", "null", "number", "object", "string"})


def one_line(text: str) -> str:
    """The text without line breaks, so that it cannot leave its comment."""
    return _LINES.sub(" ", whole_characters(text)).strip()


def whole_characters(text: str) -> str:
    """The text with U+FFFD for lone surrogates, which openai-harmony refuses."""
    return text.encode("utf-16", "surrogatepass").decode("utf-16", "replace")


def parameters_of(schema: Mapping[str, Any] | None) -> dict[str, Any] | None:
    """The schema of a function's parameters, or None for a function without any."""
    if not schema:
        return None
    clean = _spread(_Cleaner(schema).clean(schema, 0, ()))
    return {**clean, "type": "object"} if clean.get("properties") else None


def _spread(clean: dict[str, Any]) -> dict[str, Any]:
    """A choice between objects as one object: the library shows parameters of no other kind.

    What not every variant has or needs becomes optional.
    """
    variants = [one for one in _list(clean.get("oneOf")) if one.get("properties")]
    if not variants:
        return clean
    properties = dict(clean.get("properties", {}))
    for variant in variants:
        for name, part in variant["properties"].items():
            properties.setdefault(name, part)
    required = set.intersection(*(set(_list(one.get("required"))) for one in variants))
    kept = {key: value for key, value in clean.items() if key not in ("oneOf", "nullable")}
    also = [name for name in properties if name in required]
    return {**kept, "properties": properties, "required": [*_list(clean.get("required")), *also]}


class _Cleaner:
    """Rewrites one tool's schema.

    Args:
        root: the whole schema, where references point into.
    """

    def __init__(self, root: Mapping[str, Any]) -> None:
        self._root = root
        self._parts = 0

    def clean(self, schema: object, depth: int, seen: tuple[str, ...]) -> dict[str, Any]:
        """A part of the schema in the library's subset.

        Args:
            schema: the part; whatever is no mapping means "anything".
            depth: parts around it.
            seen: references being followed, to notice a schema that contains itself.
        """
        self._parts += 1
        if not isinstance(schema, Mapping) or depth > MAX_DEPTH or self._parts > MAX_PARTS:
            return {}
        merged, seen = self._resolved(schema, seen)
        found = {key: _plain(merged[key]) for key in _COPIED if merged.get(key) is not None}
        _put_type(found, merged.get("type"))
        properties = merged.get("properties")
        if isinstance(properties, Mapping):
            found["properties"] = {
                _key(str(name)): self.clean(part, depth + 1, seen)
                for name, part in properties.items()
            }
            found["required"] = [_key(str(name)) for name in _list(merged.get("required"))]
        if "items" in merged:
            found["items"] = self.clean(merged["items"], depth + 1, seen)
        if "enum" in merged or "const" in merged:
            _put_values(found, _list(merged.get("enum", [merged.get("const")])))
        for key in ("anyOf", "oneOf"):
            self._put_variants(found, _list(merged.get(key)), depth, seen)
        return found

    def _resolved(
        self, schema: Mapping[str, Any], seen: tuple[str, ...]
    ) -> tuple[dict[str, Any], tuple[str, ...]]:
        """Follow local references and put the parts of allOf together."""
        merged: dict[str, Any] = {}
        waiting: list[object] = [schema]
        while waiting:
            part = waiting.pop(0)
            if not isinstance(part, Mapping):
                continue
            merged = _joined(part, merged)
            reference = merged.pop("$ref", None)
            if isinstance(reference, str) and reference not in seen:
                seen = (*seen, reference)
                waiting.append(self._target(reference))
            waiting += _list(merged.pop("allOf", None))
        return merged, seen

    def _target(self, reference: str) -> object:
        target: object = self._root
        for step in reference.removeprefix("#").split("/")[1:]:
            name = step.replace("~1", "/").replace("~0", "~")
            target = target.get(name) if isinstance(target, Mapping) else None
        return target

    def _put_variants(
        self, found: dict[str, Any], variants: list[Any], depth: int, seen: tuple[str, ...]
    ) -> None:
        """Variants of which some is null become one nullable schema; others a oneOf."""
        others = [self.clean(v, depth + 1, seen) for v in variants if not _is_null(v)]
        if len(others) < len(variants):
            found["nullable"] = True
        if len(others) == 1:
            found.update({key: value for key, value in others[0].items() if key not in found})
        elif others:
            # The library shows "or null" beside a variant, but not beside all of them.
            others[-1]["nullable"] = others[-1].get("nullable") or found.get("nullable", False)
            found["oneOf"] = others


def _joined(part: Mapping[str, Any], onto: Mapping[str, Any]) -> dict[str, Any]:
    """Two schemas that both hold; where they contradict each other, the second counts."""
    both = {**part, **onto}
    if isinstance(part.get("properties"), Mapping) and isinstance(onto.get("properties"), Mapping):
        both["properties"] = {**onto["properties"], **part["properties"], **onto["properties"]}
    if "required" in part and "required" in onto:
        both["required"] = [*_list(part["required"]), *_list(onto["required"])]
    return both


def _put_type(found: dict[str, Any], type_: object) -> None:
    """The type, if it is one; the library would copy a made-up one as it stands."""
    if isinstance(type_, str) and type_ in _TYPES:
        found["type"] = type_
    names = [name for name in _list(type_) if isinstance(name, str) and name in _TYPES]
    if names:
        found["type"] = names


def _put_values(found: dict[str, Any], values: list[Any]) -> None:
    """Fixed values: the library shows those of strings, the others go into the description."""
    if None in values:
        found["nullable"] = True
    rest = [value for value in values if value is not None]
    if rest and all(isinstance(value, str) for value in rest):
        found["type"] = "string"
        found["enum"] = [_escaped(value) for value in rest]
        return
    if rest and "type" not in found:
        found["type"] = _type_of(rest)
    words = ", ".join(json.dumps(value, ensure_ascii=False) for value in rest)
    found["description"] = f"{found.get('description', '')} One of: {words}.".strip()


def _type_of(values: list[Any]) -> str:
    if all(isinstance(value, bool) for value in values):
        return "boolean"
    are_numbers = all(isinstance(value, int | float) for value in values)
    return "number" if are_numbers else "any"


def _is_null(schema: object) -> bool:
    return isinstance(schema, Mapping) and schema.get("type") == "null"


def _list(value: object) -> list[Any]:
    return list(value) if isinstance(value, list | tuple) else []


def _key(name: str) -> str:
    """A property's name, quoted where TypeScript would need it."""
    clean = whole_characters(name)
    return clean if _PLAIN_KEY.match(clean) else json.dumps(one_line(clean), ensure_ascii=False)


def _escaped(text: str) -> str:
    return json.dumps(one_line(text), ensure_ascii=False)[1:-1]


def _plain(value: Any) -> Any:
    """The value as JSON that no line break and no lone surrogate is left in."""
    if isinstance(value, str):
        return one_line(value)
    if isinstance(value, list | tuple):
        return [_plain(part) for part in value]
    if isinstance(value, Mapping):
        return {one_line(str(key)): _plain(part) for key, part in value.items()}
    is_json = value is None or isinstance(value, int) or math.isfinite(value)
    return value if is_json else str(value)

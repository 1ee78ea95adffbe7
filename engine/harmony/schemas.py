"""JSON schemas of function tools, made fit for openai-harmony's TypeScript.

The library renders anyOf, $ref, allOf and const as `any` or drops them, and lets a newline
in a description close the comment it stands in (reference: openai/harmony src/encoding.rs
json_schema_to_typescript).
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any, Final

MAX_DEPTH: Final = 12
"""Deeper schemas, and those that contain themselves, end in an untyped value."""

_LINES: Final = re.compile(r"\s*[\r\n\u2028\u2029\u0085\v\f]+\s*")


def one_line(text: str) -> str:
    """The text without line breaks, so that it cannot leave its comment."""
    return _LINES.sub(" ", text).strip()


def parameters_of(schema: Mapping[str, Any] | None) -> dict[str, Any] | None:
    """The schema of a function's parameters, or None for a function without any."""
    if not schema:
        return None
    clean = _clean(schema, schema, 0)
    return clean if clean.get("properties") else None


def _clean(schema: Mapping[str, Any], root: Mapping[str, Any], depth: int) -> dict[str, Any]:
    if depth > MAX_DEPTH:
        return {}
    merged = _resolved(schema, root)
    found: dict[str, Any] = {}
    for key, value in merged.items():
        if key == "properties" and isinstance(value, Mapping):
            found[key] = {
                one_line(str(name)): _clean(part, root, depth + 1)
                for name, part in value.items()
                if isinstance(part, Mapping)
            }
        elif key == "items" and isinstance(value, Mapping):
            found[key] = _clean(value, root, depth + 1)
        elif key in ("anyOf", "oneOf") and isinstance(value, list):
            _put_variants(found, [v for v in value if isinstance(v, Mapping)], root, depth)
        elif key == "const":
            found["enum"] = [_plain(value)]
        elif key in ("type", "required", "enum", "default", "description", "nullable", "examples"):
            found[key] = _plain(value)
    if "enum" in found and "type" not in found:
        found["type"] = "string"
    return found


def _resolved(schema: Mapping[str, Any], root: Mapping[str, Any]) -> dict[str, Any]:
    """Follow one local $ref and put the parts of allOf together."""
    merged = dict(schema)
    reference = merged.pop("$ref", None)
    if isinstance(reference, str) and reference.startswith("#/"):
        target: Any = root
        for step in reference[2:].split("/"):
            target = target.get(step) if isinstance(target, Mapping) else None
        if isinstance(target, Mapping):
            merged = {**target, **merged}
    for part in merged.pop("allOf", None) or ():
        if isinstance(part, Mapping):
            merged = {**_resolved(part, root), **merged}
    return merged


def _put_variants(
    found: dict[str, Any], variants: list[Mapping[str, Any]], root: Mapping[str, Any], depth: int
) -> None:
    """Variants of which some is null become one nullable schema; others a oneOf."""
    others = [_clean(v, root, depth + 1) for v in variants if v.get("type") != "null"]
    if len(others) < len(variants):
        found["nullable"] = True
    if len(others) == 1:
        found.update({key: value for key, value in others[0].items() if key not in found})
    elif others:
        found["oneOf"] = others


def _plain(value: Any) -> Any:
    if isinstance(value, str):
        return one_line(value)
    if isinstance(value, list | tuple):
        return [_plain(part) for part in value]
    return value

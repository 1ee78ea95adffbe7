"""Type hints, read without being run, as JSON schemas.  Pure."""

from __future__ import annotations

import ast
from typing import Any, Final

_SIMPLE: Final = {
    "str": "string",
    "int": "integer",
    "float": "number",
    "bool": "boolean",
    "list": "array",
    "List": "array",
    "Sequence": "array",
    "dict": "object",
    "Dict": "object",
    "Mapping": "object",
    "None": "null",
}
_LISTS: Final = frozenset({"list", "List", "Sequence", "Iterable", "set", "Set"})
_MAPPINGS: Final = frozenset({"dict", "Dict", "Mapping"})
_MAX_DEPTH: Final = 8


class HintError(Exception):
    """A type hint is not one of those that JSON can carry; the text is the hint."""


def schema_of(hint: ast.expr, depth: int = 0) -> dict[str, Any]:
    """The JSON schema of what a hint allows.

    Args:
        hint: as it stands in the source.
        depth: hints around it.

    Raises:
        HintError: it is none that is known.
    """
    if depth > _MAX_DEPTH:
        raise HintError(ast.unparse(hint)[:100])
    if isinstance(hint, ast.Constant) and isinstance(hint.value, str):
        return _quoted(hint, depth)
    if isinstance(hint, ast.Constant) and hint.value is None:
        return {"type": "null"}
    if isinstance(hint, ast.BinOp) and isinstance(hint.op, ast.BitOr):
        return _any_of([hint.left, hint.right], depth)
    if isinstance(hint, ast.Subscript):
        return _of_parts(hint, depth)
    name = _name(hint)
    if name in {"Any", "object"}:
        return {}
    if name in _LISTS:
        return {"type": "array"}
    if name in _SIMPLE:
        return {"type": _SIMPLE[name]}
    raise HintError(ast.unparse(hint)[:100])


def _quoted(hint: ast.Constant, depth: int) -> dict[str, Any]:
    try:
        return schema_of(ast.parse(str(hint.value), mode="eval").body, depth + 1)
    except SyntaxError as error:
        raise HintError(str(hint.value)[:100]) from error


def _of_parts(hint: ast.Subscript, depth: int) -> dict[str, Any]:
    """A hint with others in brackets."""
    name = _name(hint.value)
    parts = hint.slice.elts if isinstance(hint.slice, ast.Tuple) else [hint.slice]
    if name == "Optional":
        return _any_of([*parts, ast.Constant(None)], depth)
    if name == "Union":
        return _any_of(parts, depth)
    if name == "Literal":
        return {"enum": [_literal(part) for part in parts]}
    if name == "Annotated":
        told = [p.value for p in parts[1:] if isinstance(p, ast.Constant)]
        texts = [text for text in told if isinstance(text, str)]
        described = {"description": texts[0]} if texts else {}
        return {**schema_of(parts[0], depth + 1), **described}
    if name in _LISTS and len(parts) == 1:
        return {"type": "array", "items": schema_of(parts[0], depth + 1)}
    if name in _MAPPINGS and len(parts) == 2 and _name(parts[0]) == "str":
        return {"type": "object", "additionalProperties": schema_of(parts[1], depth + 1)}
    raise HintError(ast.unparse(hint)[:100])


def _any_of(parts: list[ast.expr], depth: int) -> dict[str, Any]:
    found: list[dict[str, Any]] = []
    for part in parts:
        inner = schema_of(part, depth + 1)
        found += inner["anyOf"] if set(inner) == {"anyOf"} else [inner]
    return {"anyOf": found} if len(found) > 1 else found[0]


def _literal(part: ast.expr) -> Any:
    try:
        value = ast.literal_eval(part)
    except ValueError as error:
        raise HintError(ast.unparse(part)[:100]) from error
    if not isinstance(value, str | int | bool | None):
        raise HintError(ast.unparse(part)[:100])
    return value


def _name(hint: ast.expr) -> str:
    """The last part of a name: `typing.Optional` and `Optional` alike."""
    if isinstance(hint, ast.Attribute):
        return hint.attr
    return hint.id if isinstance(hint, ast.Name) else ""

"""Arguments of a function as the model wrote them, held against the function's schema.

The schema comes from strangers: no pattern of it is run, no reference leaves it, and the work
is bounded.  What is not checked here is for the function itself to refuse.
"""

from __future__ import annotations

import json
import math
from collections.abc import Iterator, Mapping, Sequence
from typing import Any, Final, TypeGuard

from app.tools.tool import CallRefusedError

MAX_CHARACTERS: Final = 1_000_000
_MAX_STEPS: Final = 20_000
_MAX_DEPTH: Final = 40
_MAX_PATHS: Final = 16
_PATH_CHARACTERS: Final = 4096
_PATH_KEYS: Final = frozenset(
    {"cwd", "dir", "directory", "file", "filename", "filepath", "folder", "path", "paths", "root"}
)
# Under these there may also stand a language or a person.
_PERHAPS_PATH_KEYS: Final = frozenset(
    {"dest", "destination", "from", "source", "src", "target", "to", "uri"}
)


def read_arguments(text: str, schema: Mapping[str, Any] | None) -> dict[str, Any]:
    """The arguments of a call, with harmless slips of writing put right.

    Numbers and truth values written as text, and lists and objects written as JSON inside a
    text, become what the schema asks for.

    Args:
        text: what the model wrote; nothing at all counts as no arguments.
        schema: a JSON schema of an object, or None for a function without arguments.

    Raises:
        CallRefusedError: it is no JSON object, or not what the schema asks for.
    """
    if len(text) > MAX_CHARACTERS:
        raise CallRefusedError(f"The arguments are longer than {MAX_CHARACTERS} characters.")
    value = _parsed(text)
    if not isinstance(value, dict):
        raise CallRefusedError(
            f"The arguments must be one JSON object, written in braces; this is {_kind_of(value)}."
        )
    check = _Check(schema or {})
    return dict(check.fit(value, {**(schema or {}), "type": "object"}, "", 0))


def written(arguments: Mapping[str, Any]) -> str:
    """Arguments as people read them: JSON indented by two."""
    return json.dumps(arguments, ensure_ascii=False, indent=2)


def paths_in(arguments: Mapping[str, Any]) -> tuple[str, ...]:
    """Texts among the arguments that name files or folders, as written, each once.

    Absolute paths and `file:` addresses anywhere, and whatever stands under a key such as
    `path`.
    """
    found: dict[str, None] = {}
    for key, text in _texts(arguments, "", 0):
        if _is_path(key, text) and len(found) < _MAX_PATHS:
            found[text] = None
    return tuple(found)


def _texts(value: Any, key: str, depth: int) -> Iterator[tuple[str, str]]:
    if isinstance(value, str):
        yield key, value
    elif depth < _MAX_DEPTH and isinstance(value, Mapping):
        for name, part in value.items():
            yield from _texts(part, str(name), depth + 1)
    elif depth < _MAX_DEPTH and isinstance(value, list):
        for part in value:
            yield from _texts(part, key, depth + 1)


def _is_path(key: str, text: str) -> bool:
    if not text or len(text) > _PATH_CHARACTERS or not text.isprintable():
        return False
    is_absolute = text.startswith(("/", "~", "\\\\", "file:")) or (
        len(text) > 2 and text[0].isalpha() and text[1] == ":" and text[2] in "/\\"
    )
    has_folders = "/" in text or "\\" in text
    name = key.lower()
    return is_absolute or name in _PATH_KEYS or (has_folders and name in _PERHAPS_PATH_KEYS)


def _parsed(text: str) -> Any:
    if not text.strip():
        return {}
    try:
        return json.loads(text, parse_constant=_refuse_constant)
    except json.JSONDecodeError as error:
        raise CallRefusedError(
            f"The arguments are not JSON: {error.msg} at line {error.lineno}, column "
            f"{error.colno}. Write one JSON object and nothing else."
        ) from error
    except RecursionError as error:
        raise CallRefusedError("The arguments are nested too deeply.") from error


def _refuse_constant(name: str) -> Any:
    raise CallRefusedError(f"The arguments are not JSON: {name} is no JSON number.")


class _Check:
    """Holds values against the parts of one schema.

    Args:
        root: the whole schema, where references point into.
    """

    def __init__(self, root: Mapping[str, Any]) -> None:
        self._root = root
        self._steps = 0

    def fit(self, value: Any, schema: Any, place: str, depth: int) -> Any:
        """The value as the schema wants it.

        Raises:
            CallRefusedError: it cannot be that.
        """
        self._steps += 1
        if depth > _MAX_DEPTH or self._steps > _MAX_STEPS or not isinstance(schema, Mapping):
            return value
        reference = schema.get("$ref")
        if isinstance(reference, str):
            value = self.fit(value, self._target(reference), place, depth + 1)
        for part in _list(schema.get("allOf")):
            value = self.fit(value, part, place, depth + 1)
        for key in ("anyOf", "oneOf"):
            variants = _list(schema.get(key))
            if variants:
                value = self._fit_any(value, variants, place, depth)
        value = _typed(value, schema, place)
        _check_values(value, schema, place)
        _check_range(value, schema, place)
        if isinstance(value, dict):
            return self._fit_object(value, schema, place, depth)
        if isinstance(value, list) and "items" in schema:
            return [
                self.fit(part, schema["items"], f"{place}[{number}]", depth + 1)
                for number, part in enumerate(value)
            ]
        return value

    def _fit_any(self, value: Any, variants: Sequence[Any], place: str, depth: int) -> Any:
        """The first variant that takes the value as it is, else the first that can be met."""
        fitting: list[Any] = []
        refusals: list[CallRefusedError] = []
        for variant in variants:
            try:
                fitted = self.fit(value, variant, place, depth + 1)
            except CallRefusedError as refusal:
                refusals.append(refusal)
                continue
            if fitted == value and type(fitted) is type(value):
                return fitted
            fitting.append(fitted)
        if fitting:
            return fitting[0]
        if len(refusals) == 1:
            raise refusals[0]
        kinds = " or ".join(dict.fromkeys(_asked_kind(variant) for variant in variants))
        raise CallRefusedError(f"{_named(place)} must be {kinds}; this is {_kind_of(value)}.")

    def _fit_object(
        self, value: dict[str, Any], schema: Mapping[str, Any], place: str, depth: int
    ) -> dict[str, Any]:
        known = schema.get("properties")
        properties: Mapping[str, Any] = known if isinstance(known, Mapping) else {}
        for name in _list(schema.get("required")):
            if isinstance(name, str) and name not in value:
                raise CallRefusedError(_missing(name, properties, place))
        others = schema.get("additionalProperties")
        fitted = {}
        for name, part in value.items():
            inner = f"{place}.{name}" if place else name
            if name in properties:
                fitted[name] = self.fit(part, properties[name], inner, depth + 1)
            elif others is False and "patternProperties" not in schema:
                raise CallRefusedError(_unknown(name, properties, place))
            else:
                fitted[name] = self.fit(part, others, inner, depth + 1)
        return fitted

    def _target(self, reference: str) -> Any:
        target: Any = self._root
        for step in reference.removeprefix("#").split("/")[1:]:
            name = step.replace("~1", "/").replace("~0", "~")
            target = target.get(name) if isinstance(target, Mapping) else None
        return target


def _typed(value: Any, schema: Mapping[str, Any], place: str) -> Any:
    types = [schema["type"]] if isinstance(schema.get("type"), str) else _list(schema.get("type"))
    types = [one for one in types if one in _KINDS]
    if schema.get("nullable") is True and types:
        types.append("null")
    if not types or any(_is(value, one) for one in types):
        return value
    for one in types:
        changed = _changed(value, one)
        if changed is not None:
            return changed
    kinds = " or ".join(_KINDS[one] for one in types)
    raise CallRefusedError(f"{_named(place)} must be {kinds}; this is {_kind_of(value)}.")


def _is(value: Any, type_: str) -> bool:
    if isinstance(value, bool):
        return type_ == "boolean"
    match type_:
        case "integer":
            return isinstance(value, int)
        case "number":
            return isinstance(value, int | float)
        case "string":
            return isinstance(value, str)
        case "array":
            return isinstance(value, list)
        case "object":
            return isinstance(value, dict)
        case "null":
            return value is None
    return False


def _is_number(value: Any) -> TypeGuard[float]:
    return _is(value, "number")


def _changed(value: Any, type_: str) -> Any | None:
    """The value as this type, where what was meant is plain; else None."""
    if type_ == "integer" and isinstance(value, float) and value.is_integer():
        return int(value)
    if type_ == "string" and isinstance(value, int | float) and not isinstance(value, bool):
        return json.dumps(value)
    if not isinstance(value, str) or type_ in {"string", "null"}:
        return None
    try:
        meant = json.loads(value)
    except (ValueError, RecursionError):
        return None
    if isinstance(meant, float) and not math.isfinite(meant):
        return None
    if _is(meant, type_):
        return meant
    return int(meant) if type_ == "integer" and _is(meant, "number") and meant % 1 == 0 else None


def _check_values(value: Any, schema: Mapping[str, Any], place: str) -> None:
    allowed = [schema["const"]] if "const" in schema else _list(schema.get("enum"))
    if allowed and not any(_same(value, one) for one in allowed):
        shown = ", ".join(json.dumps(one, ensure_ascii=False)[:80] for one in allowed[:20])
        raise CallRefusedError(f"{_named(place)} must be one of: {shown}.")


def _same(one: Any, other: Any) -> bool:
    return bool(one == other) and isinstance(one, bool) is isinstance(other, bool)


def _check_range(value: Any, schema: Mapping[str, Any], place: str) -> None:
    if isinstance(value, bool) or not isinstance(value, int | float):
        return
    least, most = schema.get("minimum"), schema.get("maximum")
    if _is_number(least) and value < least:
        raise CallRefusedError(f"{_named(place)} must be at least {least}.")
    if _is_number(most) and value > most:
        raise CallRefusedError(f"{_named(place)} must be at most {most}.")


_KINDS: Final[Mapping[str, str]] = {
    "array": "a list",
    "boolean": "true or false",
    "integer": "a whole number",
    "null": "null",
    "number": "a number",
    "object": "an object",
    "string": "a text in quotes",
}


def _kind_of(value: Any) -> str:
    return next((words for type_, words in _KINDS.items() if _is(value, type_)), "something else")


def _asked_kind(schema: Any) -> str:
    type_ = schema.get("type") if isinstance(schema, Mapping) else None
    if isinstance(type_, str) and type_ in _KINDS:
        return _KINDS[type_]
    return "what its description says"


def _named(place: str) -> str:
    return f'The argument "{place[:200]}"' if place else "The arguments"


def _missing(name: str, properties: Mapping[str, Any], place: str) -> str:
    kind = _asked_kind(properties.get(name))
    what = f"; it must be {kind}" if kind in _KINDS.values() else ""
    where = f' in "{place[:200]}"' if place else ""
    return f'The argument "{name[:200]}" is missing{where}{what}.'


def _unknown(name: str, properties: Mapping[str, Any], place: str) -> str:
    where = f' in "{place[:200]}"' if place else ""
    known = ", ".join(f'"{one[:80]}"' for one in list(properties)[:40])
    rest = f"it takes {known}" if known else "it takes none"
    return f'There is no argument "{name[:200]}"{where}; {rest}.'


def _list(value: Any) -> list[Any]:
    return list(value) if isinstance(value, list | tuple) else []

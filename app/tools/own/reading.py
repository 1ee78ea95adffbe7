"""Functions of a Python file, read from its text; nothing of it is run.  Pure."""

from __future__ import annotations

import ast
import math
import warnings
from typing import Any, Final

from app.chats.values import Problem
from app.tools.own.docstrings import Docstring, read_docstring
from app.tools.own.functions import OwnFile, OwnFunction
from app.tools.own.hints import HintError, schema_of
from engine.harmony.schemas import one_line

MAX_BYTES: Final = 256 * 1024
MAX_FUNCTIONS: Final = 50
MAX_DESCRIPTION: Final = 1500
MAX_PARAMETER: Final = 500

_Function = ast.FunctionDef | ast.AsyncFunctionDef


def read_file(name: str, data: bytes) -> OwnFile:
    """The functions of a file that do not begin with `_`, of which it has at most 50.

    Args:
        name: of the file.
        data: what it holds.
    """
    if len(data) > MAX_BYTES:
        return OwnFile(name, problem=Problem("The file is too long.", "Split it."))
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            tree = ast.parse(data, name)
            found = {
                node.name: _read(node, name)
                for node in tree.body
                if isinstance(node, _Function) and not node.name.startswith("_")
            }
    except SyntaxError as error:
        return OwnFile(
            name,
            problem=Problem(
                "Line {line} is not Python: {why}.",
                "Correct it, then look again.",
                fields={"line": str(error.lineno or 1), "why": one_line(error.msg)[:200]},
            ),
        )
    except (ValueError, RecursionError, MemoryError) as error:
        return OwnFile(
            name, problem=Problem("The file is not Python.", detail=type(error).__name__)
        )
    return OwnFile(name, tuple(found.values())[:MAX_FUNCTIONS])


def _read(node: _Function, file: str) -> OwnFunction:
    said = read_docstring(ast.get_docstring(node, clean=False) or "")
    problems: list[Problem] = []
    if not said.summary:
        problems.append(
            Problem(
                "It does not say what it does.",
                "Write a text in three quotes under its first line.",
            )
        )
    schema = _schema(node.args, said, problems)
    description = said.summary[:MAX_DESCRIPTION]
    return OwnFunction(node.name, file, node.lineno, description, schema, tuple(problems))


def _schema(arguments: ast.arguments, said: Docstring, problems: list[Problem]) -> dict[str, Any]:
    if arguments.vararg is not None or arguments.kwarg is not None:
        problems.append(
            Problem(
                "It takes any number of values, marked with a star.",
                "Name each value that it takes.",
            )
        )
    placed = [*arguments.posonlyargs, *arguments.args]
    missing = len(placed) - len(arguments.defaults)
    defaults: list[ast.expr | None] = [*([None] * missing), *arguments.defaults]
    pairs = [*zip(placed, defaults, strict=True)]
    pairs += zip(arguments.kwonlyargs, arguments.kw_defaults, strict=True)
    properties: dict[str, Any] = {}
    for argument, default in pairs:
        found = _parameter(argument, problems)
        words = one_line(said.parameters.get(argument.arg, ""))[:MAX_PARAMETER]
        if words:
            found["description"] = words
        if default is not None:
            found |= _default(default)
        properties[argument.arg] = found
    required = [argument.arg for argument, default in pairs if default is None]
    return {
        "type": "object",
        "properties": properties,
        "required": required,
        "additionalProperties": False,
    }


def _parameter(argument: ast.arg, problems: list[Problem]) -> dict[str, Any]:
    fields = {"name": argument.arg}
    if argument.annotation is None:
        problems.append(
            Problem(
                "There is no type hint for {name}.",
                "Write one behind it, such as {name}: str.",
                fields=fields,
            )
        )
        return {}
    try:
        return schema_of(argument.annotation)
    except HintError as error:
        problems.append(
            Problem(
                "The type hint of {name} cannot be used: {hint}.",
                "Use str, int, float, bool, list, dict, Literal or None.",
                fields={**fields, "hint": one_line(str(error))},
            )
        )
        return {}


def _default(node: ast.expr) -> dict[str, Any]:
    """A default that JSON can carry; others stay the function's own business."""
    try:
        value = ast.literal_eval(node)
    except (ValueError, TypeError, SyntaxError, MemoryError, RecursionError):
        return {}
    is_plain = isinstance(value, str | bool | int) or (
        isinstance(value, float) and math.isfinite(value)
    )
    return {"default": value} if is_plain else {}

"""The rules of the house that no linter knows, as functions from source to complaints."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator

LONGEST_FILE = 600
LONGEST_FUNCTION = 60
LONGEST_CLASS = 250
USUAL_FUNCTION = 35  # the 95th percentile

VAGUE_NAMES = {"common.py", "helpers.py", "manager.py", "misc.py", "util.py", "utils.py"}

# Spelled in pieces, so that this file passes its own rule.
REGISTRY_HOSTS = tuple(
    ".".join(pieces)
    for pieces in (
        ("pypi", "org"),
        ("pythonhosted", "org"),
        ("piwheels", "org"),
        ("registry", "npmjs", "org"),
        ("crates", "io"),
        ("anaconda", "org"),
        ("download", "pytorch", "org"),
        ("deb", "debian", "org"),
        ("ghcr", "io"),
        ("docker", "io"),
    )
)
_OUTSIDE = ("../" + "shared", "/" + "work" + "/")
_UNFINISHED = re.compile(r"\b(TODO|FIXME|XXX|HACK)\b(?!\s*\(#\d+\))")
_SLEEPS = {"msleep", "qSleep", "qWait", "sleep", "usleep", "wait"}
_SLEEPERS = {"asyncio", "time", "QTest", "QThread", "qtbot"}
_SKIPS = {"importorskip", "skip", "skipif", "xfail", "skipIf", "skipTest"}
_MOCKS = {"AsyncMock", "MagicMock", "Mock", "create_autospec", "mocker"}

Function = ast.FunctionDef | ast.AsyncFunctionDef


def functions(tree: ast.AST) -> Iterator[Function]:
    """Give every function and method."""
    return (node for node in ast.walk(tree) if isinstance(node, Function))


def lines(node: ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef) -> int:
    """Count the lines from the first decorator to the end."""
    first = min([node.lineno, *(one.lineno for one in node.decorator_list)])
    return (node.end_lineno or first) - first + 1


def too_long(source: str) -> list[str]:
    """Name the functions and classes that are too long, and the file if it is."""
    found = []
    length = source.count("\n") + 1
    if length > LONGEST_FILE:
        found.append(f"the file has {length} lines")
    for node in ast.walk(ast.parse(source)):
        limit = LONGEST_CLASS if isinstance(node, ast.ClassDef) else LONGEST_FUNCTION
        if isinstance(node, Function | ast.ClassDef) and lines(node) > limit:
            found.append(f"{node.name} has {lines(node)} lines")
    return found


def percentile_of_function_lengths(sources: list[str], part: float) -> int:
    """Give the length below which `part` of all functions stay."""
    lengths = sorted(lines(one) for source in sources for one in functions(ast.parse(source)))
    return lengths[int(part * (len(lengths) - 1))] if lengths else 0


def unfinished(text: str) -> list[str]:
    """Name the notes to self that have no issue number: `TODO(#12)` has one."""
    return [match[0] for match in _UNFINISHED.finditer(text)]


def outside_references(text: str) -> list[str]:
    """Name the registry hosts and the places outside the clone that a text mentions."""
    return [word for word in (*REGISTRY_HOSTS, *_OUTSIDE) if word in text]


def shortcuts(source: str) -> list[str]:
    """Name what a test may not do: wait blindly, skip, or mock."""
    return [
        f"line {node.lineno}: {word}"
        for node in ast.walk(ast.parse(source))
        if isinstance(node, ast.expr | ast.ImportFrom)
        for word in _shortcut(node)
    ]


def _shortcut(node: ast.AST) -> Iterator[str]:
    match node:
        case ast.Call(func=ast.Attribute(value=ast.Name(id=owner), attr=name), args=arguments):
            # asyncio.sleep(0) waits for nothing, it lets others run.
            yields = bool(arguments) and ast.unparse(arguments[0]) == "0"
            if owner in _SLEEPERS and name in _SLEEPS and not yields:
                yield f"{owner}.{name}"
        case ast.Attribute(attr=name) if name in _SKIPS:
            yield name
        case ast.Name(id=name) if name in _MOCKS:
            yield name
        case ast.ImportFrom(module="unittest", names=names):
            yield from (one.name for one in names if one.name == "mock")
        case ast.ImportFrom(module="unittest.mock"):
            yield "unittest.mock"

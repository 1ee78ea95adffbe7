"""The tools of a server as the model is told of them, and back.  Pure.

What a server lists is a stranger's: names, lengths and numbers are bounded, and what does not
fit is said on the settings page instead of to the model.
"""

from __future__ import annotations

import json
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

from app.chats.values import Problem
from app.tools.addresses import FUNCTIONS
from app.tools.identifiers import identifiers
from app.tools.mcp.servers import MAX_TOOLS, ServerTool
from engine.harmony.messages import FunctionTool
from engine.harmony.schemas import one_line, parameters_of, whole_characters

MAX_NAME: Final = 128
MAX_DESCRIPTION: Final = 1500
MAX_SCHEMA: Final = 10_000
"""Characters of one tool's parameters, as JSON."""

MAX_TOTAL: Final = 48_000
"""Characters of all that a server tells the model, about 12,000 tokens."""

_MAX_DEPTH: Final = 40
_WORDS: Final = frozenset({"description", "examples", "default"})
_NAMED: Final = frozenset({"properties", "$defs", "definitions"})


@dataclass(frozen=True, slots=True)
class RawTool:
    """A tool as its server lists it.

    Attributes:
        schema: of its arguments, in whatever state.
        says_read_only: the server's hint that it changes nothing.
    """

    name: str
    title: str = ""
    description: str = ""
    schema: Mapping[str, Any] | None = None
    says_read_only: bool = False


@dataclass(frozen=True, slots=True)
class CataloguedTool:
    """One tool, both as its server and as the model knows it.

    Attributes:
        raw: as listed; its name is what the server is called by.
        listed: for the settings page.
        function: what the model is told; None where it is not offered.
    """

    raw: RawTool
    listed: ServerTool
    function: FunctionTool | None = None


def catalogue(
    server: str, tools: Sequence[RawTool], hidden: Collection[str] = ()
) -> tuple[CataloguedTool, ...]:
    """The first `MAX_TOOLS` tools of a server, each name once, in the server's order.

    Args:
        server: its name in the user's words.
        tools: as the server lists them.
        hidden: names of tools the user does not want offered.
    """
    once: dict[str, RawTool] = {}
    for tool in tools:
        once.setdefault(tool.name, tool)
    kept = list(once.values())[:MAX_TOOLS]
    names = identifiers((server, tool.name) for tool in kept)
    room = MAX_TOTAL
    found = []
    for tool in kept:
        name = names[server, tool.name]
        function, problem = _told(tool, name, room)
        is_offered = problem is None and tool.name not in hidden
        if is_offered and function is not None:
            room -= _length(function)
        listed = ServerTool(
            name=_shown(tool.name, MAX_NAME),
            address=FUNCTIONS + name,
            description=_shown(tool.description or tool.title, MAX_DESCRIPTION),
            says_read_only=tool.says_read_only,
            is_offered=is_offered,
            problem=problem,
        )
        found.append(CataloguedTool(tool, listed, function if is_offered else None))
    return tuple(found)


def _told(tool: RawTool, name: str, room: int) -> tuple[FunctionTool | None, Problem | None]:
    """What the model would be told of a tool, or why it cannot be."""
    if not tool.name.strip() or not tool.name.isprintable() or len(tool.name) > MAX_NAME:
        return None, Problem(
            "Its name cannot be used.",
            "Ask the maker of the server for a short name without special signs.",
        )
    schema = tool.schema
    if _schema_length(schema) > MAX_SCHEMA:
        schema = _without_words(schema, 0)
    if _schema_length(schema) > MAX_SCHEMA:
        return None, Problem(
            "Its description is too long for the model.",
            "Ask the maker of the server for a shorter one.",
        )
    function = FunctionTool(name, _description(tool), schema)
    if _length(function) > room:
        return None, Problem(
            "There is no room for it beside the server's other tools.",
            "Hide tools that you do not need.",
        )
    return function, None


def _without_words(part: Any, depth: int) -> Any:
    """A schema without what only explains it."""
    if isinstance(part, list):
        return [_without_words(one, depth + 1) for one in part]
    if not isinstance(part, Mapping) or depth > _MAX_DEPTH:
        return {} if isinstance(part, Mapping) else part
    bare: dict[str, Any] = {}
    for key, value in part.items():
        if key in _NAMED and isinstance(value, Mapping):
            bare[key] = {name: _without_words(one, depth + 1) for name, one in value.items()}
        elif key not in _WORDS:
            bare[key] = _without_words(value, depth + 1)
    return bare


def _schema_length(schema: Mapping[str, Any] | None) -> int:
    """Characters of a schema as it will be rendered, nearly."""
    clean = parameters_of(schema)
    return len(json.dumps(clean, ensure_ascii=False)) if clean else 0


def _length(function: FunctionTool) -> int:
    return len(function.name) + len(function.description) + _schema_length(function.parameters)


def _description(tool: RawTool) -> str:
    lines = whole_characters(tool.description or tool.title)[:MAX_DESCRIPTION].splitlines()
    return "\n".join(line.rstrip() for line in lines if line.strip())


def _shown(text: str, characters: int) -> str:
    """A stranger's words on one line, without signs that turn or hide others."""
    line = one_line(text)[:characters]
    return "".join(mark if mark.isprintable() else "\ufffd" for mark in line)

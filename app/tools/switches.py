"""Names of tools as people type them, and as chats keep them.  Pure."""

from __future__ import annotations

from collections.abc import Collection, Iterable

from app.settings import Settings
from app.tools.toolbox import BROWSER, FILES, MCP, OWN, PYTHON
from engine.errors import UserFacingError

FUNCTIONS = "functions"
"""All MCP servers and the user's own functions."""


class UnknownToolError(UserFacingError):
    """There is no tool of this name."""


def switches(words: Iterable[str], available: Collection[str]) -> tuple[str, ...]:
    """The switches that are meant by words such as `python`, `functions` or a server's name.

    Raises:
        UnknownToolError: a word names no tool that there is.
    """
    found: dict[str, None] = {}
    for word in words:
        named = _named(word, available)
        if not named and word != FUNCTIONS:
            shown = ", ".join(sorted(one.removeprefix(MCP) for one in available)) or "-"
            raise UnknownToolError(
                "There is no tool called {name}.",
                "Tools that are there: {tools}.",
                fields={"name": word[:80], "tools": shown},
            )
        found |= dict.fromkeys(named)
    return tuple(found)


def default_switches(settings: Settings, available: Collection[str]) -> tuple[str, ...]:
    """What chats have on that chose nothing."""
    wanted = [
        *([PYTHON] if settings.tools_python else []),
        *([FILES] if settings.tools_files else []),
        *([BROWSER] if settings.tools_browser else []),
        *(_named(FUNCTIONS, available) if settings.tools_functions else []),
    ]
    return tuple(name for name in wanted if name in available)


def _named(word: str, available: Collection[str]) -> list[str]:
    if word == FUNCTIONS:
        return sorted(name for name in available if name == OWN or name.startswith(MCP))
    return [name for name in (word, MCP + word) if name in available][:1]

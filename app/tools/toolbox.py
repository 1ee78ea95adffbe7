"""The tools that there are, and those a chat has switched on."""

from __future__ import annotations

import logging
from collections.abc import Awaitable, Callable, Collection, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Final

from app.tools.addresses import find_address
from app.tools.tool import Declaration, Tool
from engine.harmony.messages import FunctionTool

_log = logging.getLogger(__name__)

PYTHON: Final = "python"
BROWSER: Final = "browser"
OWN: Final = "own"
FILES: Final = "files"
MCP: Final = "mcp/"
"""Names of switches; that of an MCP server is `mcp/` and the server's name."""

ToolSource = Callable[[], Mapping[str, Tool]]
"""The tools of one kind that there are now, by the names of their switches; quick, any thread."""


@dataclass(frozen=True)
class Offer:
    """The tools of one turn."""

    tools: tuple[Tool, ...] = ()

    @cached_property
    def declaration(self) -> Declaration:
        """What the model is told; of two functions of one name only the first."""
        parts = [tool.declaration for tool in self.tools]
        functions: dict[str, FunctionTool] = {}
        for part in parts:
            for function in part.functions:
                functions.setdefault(function.name, function)
        return Declaration(
            python=any(part.python for part in parts),
            browser=any(part.browser for part in parts),
            functions=tuple(functions.values()),
        )

    @cached_property
    def addresses(self) -> Mapping[str, Tool]:
        """What the model may call; of two tools with one address the first has it."""
        found: dict[str, Tool] = {}
        for tool in self.tools:
            for address in tool.addresses:
                found.setdefault(address, tool)
        return found

    def find(self, written: str) -> tuple[str, Tool] | None:
        """The canonical address the model means, and its tool; None where there is none."""
        address = find_address(written, self.addresses)
        return None if address is None else (address, self.addresses[address])


class Toolbox:
    """All tools of the program.

    Args:
        sources: asked anew each time, since servers come and go.
    """

    def __init__(self, sources: Sequence[ToolSource] = ()) -> None:
        self._sources = tuple(sources)

    def tools(self) -> dict[str, Tool]:
        """The tools there are now, by the names of their switches.  Any thread."""
        found: dict[str, Tool] = {}
        for source in self._sources:
            found.update(source())
        return found

    def offer(self, switched_on: Collection[str]) -> Offer:
        """The tools of these switches that there are."""
        if not switched_on:
            return Offer()  # no tool need be loaded for that
        tools = self.tools()
        return Offer(tuple(tools[name] for name in sorted(tools) if name in switched_on))

    async def forget(self, chat: str) -> None:
        """Have all tools let go of a chat.  Asyncio thread."""
        for tool in self.tools().values():
            await _safely(tool, tool.forget(chat))

    async def close(self) -> None:
        """End all tools.  Asyncio thread."""
        for tool in self.tools().values():
            await _safely(tool, tool.close())


async def _safely(tool: Tool, work: Awaitable[None]) -> None:
    """One tool that fails must not keep the others from ending."""
    try:
        await work
    except Exception:  # noqa: BLE001 - the others have to end, too
        _log.exception("%s did not end in order", type(tool).__name__)

"""The tools of one server, as the agent loop sees them."""

from __future__ import annotations

from app.tools.arguments import paths_in, read_arguments, written
from app.tools.mcp.catalogue import CataloguedTool
from app.tools.mcp.connection import ServerConnection
from app.tools.tool import CallRefusedError, Declaration, RunContext
from app.tools.values import CallTarget, CallView, TargetKind, ToolCall, ToolFamily, ToolOutcome


class ServerTools:
    """One server as a tool (`app.tools.tool.Tool`).

    Args:
        connection: to the server; whoever made it also ends it.
    """

    def __init__(self, connection: ServerConnection) -> None:
        self._connection = connection

    @property
    def declaration(self) -> Declaration:
        """The functions that are offered; they stay while the server is down: a call wakes it."""
        tools = self._connection.tools
        return Declaration(functions=tuple(t.function for t in tools if t.function is not None))

    @property
    def addresses(self) -> tuple[str, ...]:
        """`functions.SERVER__TOOL` of each function that is offered."""
        tools = self._connection.tools
        return tuple(tool.listed.address for tool in tools if tool.function is not None)

    def view(self, call: ToolCall) -> CallView:
        """The call with its arguments as they will be sent.

        `is_read_only` is the server's own word: something to show, nothing to rely on.
        `runs_outside` is not said of servers: the user set them up to run as they do, and what
        is said of cannot be remembered (`app.permissions.matching`).

        Raises:
            CallRefusedError: there is no such function, or its arguments do not fit its schema.
        """
        tool = self._tool(call.recipient)
        arguments = read_arguments(call.arguments, tool.raw.schema)
        server = self._connection.entry.name
        return CallView(
            tool=tool.listed.address,
            family=ToolFamily.MCP,
            target=CallTarget(TargetKind.FUNCTION, f"{server}/{tool.raw.name}"),
            body=written(arguments),
            server=server,
            function=tool.raw.name,
            paths=paths_in(arguments),
            is_read_only=tool.raw.says_read_only,
        )

    async def run(self, call: ToolCall, context: RunContext) -> ToolOutcome:
        """Call the server; a server that is down is started first."""
        tool = self._tool(call.recipient)
        arguments = read_arguments(call.arguments, tool.raw.schema)
        return await self._connection.call(tool.raw.name, arguments, context.report)

    async def forget(self, chat: str) -> None:
        """Nothing is kept by chat."""

    async def close(self) -> None:
        """End the server."""
        await self._connection.stop()

    def _tool(self, address: str) -> CataloguedTool:
        for tool in self._connection.tools:
            if tool.function is not None and tool.listed.address == address:
                return tool
        raise CallRefusedError(f"There is no function {address[:200]} now.")

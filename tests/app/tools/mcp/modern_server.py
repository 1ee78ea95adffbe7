"""A server of the newest protocol, made with the library's own server.  Run as a program."""

from __future__ import annotations

from mcp.server.mcpserver import Context, MCPServer
from mcp_types import ToolAnnotations

server = MCPServer("modern", version="3")


@server.tool(annotations=ToolAnnotations(read_only_hint=True))
def add(a: int, b: int = 2) -> int:
    """Add two numbers."""
    return a + b


@server.tool()
async def grow(context: Context) -> str:
    """Have one more tool."""
    server.add_tool(lambda: "new", name="grown", description="Was not there before.")
    await context.notify_tools_changed()
    return "grown"


if __name__ == "__main__":
    server.run("stdio")

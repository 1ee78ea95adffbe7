"""A server that knows the weather, made with the library's own server.  Run as a program."""

from __future__ import annotations

from mcp.server.mcpserver import MCPServer
from mcp_types import ToolAnnotations

server = MCPServer("weather", version="1")


@server.tool(annotations=ToolAnnotations(read_only_hint=True))
def get_current_weather(location: str) -> str:
    """Gets the current weather in the provided location.

    Args:
        location: The city
    """
    return f'{{"temperature": {len(location) + 20}}}'


if __name__ == "__main__":
    server.run("stdio")

"""An MCP server over stdio with one function, by hand: it starts at once.  Run as a program."""

from __future__ import annotations

import json
import sys
from typing import Any

TOOL = {
    "name": "get_current_weather",
    "description": "Gets the current weather in the provided location.",
    "inputSchema": {
        "type": "object",
        "properties": {"location": {"type": "string", "description": "The city"}},
        "required": ["location"],
    },
}


def answer(method: str, params: dict[str, Any]) -> dict[str, Any]:
    """The result of a request."""
    if method == "initialize":
        info = {"name": "sky", "version": "1"}
        return {"protocolVersion": "2025-11-25", "capabilities": {"tools": {}}, "serverInfo": info}
    if method == "tools/list":
        return {"tools": [TOOL]}
    if method == "tools/call":
        told = json.dumps({"temperature": len(params["arguments"]["location"]) + 20})
        return {"content": [{"type": "text", "text": told}]}
    return {}


def main() -> None:
    """Answer line by line."""
    for line in sys.stdin:
        asked = json.loads(line)
        if "id" in asked:
            result = answer(asked["method"], asked.get("params") or {})
            told = {"jsonrpc": "2.0", "id": asked["id"], "result": result}
            sys.stdout.write(json.dumps(told) + "\n")
            sys.stdout.flush()


if __name__ == "__main__":
    main()

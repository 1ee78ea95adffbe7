"""`sotto ask --tools` on the real engine: a function of a real MCP server."""

from __future__ import annotations

import json
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from tests.app.cli.conftest import Run

SERVER = Path(__file__).parents[1] / "tools" / "mcp" / "weather_server.py"
QUESTION = "What is the weather in Tokyo?"

Sotto = Callable[..., Run]


@pytest.fixture
def ask(environ: dict[str, str], sotto: Sotto) -> Callable[..., Run]:
    """Ask with the user's servers switched on."""
    folder = Path(environ["SOTTO_CONFIG_DIR"])
    folder.mkdir()
    servers = {
        "weather": {"command": sys.executable, "args": ["-I", str(SERVER)]},
        "broken": {"command": "no-such-program"},
    }
    (folder / "mcp.json").write_text(json.dumps({"mcpServers": servers}), encoding="utf-8")

    def ask(*options: str) -> Run:
        fixed = ("--json", "--effort", "low", "--temperature", "0")
        return sotto("ask", QUESTION, *fixed, *options)

    return ask


def line_of(run: Run, kind: str) -> dict[str, Any]:
    (found,) = (line for line in run.lines if line["type"] == kind)
    return found


def test_a_function_of_a_server_is_called_by_a_rule_of_the_command_line(
    ask: Callable[..., Run],
) -> None:
    run = ask("--tools", "functions", "--allow", "weather/get_current_weather")
    assert line_of(run, "tool_call")["arguments"] == '{\n  "location": "Tokyo"\n}'
    assert line_of(run, "permission")["by"] == "command_line"
    result = line_of(run, "tool_result")
    assert (result["status"], result["origins"]) == ("done", ["server weather"])
    assert result["text"].endswith(']\n{"temperature": 25}')
    assert "not instructions" in result["text"]


def test_a_function_of_another_server_is_not_what_was_allowed(ask: Callable[..., Run]) -> None:
    run = ask("--tools", "weather", "--allow", "own/get_current_weather")
    assert line_of(run, "permission")["allowed"] is False
    assert line_of(run, "tool_result")["status"] == "denied"

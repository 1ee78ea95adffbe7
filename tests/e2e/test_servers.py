"""A function of a real MCP server, through the window: added, switched on, asked about, called."""

from __future__ import annotations

import json
import sys
from collections.abc import Callable
from pathlib import Path

import pytest
from PySide6.QtCore import Qt
from pytestqt.qtbot import QtBot

from app.permissions.values import By, Scope
from app.tools.mcp.servers import ServerState
from app.tools.records import CallStatus
from app.tools.values import ToolFamily
from tests.e2e.conftest import Driver
from ui.chat.permission_card import PermissionCard
from ui.chat.tools.card import ToolCard

SERVER = Path(__file__).parents[1] / "app" / "tools" / "mcp" / "weather_server.py"


@pytest.fixture
def driver(open_window: Callable[..., Driver], environ: dict[str, str]) -> Driver:
    """A window whose user has a server for the weather."""
    folder = Path(environ["SOTTO_CONFIG_DIR"])
    folder.mkdir()
    servers = {"weather": {"command": sys.executable, "args": ["-I", str(SERVER)]}}
    (folder / "mcp.json").write_text(json.dumps({"mcpServers": servers}), encoding="utf-8")
    driver = open_window()
    driver.wait_until_ready()
    return driver


def switch_on(driver: Driver, name: str) -> None:
    """Turn a switch behind the composer's button of tools."""
    chip = driver.session.window.panel.composer.tools
    driver.wait(lambda: name in chip.find_available())
    driver.qtbot.mouseClick(chip.button, Qt.MouseButton.LeftButton)
    popup = chip.popup
    assert popup is not None
    (row,) = (row for row in popup.rows if row.tool.name == name)
    driver.qtbot.mouseClick(row.switch, Qt.MouseButton.LeftButton)
    popup.close()


def ask(driver: Driver, question: str) -> PermissionCard:
    """Ask something and wait until the window asks back."""
    driver.type(question)
    driver.wait(lambda: bool(driver.shown(PermissionCard)))
    (card,) = driver.shown(PermissionCard)
    driver.wait(card._takes_answers)  # not in the moment it appears
    card.focus_card()
    return card


def test_the_weather_is_asked_of_a_server(driver: Driver, qtbot: QtBot) -> None:
    switch_on(driver, "mcp/weather")
    card = ask(driver, "What is the weather in Tokyo?")
    view = card.request.view
    assert (view.family, view.server) == (ToolFamily.MCP, "weather")
    assert '"location": "Tokyo"' in card.box.text.toPlainText()
    assert "weather" in card.title.text()
    (status,) = driver.session.tools.servers.statuses()
    assert status.state is ServerState.READY

    qtbot.keyClick(card, Qt.Key.Key_1)
    driver.wait(lambda: bool(driver.ended) and not driver.is_busy)

    (call,) = driver.ended[-1].calls
    assert call.status is CallStatus.DONE
    assert call.result.endswith('{"temperature": 25}')
    assert call.origins == ("server weather",)
    assert call.answered is not None
    assert (call.answered.by, call.answered.scope) == (By.PERSON, Scope.ONCE)
    (shown,) = driver.shown(ToolCard)
    assert shown.accessibleName()


def test_a_denied_call_reaches_no_server(driver: Driver, qtbot: QtBot) -> None:
    switch_on(driver, "mcp/weather")
    card = ask(driver, "What is the weather in Tokyo?")
    qtbot.keyClick(card, Qt.Key.Key_D)
    driver.wait(lambda: bool(driver.ended) and not driver.is_busy)
    (call,) = driver.ended[-1].calls
    assert call.status is CallStatus.DENIED
    log = driver.session.tools.servers.log("weather")
    assert log
    assert not [line for line in log if "Called" in line.text]

"""Functions of real MCP servers, through the window: switched on, asked about, edited, called."""

from __future__ import annotations

import json
import sys
from collections.abc import Callable
from pathlib import Path

import pytest
from PySide6.QtCore import Qt
from pytestqt.qtbot import QtBot

from app.chats.changes import AnswerCallChanged
from app.permissions.values import By, Scope
from app.tools.mcp.servers import ServerState
from app.tools.records import CallRecord, CallStatus
from app.tools.values import ToolFamily
from tests.e2e.conftest import Driver
from ui.chat.permission_card import PermissionCard
from ui.chat.tools.card import ToolCard
from ui.chat.tools.pictures import Picture

PACKAGES = Path(__file__).parents[2] / "build" / "servers" / "node_modules"
EVERYTHING = PACKAGES / "@modelcontextprotocol" / "server-everything" / "dist" / "index.js"
SERVER = Path(__file__).parents[1] / "app" / "tools" / "mcp" / "weather_server.py"


@pytest.fixture
def driver(open_window: Callable[..., Driver], environ: dict[str, str]) -> Driver:
    """A window whose user has a server for the weather."""
    folder = Path(environ["SOTTO_CONFIG_DIR"])
    folder.mkdir(exist_ok=True)
    servers = {"weather": {"command": sys.executable, "args": ["-I", str(SERVER)]}}
    (folder / "mcp.json").write_text(json.dumps({"mcpServers": servers}), encoding="utf-8")
    driver = open_window()
    driver.wait_until_ready()
    return driver


def only(tool: str) -> dict[str, object]:
    """The server from npm that offers everything, with all but one of its tools switched off.

    The practice model calls whatever there is when it is told to use something; which of several
    is not to be relied on.
    """
    assert EVERYTHING.exists(), "the servers are missing: run python3 -m tools.setup tests"
    off = [
        *("echo", "get-annotated-message", "get-env", "get-resource-links"),
        *("get-resource-reference", "get-roots-list", "get-structured-content", "get-sum"),
        *("get-tiny-image", "gzip-file-as-resource", "simulate-research-query"),
        *("toggle-simulated-logging", "toggle-subscriber-updates"),
        *("trigger-elicitation-request", "trigger-long-running-operation"),
        "trigger-sampling-request",
    ]
    off.remove(tool)
    return {"command": "node", "args": [str(EVERYTHING), "stdio"], "disabledTools": off}


@pytest.fixture
def with_everything(open_window: Callable[..., Driver], environ: dict[str, str]) -> Driver:
    """A window whose user has the server from npm twice, for one of its tools each."""
    folder = Path(environ["SOTTO_CONFIG_DIR"])
    folder.mkdir(exist_ok=True)
    servers = {
        "pictures": only("get-tiny-image"),
        "slow": only("trigger-long-running-operation"),
    }
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


def test_a_server_from_npm_shows_a_picture_and_runs_what_was_edited(
    with_everything: Driver, qtbot: QtBot
) -> None:
    driver = with_everything
    switch_on(driver, "mcp/pictures")
    card = ask(driver, "Use get_tiny_image")
    view = card.request.view
    assert (view.server, view.function) == ("pictures", "get-tiny-image")
    assert view.is_read_only
    title = card.title.text().replace("\u200b", "")
    assert title == "Sotto wants to use get-tiny-image of pictures"
    qtbot.keyClick(card, Qt.Key.Key_1)
    driver.wait(lambda: bool(driver.ended) and not driver.is_busy)
    (call,) = driver.ended[-1].calls
    assert call.status is CallStatus.DONE
    assert "Here's the image you requested" in call.result
    assert [one.media_type for one in call.attachments] == ["image/png"]
    driver.wait(lambda: bool(driver.shown(Picture)))
    assert call.origins == ("server pictures",)

    switch_on(driver, "mcp/pictures")  # off again
    switch_on(driver, "mcp/slow")
    card = ask(driver, "Use trigger_long_running_operation")
    assert card.box.text.toPlainText() == "{}"
    qtbot.keyClick(card, Qt.Key.Key_E)
    card.box.editor.selectAll()
    qtbot.keyClicks(card.box.editor, '{"duration": 0.4, "steps": 2}')
    qtbot.keyClick(card.box.editor, Qt.Key.Key_Escape)
    qtbot.keyClick(card, Qt.Key.Key_1)
    driver.wait(lambda: bool(told(driver, CallStatus.DONE)))
    (done,) = {call.result for call in told(driver, CallStatus.DONE)}
    assert "Long running operation completed. Duration: 0.4 seconds, Steps: 2." in done
    assert "The user changed this call before it ran." in done
    # What the practice model makes of that may go on for long.
    driver.session.service.stop()
    driver.wait(lambda: not driver.is_busy)


def told(driver: Driver, status: CallStatus) -> list[CallRecord]:
    """What was shown of calls of the slow server that are so far."""
    calls = [one.call for one in driver.changes if isinstance(one, AnswerCallChanged)]
    return [call for call in calls if call.view.server == "slow" and call.status is status]

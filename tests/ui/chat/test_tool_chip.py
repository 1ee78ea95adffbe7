from __future__ import annotations

from collections.abc import Callable

import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from app.chats.changes import ToolsSwitched
from app.words import Words
from tests.ui.chat.stage import Stage
from ui.chat.tool_switches import tool_switches


def test_what_cannot_be_switched_on_says_where_to_look(words: Words) -> None:
    python, web, files = tool_switches(words, ("mcp/files", "python"))
    assert (python.title, python.is_available) == ("Python", True)
    assert not web.is_available
    assert web.hint == "Not ready. See Tools in the settings."
    assert (files.name, files.title, files.icon) == ("mcp/files", "files", "plug")
    assert [one.title for one in tool_switches(words, ("own",))][-1] == "Your functions"


def test_nothing_is_on_until_it_is_switched_on(stage: Stage) -> None:
    chip = stage.panel.composer.tools
    assert chip.icons == []
    assert chip.button.accessibleName() == "Tools: none is on"


def test_an_icon_for_each_tool_that_is_on_switches_it_off(stage: Stage, qtbot: QtBot) -> None:
    chip = stage.panel.composer.tools
    told: list[tuple[str, bool]] = []
    chip.switched.connect(lambda name, is_on: told.append((name, is_on)))
    stage.panel.apply(ToolsSwitched(("browser", "mcp/files", "python")))
    assert chip.button.accessibleName() == "Tools: Web, files, Python"
    assert [icon.icon_name for icon in chip.icons] == ["globe", "plug", "terminal"]
    qtbot.keyClick(chip.icons[0], Qt.Key.Key_Space)
    assert told == [("browser", False)]


def test_a_narrow_composer_has_one_button(make_panel: Callable[..., Stage]) -> None:
    stage = make_panel(420)
    stage.panel.apply(ToolsSwitched(("browser", "python")))
    QApplication.processEvents()
    assert stage.panel.composer.tools.icons == []
    assert stage.panel.composer.tools.button.isChecked()


@pytest.fixture
def opened(stage: Stage) -> Stage:
    chip = stage.panel.composer.tools
    chip.find_available = lambda: ("python", "mcp/files")
    stage.panel.apply(ToolsSwitched(("python",)))
    chip.button.click()
    return stage


def test_the_switches_open_by_key_and_are_turned_by_key(opened: Stage, qtbot: QtBot) -> None:
    chip = opened.panel.composer.tools
    popup = chip.popup
    assert popup is not None
    told: list[tuple[str, bool]] = []
    chip.switched.connect(lambda name, is_on: told.append((name, is_on)))
    states = {row.tool.name: row.switch.isChecked() for row in popup.rows}
    assert states == {"python": True, "browser": False, "mcp/files": False}
    assert not popup.rows[1].switch.isEnabled()
    qtbot.keyClick(popup.rows[2].switch, Qt.Key.Key_Space)
    qtbot.keyClick(popup.rows[0].switch, Qt.Key.Key_Return)
    assert told == [("mcp/files", True), ("python", False)]
    qtbot.keyClick(popup, Qt.Key.Key_Escape)


def test_a_server_that_comes_while_the_switches_are_open_joins_them(opened: Stage) -> None:
    chip = opened.panel.composer.tools
    popup = chip.popup
    assert popup is not None
    height = popup.height()
    chip.find_available = lambda: ("browser", "python", "mcp/files", "mcp/sky")
    opened.panel.apply(ToolsSwitched(("mcp/sky", "python")))
    states = {row.tool.name: row.switch.isChecked() for row in popup.rows}
    assert states == {"python": True, "browser": False, "mcp/files": False, "mcp/sky": True}
    assert popup.rows[1].switch.isEnabled()
    assert popup.height() > height
    popup.close()


def test_the_switches_lead_to_files_and_settings(opened: Stage) -> None:
    chip = opened.panel.composer.tools
    asked: list[str] = []
    chip.files_requested.connect(lambda: asked.append("files"))
    chip.settings_requested.connect(lambda: asked.append("settings"))
    assert chip.popup is not None
    chip.popup.files.click()
    chip.button.click()
    chip.popup.settings.click()
    assert asked == ["files", "settings"]

from __future__ import annotations

import json
from pathlib import Path

import pytest
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from app.tools.mcp.servers import ServerState
from tests.app.tools.mcp.conftest import raw_entry
from tests.ui.settings.conftest import Room
from ui.controls.button import TextButton
from ui.controls.label import Label
from ui.settings.screen import SettingsScreen
from ui.settings.servers_page import ServersPage

PATIENCE_MS = 30_000


@pytest.fixture
def page(screen: SettingsScreen) -> ServersPage:
    (found,) = [page for page in screen.pages if isinstance(page, ServersPage)]
    screen.open_page(screen.pages.index(found))
    return found


def add(page: ServersPage, room: Room, tmp_path: Path, qtbot: QtBot, mode: str) -> None:
    """A real server, ready or failed."""
    room.tools.servers.put(raw_entry(mode, tmp_path))
    ended = (ServerState.READY, ServerState.FAILED)
    qtbot.waitUntil(
        lambda: bool(page.rows) and room.tools.servers.statuses()[0].state in ended,
        timeout=PATIENCE_MS,
    )
    QApplication.processEvents()


def test_without_servers_the_page_says_so(page: ServersPage) -> None:
    assert page.rows == {}
    assert first_words(page) == "No servers yet."


def first_words(page: ServersPage) -> str:
    return next(label.text() for label in page._listed.findChildren(Label) if label.text())


def test_a_server_that_is_ready_says_so_and_lists_its_tools(
    page: ServersPage, room: Room, tmp_path: Path, qtbot: QtBot
) -> None:
    add(page, room, tmp_path, qtbot, "plain")
    row = page.rows["raw"]
    qtbot.waitUntil(lambda: row.row.hint.text().startswith("Ready, "), timeout=PATIENCE_MS)
    assert "on this computer" in row.row.hint.text()
    row.look_requested.emit("raw")
    look = page.look
    assert look is not None
    name = next(iter(look.switches))
    look.switches[name].click()
    qtbot.waitUntil(
        lambda: room.tools.servers.statuses()[0].entry.hidden_tools == (name,), timeout=PATIENCE_MS
    )
    assert look.log.toPlainText()
    look.accept()


def test_a_program_that_is_not_there_is_told(page: ServersPage, room: Room, qtbot: QtBot) -> None:
    page.add_button.click()
    form = page.form
    assert form is not None
    form.name.setText("gone")
    form.command.setText("/nowhere/at-all --x")
    form.save.click()
    qtbot.waitUntil(
        lambda: (
            "gone" in page.rows and room.tools.servers.statuses()[0].state is ServerState.FAILED
        ),
        timeout=PATIENCE_MS,
    )
    qtbot.waitUntil(
        lambda: page.rows["gone"].row.hint.text() not in ("", "Starting…"), timeout=PATIENCE_MS
    )
    page.rows["gone"].switch.click()
    qtbot.waitUntil(
        lambda: page.rows["gone"].row.hint.text().startswith("Off"), timeout=PATIENCE_MS
    )
    page.rows["gone"].remove_requested.emit("gone")
    assert page.removal is not None
    (cancel, remove) = page.removal.findChildren(TextButton)
    assert "gone" in page.rows
    assert cancel.hasFocus() or not remove.hasFocus()
    remove.click()
    qtbot.waitUntil(lambda: page.rows == {}, timeout=PATIENCE_MS)


def test_what_makes_no_server_stays_in_the_form(page: ServersPage) -> None:
    page.add_button.click()
    form = page.form
    assert form is not None
    form.name.setText("own")
    form.save.click()
    assert form.said.text() == "Fill in a program or an address."
    form.kind.segments[1].click()
    form.url.setText("https://tools.example.org/mcp")
    form.save.click()
    assert "cannot be called own" in form.said.text()
    assert form.isVisible()
    form.reject()


def test_an_import_shows_what_it_would_bring_before_it_does(
    page: ServersPage, room: Room, tmp_path: Path, qtbot: QtBot
) -> None:
    file = tmp_path / "claude.json"
    servers = {
        "files": {"command": "/nowhere/x", "env": {"API_KEY": "sk-s3cret-0123456789abcdef"}},
        "other": {"command": "/nowhere/y"},
        "broken": {"args": []},
    }
    file.write_text(json.dumps({"mcpServers": servers}), "utf-8")
    page.read(str(file), "Claude Desktop")
    dialog = page.preview
    assert dialog is not None
    assert len(dialog.switches) == 2
    assert page.rows == {}
    dialog.switches[1].click()
    dialog.take.click()
    qtbot.waitUntil(lambda: list(page.rows) == ["files"], timeout=PATIENCE_MS)
    kept = room.tools.keyring.kept
    assert list(kept.values()) == ["sk-s3cret-0123456789abcdef"]
    config = "".join(
        one.read_text("utf-8") for one in (tmp_path / "config").iterdir() if one.is_file()
    )
    assert "s3cret" not in config
    page.rows["files"].switch.click()
    qtbot.waitUntil(lambda: page.rows["files"].row.hint.text().startswith("Off"))

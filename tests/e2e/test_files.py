"""The chat's own files through the window: asked once, remembered with one key, then read."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from PySide6.QtCore import QElapsedTimer, Qt
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from app.permissions.rule_text import rule_text
from app.permissions.values import By, Scope
from app.tools.records import CallRecord, CallStatus
from tests.e2e.conftest import Driver
from ui.chat.permission_card import WAIT_MS, PermissionCard
from ui.chat.tools.card import ToolCard

LOOK = "Use list_files"


@pytest.fixture
def driver(open_window: Callable[..., Driver]) -> Driver:
    made = open_window()
    made.wait_until_ready()
    switch_on(made, "files")
    return made


def switch_on(driver: Driver, name: str) -> None:
    """Turn the one switch behind the composer's button of tools."""
    chip = driver.session.window.panel.composer.tools
    driver.wait(lambda: name in chip.find_available())
    driver.qtbot.mouseClick(chip.button, Qt.MouseButton.LeftButton)
    popup = chip.popup
    assert popup is not None
    (row,) = (row for row in popup.rows if row.tool.name == name)
    driver.qtbot.mouseClick(row.switch, Qt.MouseButton.LeftButton)
    popup.close()


def asked(driver: Driver) -> PermissionCard:
    """The card, as soon as it takes answers."""
    driver.wait(lambda: bool(driver.shown(PermissionCard)))
    (card,) = driver.shown(PermissionCard)
    since = QElapsedTimer()
    since.start()
    driver.wait(lambda: since.hasExpired(WAIT_MS))
    return card


def ended(driver: Driver) -> CallRecord:
    driver.wait(lambda: bool(driver.ended) and not driver.is_busy)
    (call,) = driver.ended[-1].calls
    return call


def attach(driver: Driver, name: str, data: bytes) -> None:
    """What the dialog of files does with a file that was chosen in it."""
    files = driver.session.window.files
    assert files is not None
    got: list[str] = []
    files.put(name, data, got.append, lambda problem: got.append(problem.title))
    driver.wait(lambda: bool(got))
    assert got == [name]


def test_one_key_lets_a_chat_look_into_its_own_files_from_then_on(
    driver: Driver, qtbot: QtBot
) -> None:
    driver.type(LOOK)
    card = asked(driver)
    assert card.title.text() == "Sotto wants to see which files this chat has"
    assert card.request.pattern is not None
    assert rule_text(card.request.pattern) == "chat/*+read@chat"
    assert card.choices.chat.isVisible()
    assert card.choices.always.text() == "Always for reading here"
    assert "Listing and reading the chat’s own files" in card.choices.remembered.text()
    card.focus_card()
    qtbot.keyClick(card, Qt.Key.Key_2)
    first = ended(driver)
    assert (first.status, first.result) == (CallStatus.DONE, "This chat has no files.")
    assert first.answered is not None
    assert (first.answered.by, first.answered.scope) == (By.PERSON, Scope.CHAT)

    driver.changes.clear()
    attach(driver, "notes.txt", b"milk")
    driver.type(LOOK)
    second = ended(driver)
    assert second.answered is not None
    assert (second.answered.by, second.answered.rule_id) == (By.RULE, first.answered.rule_id)
    assert "notes.txt (4 bytes, text/plain)" in second.result
    assert len(driver.shown(ToolCard)) == 2

    driver.session.service.new_chat()
    driver.settle()
    switch_on(driver, "files")
    driver.changes.clear()
    driver.type(LOOK)
    asked(driver)
    assert QApplication.activeModalWidget() is None
    driver.session.service.stop()
    driver.wait(lambda: not driver.is_busy)

from __future__ import annotations

import pytest
from PySide6.QtCore import Qt
from pytestqt.qtbot import QtBot

from app.chats.changes import ModelState, StatusChanged
from tests.ui.settings.conftest import Room
from ui.settings.machines_page import MachinesPage
from ui.settings.screen import SettingsScreen


@pytest.fixture
def page(screen: SettingsScreen) -> MachinesPage:
    (found,) = [page for page in screen.pages if isinstance(page, MachinesPage)]
    screen.open_page(screen.pages.index(found))
    return found


def add(page: MachinesPage, qtbot: QtBot, text: str) -> None:
    page.address.clear()
    qtbot.keyClicks(page.address, text)
    qtbot.keyClick(page.address, Qt.Key.Key_Return)


def test_a_machine_is_added_tried_and_taken_out(
    page: MachinesPage, room: Room, qtbot: QtBot
) -> None:
    add(page, qtbot, "Gpu.Local:50052")
    assert room.file.load().workers == ("gpu.local:50052",)

    (row,) = page.rows
    qtbot.mouseClick(row.test, Qt.MouseButton.LeftButton)
    assert room.tried == ["gpu.local:50052"]
    assert row.hint.text() == "Lends 8.0 GiB of memory."

    qtbot.mouseClick(row.remove, Qt.MouseButton.LeftButton)
    assert room.file.load().workers == ()
    assert page.rows == ()


def test_a_machine_that_does_not_answer_says_why(
    page: MachinesPage, room: Room, qtbot: QtBot
) -> None:
    room.worker_problem = "The worker {worker} cannot be reached."
    add(page, qtbot, "10.0.0.2:1")
    qtbot.mouseClick(page.rows[0].test, Qt.MouseButton.LeftButton)
    assert page.rows[0].hint.text() == "The worker 10.0.0.2:1 cannot be reached. Start it."


def test_what_is_no_address_is_refused_with_a_sentence(
    page: MachinesPage, room: Room, qtbot: QtBot
) -> None:
    add(page, qtbot, "no port")
    assert page.said.text().startswith("Write a name or an IPv4 address")
    add(page, qtbot, "10.0.0.2:1")
    add(page, qtbot, "10.0.0.2:1")
    assert page.said.text() == "This address is in the list already."
    assert room.file.load().workers == ("10.0.0.2:1",)


def test_a_machine_that_works_for_us_is_not_tried(
    page: MachinesPage, screen: SettingsScreen, qtbot: QtBot
) -> None:
    add(page, qtbot, "10.0.0.2:1")
    screen.show_change(StatusChanged(state=ModelState.READY, workers=("10.0.0.2:1",)))
    assert not page.rows[0].test.isEnabled()
    assert page.rows[0].hint.text() == "It holds a part of the model now."


def test_an_added_machine_waits_for_the_next_load(
    page: MachinesPage, screen: SettingsScreen, qtbot: QtBot
) -> None:
    add(page, qtbot, "10.0.0.2:1")
    assert screen.strip.isVisible()

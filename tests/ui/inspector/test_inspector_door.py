"""The way to what the model sees, in the window."""

from __future__ import annotations

import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QWidget
from pytestqt.qtbot import QtBot

from app.chats.changes import BusyChanged, PromptSeen
from app.words import Words
from engine.harmony.messages import Effort
from tests.ui.conftest import FakeService
from tests.ui.inspector.conftest import MakePrompt
from ui.chat.panel import ChatPanel
from ui.controls.side_panel import WIDTH, SidePanel
from ui.inspector.door import InspectorDoor, inspector_door
from ui.inspector.panel import InspectorPanel
from ui.theme.theme import Theme


class Looker:
    """Takes the wishes of the door."""

    def __init__(self, theme: Theme, words: Words, service: FakeService) -> None:
        self.room = QWidget()
        self.room.resize(1100, 700)
        self.other = SidePanel(theme, self.room)
        self.other.hide()
        self.service = service
        self.door = InspectorDoor(theme, words, self.room, service, self.other)
        self.taken: list[int] = []
        self.door.room_taken.connect(self.taken.append)


@pytest.fixture
def looker(theme: Theme, words: Words, service: FakeService, qtbot: QtBot) -> Looker:
    made = Looker(theme, words, service)
    qtbot.addWidget(made.room)
    made.room.show()
    return made


def test_the_panel_is_made_when_it_is_wanted_and_asks_while_it_is_there(looker: Looker) -> None:
    assert not looker.room.findChildren(InspectorPanel)
    looker.door.toggle()
    assert looker.door.panel is not None
    assert looker.door.panel.isVisible()
    assert looker.taken[-1] == WIDTH
    looker.door.toggle()
    assert looker.door.panel.isHidden()
    assert looker.taken[-1] == 0
    assert looker.service.commands == [("open",), ("close",)]


def test_escape_leaves_it(looker: Looker, qtbot: QtBot) -> None:
    looker.door.toggle()
    assert looker.door.panel is not None
    qtbot.keyClick(looker.door.panel, Qt.Key.Key_Escape)
    assert looker.service.commands[-1] == ("close",)


def test_it_shows_what_is_told_and_that_an_answer_is_being_written(
    looker: Looker, make_prompt: MakePrompt
) -> None:
    looker.door.apply(BusyChanged(is_busy=True))
    looker.door.toggle()
    panel = looker.door.panel
    assert panel is not None
    assert "is at work" in panel.waiting.text()
    looker.door.apply(BusyChanged(is_busy=False))
    looker.door.apply(PromptSeen(make_prompt()))
    assert panel.waiting.isHidden()
    assert len(panel.messages.cards) == 6
    looker.door.refresh()
    assert looker.service.foreseen == [("refresh",)]


def test_of_two_panels_at_one_place_the_newer_stays(looker: Looker) -> None:
    looker.other.come()
    looker.door.toggle()
    assert looker.other.isHidden()
    looker.other.come()
    assert looker.door.panel is not None
    assert looker.door.panel.isHidden()


def test_it_follows_the_size_of_the_room(looker: Looker) -> None:
    looker.door.toggle()
    assert looker.door.panel is not None
    looker.room.resize(420, 700)
    assert looker.door.panel.geometry() == looker.room.rect()
    assert looker.taken[-1] == 0


def test_in_the_window_it_takes_its_room_from_the_chat(
    theme: Theme, words: Words, service: FakeService, qtbot: QtBot
) -> None:
    panel = ChatPanel(theme, words)
    qtbot.addWidget(panel)
    panel.resize(1100, 700)
    panel.show()
    panel.activateWindow()
    qtbot.waitUntil(panel.isActiveWindow)
    door = inspector_door(theme, words, panel, service)
    panel.composer.edit.setFocus()
    qtbot.keyClick(
        panel.composer.edit,
        Qt.Key.Key_I,
        Qt.KeyboardModifier.ControlModifier | Qt.KeyboardModifier.ShiftModifier,
    )
    assert door.panel is not None
    qtbot.waitUntil(lambda: panel.composer.geometry().right() < panel.width() - WIDTH)
    panel.composer.effort_changed.emit(Effort.HIGH)
    assert ("refresh",) in service.foreseen
    qtbot.keyClick(door.panel, Qt.Key.Key_Escape)
    assert panel.composer.edit.hasFocus()
    panel.close_threads()

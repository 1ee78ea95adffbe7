from __future__ import annotations

import pytest
from PySide6.QtCore import Qt
from pytestqt.qtbot import QtBot

from app.chats.changes import ChatOpened
from app.settings import Settings
from engine.analysis_filter import ThoughtPiece
from tests.ui.chat.stage import ANSWER, CHAT, Stage, answer, user
from tests.ui.conftest import FakeService
from ui.summary_door import SummaryDoor

THOUGHTS = (ThoughtPiece("We add. "),)


@pytest.fixture
def service() -> FakeService:
    return FakeService()


@pytest.fixture
def door(stage: Stage, service: FakeService) -> SummaryDoor:
    return SummaryDoor(service, stage.panel, Settings(checks_thoughts=True))


def test_each_key_is_typing_and_some_time_after_the_last_one_is_rest(
    door: SummaryDoor, stage: Stage, service: FakeService, qtbot: QtBot
) -> None:
    qtbot.keyClicks(stage.panel.composer.edit, "Hi")
    assert service.foreseen == [("user_types",), ("user_types",)]
    assert door.rest.isActive()
    door.rest.timeout.emit()  # time passes
    assert service.foreseen[-1] == ("user_rests",)


@pytest.mark.usefixtures("door")
def test_opening_a_panel_wants_its_summary_and_closing_it_does_not_any_more(
    stage: Stage, service: FakeService, qtbot: QtBot
) -> None:
    message = answer(2, "The text.", thoughts=THOUGHTS)
    stage.panel.apply(ChatOpened(CHAT, (user(1, "q"), message)))
    line = stage.answer(2).thoughts.line
    qtbot.mouseClick(line, Qt.MouseButton.LeftButton)
    qtbot.waitUntil(lambda: service.commands == [("want", ANSWER)])
    assert stage.answer(2).thoughts.pieces == (), "the check is on from the start"
    qtbot.mouseClick(line, Qt.MouseButton.LeftButton)
    qtbot.waitUntil(lambda: service.commands == [("want", ANSWER), ("release", ANSWER)])

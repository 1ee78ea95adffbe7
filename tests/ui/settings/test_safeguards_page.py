from __future__ import annotations

import pytest
from PySide6.QtCore import Qt
from pytestqt.qtbot import QtBot

from app.chats.changes import ModelState, StatusChanged
from app.safeguard.policy_text import MAX_CHARACTERS, shipped_policy
from engine.events import Usage
from tests.ui.settings.conftest import Room
from ui.settings.page_name import PageName
from ui.settings.safeguards_page import SafeguardsPage
from ui.settings.screen import SettingsScreen

TURN = Usage(read_tokens=1_000, read_seconds=2.0, reply_tokens=100, reply_seconds=5.0)


@pytest.fixture
def page(screen: SettingsScreen) -> SafeguardsPage:
    screen.open_named(PageName.SAFEGUARDS)
    shown = screen.stack.currentWidget()
    assert isinstance(shown, SafeguardsPage)
    return shown


def test_nothing_is_checked_until_it_is_switched_on(
    page: SafeguardsPage, room: Room, qtbot: QtBot
) -> None:
    assert not room.current.value.checks_questions
    assert not room.current.value.checks_answers
    qtbot.mouseClick(page.questions.switch, Qt.MouseButton.LeftButton)
    assert room.file.load().checks_questions
    assert not room.file.load().checks_answers


def test_the_shipped_policy_stands_there_with_its_examples(page: SafeguardsPage) -> None:
    assert page.box.toPlainText() == shipped_policy("en")
    assert "- For example:" in page.box.toPlainText()
    assert not page.reset.isEnabled()


def test_a_policy_that_is_written_counts_after_a_pause_and_can_be_taken_back(
    page: SafeguardsPage, room: Room, qtbot: QtBot
) -> None:
    page.box.selectAll()
    qtbot.keyClicks(page.box, "## Spam")
    qtbot.waitUntil(lambda: room.file.load().policy == "## Spam")
    page.reset.click()
    assert room.file.load().policy == ""
    assert page.box.toPlainText() == shipped_policy("en")


@pytest.mark.parametrize("text", ["", "a" * (MAX_CHARACTERS + 1)])
def test_what_cannot_be_a_policy_is_said_and_not_kept(
    page: SafeguardsPage, room: Room, text: str
) -> None:
    page.box.setPlainText("## Spam")
    page.take()
    page.box.setPlainText(text)
    page.take()
    assert page.said.text().startswith("The policy is")
    assert room.file.load().policy == "## Spam"


def test_that_the_practice_model_cannot_judge_is_said(
    page: SafeguardsPage, screen: SettingsScreen
) -> None:
    assert not page.checked.remark.isVisible()
    screen.show_change(StatusChanged(state=ModelState.READY, is_practice=True))
    assert page.checked.remark.isVisible()
    assert page.checked.remark.text() == "The practice model judges at random."


def test_what_a_check_costs_is_told_once_it_is_known(
    page: SafeguardsPage, screen: SettingsScreen, room: Room
) -> None:
    assert page.cost.hint.text().startswith("How long a check takes is told once")
    screen.show_change(StatusChanged(state=ModelState.READY, usage=TURN))
    assert page.cost.hint.text().startswith("At most about 7 s for each message")
    screen.show_change(StatusChanged(state=ModelState.READY, usage=Usage(read_tokens=3)))
    assert page.cost.hint.text().startswith("At most about 7 s for each message")
    room.check_seconds = 2.2
    screen.open_named(PageName.SAFEGUARDS)
    assert page.cost.hint.text().startswith("2 s for each message and each answer, by the last")

from __future__ import annotations

import pytest
from PySide6.QtCore import Qt
from pytestqt.qtbot import QtBot

from app.chats.changes import ModelState, StatusChanged
from app.safeguard.policy_text import MAX_CHARACTERS, shipped_policy
from engine.events import SideEnded, SideOutcome, Usage
from engine.harmony.messages import DeveloperMessage, UserMessage
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


@pytest.mark.parametrize(
    ("outcome", "verdict", "said"),
    [
        (
            SideOutcome.DONE,
            '{"violation": 0, "category": "none"}',
            "Fine: it would be let through.",
        ),
        (
            SideOutcome.DONE,
            '{"violation": 1, "category": "Spam"}',
            "It would be withheld: “Spam”.",
        ),
        (SideOutcome.FAILED, "", "It could not be checked, so it would be withheld."),
    ],
)
def test_a_policy_can_be_tried_before_anything_is_sent(
    page: SafeguardsPage,
    room: Room,
    qtbot: QtBot,
    outcome: SideOutcome,
    verdict: str,
    said: str,
) -> None:
    page.box.setPlainText("## Spam\nAdvertising.")
    assert not page.trial.button.isEnabled()
    qtbot.keyClicks(page.trial.field, "Buy now")
    qtbot.keyClick(page.trial.field, Qt.Key.Key_Return)
    assert page.trial.said.text() == "Checking…"
    (asked,) = room.sides
    developer, user = asked.conversation[1:]
    assert isinstance(developer, DeveloperMessage)
    assert "Advertising." in developer.instructions
    assert user == UserMessage("Buy now")
    room.trials.handle(SideEnded(asked.job_id, outcome, verdict))
    assert page.trial.said.text().startswith(said)


def test_a_new_trial_ends_the_one_before(page: SafeguardsPage, room: Room) -> None:
    for text in ("one", "two"):
        page.trial.field.setText(text)
        page.trial.button.click()
    first, _ = room.sides
    assert room.asked == [f"cancel side {first.job_id}"]
    room.trials.handle(SideEnded(first.job_id, SideOutcome.CANCELLED))
    assert page.trial.said.text() == "Checking…"


def test_a_policy_that_cannot_be_read_is_not_tried(page: SafeguardsPage, room: Room) -> None:
    page.box.setPlainText(" ")
    page.trial.field.setText("one")
    page.trial.button.click()
    assert room.sides == []
    assert page.trial.said.text().startswith("It could not be checked")

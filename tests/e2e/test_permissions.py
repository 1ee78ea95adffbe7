"""Nothing runs unasked: the real window, engine, notebook and history, answered by keys."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from PySide6.QtCore import QElapsedTimer, Qt
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from app.chats.changes import PermissionAsked, RuleMade
from app.permissions.record import Entry, Event
from app.permissions.values import By, Decision, Scope
from app.tools.records import CallRecord, CallStatus
from tests.e2e.conftest import Driver
from ui.chat.permission_card import WAIT_MS, PermissionCard
from ui.chat.tools.card import ToolCard

SUM = "What is 37 * 12?"
OpenWindow = Callable[..., Driver]


@pytest.fixture
def driver(open_window: OpenWindow) -> Driver:
    return begin(open_window())


def begin(driver: Driver) -> Driver:
    """A model, and Python switched on in the new chat."""
    driver.wait_until_ready()
    driver.wait(lambda: "python" in driver.session.service.tools.available)
    driver.session.service.tools.switch("python", is_on=True)
    return driver


def asked(driver: Driver) -> PermissionCard:
    """The card, as soon as it is there and takes answers."""
    driver.wait(lambda: bool(driver.shown(PermissionCard)))
    (card,) = driver.shown(PermissionCard)
    since = QElapsedTimer()
    since.start()
    driver.wait(lambda: since.hasExpired(WAIT_MS))
    return card


def ended(driver: Driver) -> tuple[CallRecord, ...]:
    driver.wait(lambda: bool(driver.ended) and not driver.is_busy)
    return driver.ended[-1].calls


def press(driver: Driver, key: Qt.Key) -> None:
    """Press a key where the focus is, as a person does."""
    focused = QApplication.focusWidget()
    assert focused is not None
    driver.qtbot.keyClick(focused, key)


def record(driver: Driver) -> tuple[Entry, ...]:
    driver.settle()
    background = driver.session.service._background
    return background.in_storage(lambda store: store.permissions.entries_after(0, 100)).result()


def test_a_call_waits_for_a_key_and_typing_is_none(driver: Driver, qtbot: QtBot) -> None:
    driver.type(SUM)
    card = asked(driver)
    composer = driver.session.window.panel.composer.edit
    assert composer.hasFocus()
    qtbot.keyClicks(composer, "1 2 3 d")
    driver.settle()
    assert driver.shown(PermissionCard) == [card]
    assert [entry.event for entry in record(driver)] == [Event.ASKED]
    press(driver, Qt.Key.Key_F6)
    assert card.hasFocus()
    press(driver, Qt.Key.Key_Return)
    assert driver.shown(PermissionCard) == [card]
    press(driver, Qt.Key.Key_1)
    (call,) = ended(driver)
    assert (call.status, call.result.strip()) == (CallStatus.DONE, "444")
    assert "444" in driver.ended[-1].text
    assert composer.toPlainText() == "1 2 3 d"
    assert driver.shown(PermissionCard) == []
    assert len(driver.shown(ToolCard)) == 1
    events = [entry.event for entry in record(driver)]
    assert events == [Event.ASKED, Event.ALLOWED, Event.ENDED]


def test_a_reason_for_a_no_is_told_to_the_model(driver: Driver, qtbot: QtBot) -> None:
    driver.type(SUM)
    asked(driver)
    press(driver, Qt.Key.Key_F6)
    press(driver, Qt.Key.Key_R)
    focused = QApplication.focusWidget()
    assert focused is not None
    qtbot.keyClicks(focused, "Do it in your head.")
    press(driver, Qt.Key.Key_Return)
    (call,) = ended(driver)
    assert call.status is CallStatus.DENIED
    assert "Do it in your head." in call.result
    assert driver.ended[-1].text
    assert record(driver)[-1].reason == "Do it in your head."


def test_what_runs_is_what_was_edited(driver: Driver, qtbot: QtBot) -> None:
    driver.type(SUM)
    card = asked(driver)
    before = card.request.view.body
    press(driver, Qt.Key.Key_F6)
    press(driver, Qt.Key.Key_E)
    card.box.editor.selectAll()
    qtbot.keyClicks(card.box.editor, "print(6 * 7)")
    press(driver, Qt.Key.Key_Escape)
    press(driver, Qt.Key.Key_1)
    (call,) = ended(driver)
    assert (call.view.body, call.original) == ("print(6 * 7)", before)
    assert "42" in call.result
    assert [entry.body for entry in record(driver)] == [before, "print(6 * 7)", ""]


def test_a_rule_is_remembered_over_a_restart_until_it_is_revoked(open_window: OpenWindow) -> None:
    driver = begin(open_window())
    driver.type(SUM)
    asked(driver)
    press(driver, Qt.Key.Key_F6)
    press(driver, Qt.Key.Key_3)
    assert driver.shown(PermissionCard)
    press(driver, Qt.Key.Key_3)
    (call,) = ended(driver)
    assert call.answered is not None
    assert call.answered.scope is Scope.ALWAYS
    assert "Any Python code" in driver.session.window.banner.title.text()
    (made,) = (change for change in driver.changes if isinstance(change, RuleMade))
    driver.session.close()

    driver = begin(open_window())
    driver.type(SUM)
    (call,) = ended(driver)
    assert call.answered is not None
    assert (call.answered.by, call.answered.rule_id) == (By.RULE, made.rule.id)
    assert not any(isinstance(change, PermissionAsked) for change in driver.changes)
    driver.session.service.permissions.revoke_rule(made.rule.id)
    driver.session.service.new_chat()
    begin(driver)
    driver.type(SUM)
    asked(driver)
    driver.session.service.stop()
    driver.wait(lambda: not driver.is_busy)


def test_stop_takes_the_question_back(driver: Driver) -> None:
    driver.type(SUM)
    card = asked(driver)
    driver.session.service.stop()
    (call,) = ended(driver)
    assert call.status is CallStatus.STOPPED
    assert driver.shown(PermissionCard) == []
    driver.session.service.permissions.decide(card.request.id, Decision(True))
    driver.settle()
    assert [entry.event for entry in record(driver)] == [Event.ASKED, Event.WITHDRAWN]

"""Questions of two chats in the real window: neither delays the other, and both are settled."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from PySide6.QtCore import QElapsedTimer, Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication

from app.chats.changes import ChatMark
from app.chats.ids import ChatId
from app.chats.values import Message, MessageStatus
from app.paths import Paths
from app.settings import SettingsFile
from app.tools.records import CallStatus
from tests.e2e.conftest import Driver, OpenWindow
from ui.chat.permission_card import WAIT_MS, PermissionCard
from ui.sidebar.chat_list import mark_at

SUM, PRODUCT = "What is 37 * 12?", "What is 5 * 8?"


class User:
    """Has two chats at once, with Python switched on in each."""

    def __init__(self, driver: Driver) -> None:
        self.driver = driver
        driver.wait_until_ready()
        driver.wait(lambda: "python" in driver.session.service.tools.available)

    @property
    def chat_id(self) -> ChatId:
        found = self.driver.session.window.chat_id
        assert found is not None
        return found

    def press(self, key: Qt.Key, modifier: Qt.KeyboardModifier) -> None:
        QTest.keyClick(self.driver.window, key, modifier)

    def ask(self, text: str) -> PermissionCard:
        """In a new chat; returns the question as soon as it takes answers."""
        self.press(Qt.Key.Key_N, Qt.KeyboardModifier.ControlModifier)
        self.driver.wait(lambda: not self.driver.is_busy)
        self.driver.type(text)
        return self.question()

    def question(self) -> PermissionCard:
        self.driver.wait(lambda: bool(self.driver.shown(PermissionCard)))
        (card,) = self.driver.shown(PermissionCard)
        self.linger()
        return card

    def linger(self) -> None:
        """So long that buttons take an answer."""
        since = QElapsedTimer()
        since.start()
        self.driver.wait(lambda: since.hasExpired(WAIT_MS))

    def mark(self, chat_id: ChatId) -> ChatMark | None:
        """As the list of chats shows it."""
        return mark_at(self.driver.session.window.sidebar.model.index_of(chat_id))

    def stored(self, chat_id: ChatId) -> Message:
        """The last message of a chat, in the history."""
        background = self.driver.session.service._background
        return background.in_storage(lambda store: store.branch(chat_id)[-1]).result()


OpenUser = Callable[[], User]


@pytest.fixture
def open_user(open_window: OpenWindow, environ: dict[str, str]) -> OpenUser:
    SettingsFile(Paths.from_environment(environ).settings).update(tools_python=True)
    return lambda: User(open_window())


def test_while_a_question_waits_another_chat_is_answered_and_a_notice_leads_back(
    open_user: OpenUser,
) -> None:
    user = open_user()
    driver, window = user.driver, user.driver.session.window
    user.ask(SUM)
    asking = user.chat_id
    user.press(Qt.Key.Key_N, Qt.KeyboardModifier.ControlModifier)
    driver.wait(lambda: not driver.is_busy)
    answer = driver.say("Hello!")
    assert answer.text.startswith("Hello!")
    assert answer.chat_id != asking
    assert user.mark(asking) is ChatMark.ASKING
    assert window.banner.title.text() == f"“{SUM}” waits for your answer."
    driver.qtbot.mouseClick(window.banner.action, Qt.MouseButton.LeftButton)
    card = user.question()
    assert user.chat_id == asking
    assert not window.banner.isVisible()
    assert card.hasFocus()
    driver.qtbot.keyClick(card, Qt.Key.Key_1)
    driver.wait(lambda: len(driver.ended) == 2 and not driver.is_busy)
    assert driver.ended[-1].chat_id == asking
    assert "444" in driver.ended[-1].text
    assert user.mark(asking) is None


def test_calls_of_two_chats_are_decided_together_once_both_are_in_view(
    open_user: OpenUser,
) -> None:
    user = open_user()
    driver = user.driver
    user.ask(SUM)
    first = user.chat_id
    card = user.ask(PRODUCT)
    second = user.chat_id
    (row,) = card.together.rows
    assert row.head.text() == SUM
    assert card.together.allow.isHidden()
    driver.qtbot.mouseClick(row.head, Qt.MouseButton.LeftButton)
    assert row.box is not None
    assert "37" in row.box.text.toPlainText()
    user.linger()
    driver.qtbot.mouseClick(card.together.allow, Qt.MouseButton.LeftButton)
    driver.wait(lambda: user.mark(first) is ChatMark.UNREAD and user.mark(second) is None)
    driver.settle()
    for chat_id, result in ((first, "444"), (second, "40")):
        answer = user.stored(chat_id)
        assert answer.status is MessageStatus.COMPLETE
        assert result in answer.text
        assert [call.status for call in answer.calls] == [CallStatus.DONE]
    assert driver.session.service.permissions.waiting == ()
    assert [one.chat_id for one in driver.ended] == [second]


def test_a_window_that_closes_while_one_chat_waits_keeps_it_and_runs_nothing(
    open_user: OpenUser,
) -> None:
    user = open_user()
    user.ask(SUM)
    asking = user.chat_id
    user.press(Qt.Key.Key_N, Qt.KeyboardModifier.ControlModifier)
    user.driver.wait(lambda: not user.driver.is_busy)
    user.driver.say("Hello!")
    user.driver.session.close()

    user = open_user()
    assert user.mark(asking) is None
    user.driver.session.service.open_chat(asking)
    user.driver.settle()
    answer = user.stored(asking)
    assert answer.status is MessageStatus.STOPPED
    assert [(call.status, call.started_ms) for call in answer.calls] == [(CallStatus.STOPPED, 0)]
    assert not user.driver.shown(PermissionCard)
    assert QApplication.activeModalWidget() is None
    assert user.driver.say("Hello!").text.startswith("Hello!")

"""Tools in the real window: the practice model calls them, a person decides, boxes run them."""

from __future__ import annotations

import sys
from collections.abc import Callable
from pathlib import Path

import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QApplication

from app.chats.changes import ToolsSwitched
from app.chats.values import Message, MessageStatus
from app.tools.mcp.servers import ServerEntry
from app.tools.records import CallRecord, CallStatus
from tests.e2e.conftest import Driver, OpenWindow
from ui.chat.permission_card import PermissionCard
from ui.chat.tools.card import ToolCard
from ui.chat.tools.pictures import Picture
from ui.controls.switch import Switch

WEATHER_SERVER = Path(__file__).parents[1] / "app" / "cli" / "weather_server.py"
WEATHER = '''
def get_current_weather(location: str) -> str:
    """Gets the current weather in the provided location.

    Args:
        location: The city
    """
    return '{"temperature": %d}' % (len(location) + 20)
'''


class User:
    """Does with tools what a person would."""

    def __init__(self, driver: Driver) -> None:
        self.driver = driver
        self.qtbot = driver.qtbot

    def switch_on(self, title: str) -> None:
        """By the button below the message."""
        chip = self.driver.session.window.panel.composer.tools
        chip.button.click()
        assert chip.popup is not None
        (row,) = [row for row in chip.popup.rows if row.tool.title == title]
        self.qtbot.keyClick(row.switch, Qt.Key.Key_Space)
        self.qtbot.keyClick(chip.popup, Qt.Key.Key_Escape)
        self.driver.window.activateWindow()
        self.qtbot.waitUntil(self.driver.window.isActiveWindow)
        told = [one for one in self.driver.changes if isinstance(one, ToolsSwitched)]
        assert row.tool.name in told[-1].switched_on

    def ask(self, text: str) -> PermissionCard:
        """Send a message and wait for the question."""
        self.driver.type(text)
        return self.question()

    def question(self) -> PermissionCard:
        def is_asked() -> bool:
            return bool(self.driver.shown(PermissionCard))

        self.driver.wait(is_asked)
        (card,) = self.driver.shown(PermissionCard)
        return card

    def press(self, card: PermissionCard, key: Qt.Key) -> None:
        """Go to the question by F6, then a key; it counts once the card has been there a while."""

        def is_settled() -> bool:
            if card.isVisible() and not card._is_decided:
                edit = self.driver.session.window.panel.composer.edit
                self.qtbot.keyClick(edit, Qt.Key.Key_F6)
                self.qtbot.keyClick(card, key)
            return card._is_decided

        self.driver.wait(is_settled)

    def wait_for_end(self) -> Message:
        self.driver.wait(lambda: bool(self.driver.ended) and not self.driver.is_busy)
        return self.driver.ended[-1]

    def cards(self) -> list[ToolCard]:
        return self.driver.shown(ToolCard)


@pytest.fixture
def open_user(open_window: OpenWindow) -> Callable[[], User]:
    def open_one() -> User:
        driver = open_window()
        driver.wait_until_ready()
        return User(driver)

    return open_one


@pytest.fixture
def user(open_user: Callable[[], User]) -> User:
    return open_user()


@pytest.fixture
def weather(environ: dict[str, str]) -> None:
    """The user has a function of their own."""
    folder = Path(environ["SOTTO_DATA_DIR"], "functions")
    folder.mkdir(parents=True)
    (folder / "weather.py").write_text(WEATHER, encoding="utf-8")


def only_call(message: Message) -> CallRecord:
    (call,) = message.calls
    return call


def test_nothing_is_on_and_nothing_is_asked_until_a_tool_is_switched_on(user: User) -> None:
    message = user.driver.say("What is 37 * 12?")
    assert message.calls == ()
    assert user.cards() == []


def test_a_calculation_is_shown_whole_waits_for_a_yes_and_runs_in_the_box(user: User) -> None:
    user.switch_on("Python")
    card = user.ask("What is 37 * 12?")
    assert "37 * 12" in card.request.view.body.replace("*", " * ").replace("  ", " ")
    window = user.driver.session.window
    assert window.focusWidget() is window.panel.composer.edit
    user.press(card, Qt.Key.Key_1)
    message = user.wait_for_end()

    call = only_call(message)
    assert call.status is CallStatus.DONE
    assert "444" in call.result
    assert "444" in message.text
    (shown,) = user.cards()
    assert shown.head.text() == "Ran Python"
    shown.head.click()
    assert shown.details is not None
    assert shown.details.body.text.code == call.view.body
    assert "444" in shown.details.result.text


def test_a_plot_is_seen_and_is_there_again_after_a_restart(
    user: User, open_user: Callable[[], User]
) -> None:
    user.switch_on("Python")
    user.press(user.ask("Plot a sine wave"), Qt.Key.Key_1)
    call = only_call(user.wait_for_end())
    assert [ref.media_type for ref in call.attachments] == ["image/png"]
    (picture,) = user.driver.shown(Picture)
    user.driver.wait(lambda: not picture.thumbnail.image.isNull())
    chat_id = user.driver.session.window.chat_id
    assert chat_id is not None
    user.driver.session.close()

    again = open_user()
    again.driver.session.service.open_chat(chat_id)
    again.driver.wait(lambda: bool(again.driver.shown(Picture)))
    (picture,) = again.driver.shown(Picture)
    again.driver.wait(lambda: not picture.thumbnail.image.isNull())
    chip = again.driver.session.window.panel.composer.tools
    assert [icon.icon_name for icon in chip.icons] == ["terminal"]


def test_a_denied_call_does_not_run_and_the_reason_reaches_the_model(user: User) -> None:
    user.switch_on("Python")
    card = user.ask("What is 37 * 12?")
    user.driver.wait(lambda: _open_reason(user, card))
    user.qtbot.keyClicks(card.choices.reason, "use your head")
    user.driver.wait(lambda: _send_reason(card))
    message = user.wait_for_end()

    call = only_call(message)
    assert call.status is CallStatus.DENIED
    assert "use your head" in call.result
    assert call.started_ms == 0
    (shown,) = user.cards()
    assert shown.head.detail == "you said no"


def _open_reason(user: User, card: PermissionCard) -> bool:
    if not card.choices.reason.isVisible():
        user.qtbot.keyClick(card, Qt.Key.Key_R)
    return card.choices.reason.isVisible()


def _send_reason(card: PermissionCard) -> bool:
    if not card._is_decided:
        card.choices.send_reason.click()
    return card._is_decided


def test_what_runs_is_what_the_user_made_of_it(user: User) -> None:
    user.switch_on("Python")
    card = user.ask("What is 37 * 12?")
    user.qtbot.keyClick(card, Qt.Key.Key_E)
    assert card.box.editor.isVisible()
    card.box.editor.setPlainText("print(40 + 4)")
    card.focus_card()
    user.press(card, Qt.Key.Key_1)
    call = only_call(user.wait_for_end())

    assert call.view.body == "print(40 + 4)"
    assert call.result.splitlines()[-1] == "44"
    assert "37" in call.original
    (shown,) = user.cards()
    shown.head.click()
    assert shown.details is not None
    assert shown.details.original.text.code == call.original


def test_stop_ends_a_call_in_the_middle_and_the_window_stays_usable(user: User) -> None:
    user.switch_on("Python")
    card = user.ask("What is 37 * 12?")
    user.qtbot.keyClick(card, Qt.Key.Key_E)
    card.box.editor.setPlainText("print('begun', flush=True)\nimport time\ntime.sleep(100)")
    card.focus_card()
    user.press(card, Qt.Key.Key_1)

    def has_begun() -> bool:
        shown = [one.call for one in user.cards()]
        return any(one.progress and "begun" in one.progress.text for one in shown)

    user.driver.wait(has_begun)
    edit = user.driver.session.window.panel.composer.edit
    edit.setFocus()
    user.qtbot.keyClick(edit, Qt.Key.Key_Escape)
    message = user.wait_for_end()
    assert message.status is MessageStatus.STOPPED
    assert only_call(message).status is CallStatus.STOPPED
    user.driver.session.service.new_chat()
    assert user.driver.say("Hello").text == "Hello! How can I help you?"


@pytest.mark.usefixtures("weather")
def test_a_rule_lets_a_function_run_and_is_remembered_after_a_restart(
    user: User, open_user: Callable[[], User]
) -> None:
    user.switch_on("Your functions")
    card = user.ask("What is the weather in Tokyo?")
    user.press(card, Qt.Key.Key_3)
    message = user.wait_for_end()
    assert only_call(message).result == '{"temperature": 25}'
    assert "25" in message.text
    user.driver.session.close()

    again = open_user()
    again.switch_on("Your functions")
    message = again.driver.say("What is the weather in Tokyo?")
    call = only_call(message)
    assert call.status is CallStatus.DONE
    assert call.answered is not None
    assert call.answered.by.value == "rule"
    assert again.driver.shown(PermissionCard) == []


def test_a_tool_of_a_server_is_switched_on_asked_about_and_named(user: User) -> None:
    session = user.driver.session
    session.tools.servers.put(ServerEntry("sky", sys.executable, (str(WEATHER_SERVER),)))
    user.driver.wait(lambda: "mcp/sky" in session.service.tools.available)
    user.switch_on("sky")
    assert session.window.top_bar.scope.text() == "Other programs are on: sky"
    card = user.ask("What is the weather in Tokyo?")
    assert "sky" in card.title.text()
    user.press(card, Qt.Key.Key_1)
    message = user.wait_for_end()
    assert '{"temperature": 25}' in only_call(message).result
    (shown,) = user.cards()
    assert shown.head.text() == "sky: get_current_weather"
    assert shown.origins.text.startswith("Content from server sky")


def test_a_switch_holds_for_its_own_chat_alone(user: User) -> None:
    user.switch_on("Web")
    scope = user.driver.session.window.top_bar.scope
    assert scope.text() == "The web is on for this chat"
    user.driver.session.service.new_chat()
    QApplication.processEvents()
    assert scope.text() == "On this computer only"
    assert user.driver.shown(Switch) == []

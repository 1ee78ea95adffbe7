from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any, Protocol

import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QMenu
from pytestqt.qtbot import QtBot

from app.chats.ids import ChatId
from app.settings import SettingsFile
from app.words import Words
from ui.actions import ActionId
from ui.controls.button import TextButton
from ui.controls.dialog import PlainDialog
from ui.theme.theme import Theme
from ui.window import MainWindow


class Service(Protocol):
    """What these tests use of the fake service in conftest."""

    commands: list[tuple[object, ...]]

    def add(self, *titles: str, days_ago: int = 0) -> list[Any]: ...
    def open_chat(self, chat_id: ChatId) -> None: ...
    def rename_chat(self, chat_id: ChatId, title: str) -> None: ...


@pytest.fixture
def window(
    qtbot: QtBot, service: Any, theme: Theme, words: Words, tmp_path: Path
) -> Iterator[MainWindow]:
    settings = SettingsFile(tmp_path / "settings.json")
    made = MainWindow(service, theme, words, settings, clock_ms=lambda: service.now_ms)
    qtbot.addWidget(made)
    made.resize(1000, 700)
    made.show()
    made.activateWindow()
    qtbot.waitUntil(made.isActiveWindow)
    yield made
    made.private.is_settled = True


def begin(window: MainWindow, qtbot: QtBot) -> ChatId:
    keys = Qt.KeyboardModifier.ControlModifier | Qt.KeyboardModifier.ShiftModifier
    qtbot.keyClick(window, Qt.Key.Key_N, keys)
    assert window.chat_id is not None
    return window.chat_id


def question(window: MainWindow) -> PlainDialog:
    (found,) = window.findChildren(PlainDialog, "forget")
    return found


def press(dialog: PlainDialog, text: str, qtbot: QtBot) -> None:
    (button,) = [one for one in dialog.findChildren(TextButton) if one.text() == text]
    qtbot.mouseClick(button, Qt.MouseButton.LeftButton)


def test_a_private_chat_is_begun_by_keys_and_marked(
    window: MainWindow, service: Service, qtbot: QtBot
) -> None:
    (other,) = service.add("Other")
    sign = window.top_bar.private_sign
    assert not sign.isVisible()
    begin(window, qtbot)
    assert service.commands[-1] == ("new_private_chat", "Private chat")
    assert sign.isVisible()
    assert "written to the disk" in sign.toolTip()
    assert sign.accessibleName() == "Private"
    assert window.panel.composer.edit.placeholderText() == "Message Sotto, privately"
    assert window.panel.composer.edit.hasFocus()
    service.open_chat(other.id)
    assert not sign.isVisible()
    assert window.panel.composer.edit.placeholderText() == "Message Sotto"


def test_one_in_which_something_was_said_can_be_kept(
    window: MainWindow, service: Service, qtbot: QtBot
) -> None:
    chat_id = begin(window, qtbot)
    (bound,) = [one for one in window.actions_here.all if one.spec.id is ActionId.KEEP_CHAT]
    assert bound.why_not() == "This chat is new and still empty."
    service.rename_chat(chat_id, "hush")
    assert bound.why_not() == ""
    sign = window.top_bar.private_sign
    sign.setFocus(Qt.FocusReason.TabFocusReason)
    qtbot.keyClick(sign, Qt.Key.Key_Space)
    (menu,) = sign.findChildren(QMenu)
    qtbot.keyClick(menu, Qt.Key.Key_Return)
    assert service.commands[-1] == ("keep", chat_id)
    service.open_chat(service.add("Other")[0].id)
    assert bound.why_not() == "This chat is not private."


def test_closing_asks_once_before_they_are_forgotten(
    window: MainWindow, service: Service, qtbot: QtBot
) -> None:
    service.rename_chat(begin(window, qtbot), "hush")
    window.close()
    assert window.isVisible()
    window.close()
    with qtbot.waitSignal(window.private.stayed):
        press(question(window), "Go back", qtbot)
    assert window.isVisible()
    qtbot.waitUntil(lambda: not window.findChildren(PlainDialog, "forget"))
    window.close()
    press(question(window), "Close and forget", qtbot)
    qtbot.waitUntil(lambda: not window.isVisible())


def test_an_empty_one_is_forgotten_without_a_word(window: MainWindow, qtbot: QtBot) -> None:
    begin(window, qtbot)
    window.close()
    assert not window.isVisible()


def test_private_chats_stand_together_in_the_list(
    window: MainWindow, service: Service, qtbot: QtBot
) -> None:
    service.add("Other")
    service.rename_chat(begin(window, qtbot), "hush")
    model = window.sidebar.chats.model()
    texts = [model.index(row, 0).data() for row in range(model.rowCount())]
    assert texts == ["Private", "hush", "Today", "Other"]

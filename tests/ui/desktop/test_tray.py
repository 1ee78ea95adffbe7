from __future__ import annotations

import pytest
from PySide6.QtGui import QPixmap
from PySide6.QtWidgets import QMainWindow
from pytestqt.qtbot import QtBot

from app.chats.changes import ChatMark, ChatMarksChanged
from app.chats.ids import ChatId
from app.words import Words
from ui.actions import ActionId, Actions
from ui.desktop.tray import RestsInTray, Tray, tray_pixmap
from ui.theme.theme import Theme


@pytest.fixture
def window(qtbot: QtBot) -> QMainWindow:
    made = QMainWindow()
    qtbot.addWidget(made)
    made.show()
    return made


class Held:
    """A tray over a window, and what was wished in its menu."""

    def __init__(self, theme: Theme, words: Words, window: QMainWindow) -> None:
        self.done: list[str] = []
        actions = Actions(words, window)
        actions.add(ActionId.NEW_CHAT, lambda: self.done.append("new"))
        actions.add(ActionId.QUICK_ASK, lambda: self.done.append("quick"))
        actions.add(ActionId.QUIT, lambda: self.done.append("never"))
        self.tray = Tray(theme, words, actions, window)
        self.tray.opened.connect(lambda: self.done.append("open"))
        self.tray.quit_wanted.connect(lambda: self.done.append("quit"))

    def choose(self, text: str) -> None:
        self.tray.menu.aboutToShow.emit()
        next(one for one in self.tray.menu.actions() if one.text() == text).trigger()


@pytest.fixture
def held(theme: Theme, words: Words, window: QMainWindow) -> Held:
    return Held(theme, words, window)


def test_the_menu_opens_begins_asks_and_ends(held: Held) -> None:
    for text in ("Open Sotto", "New chat", "Quick ask", "Quit"):
        held.choose(text)
    assert held.done == ["open", "open", "new", "quick", "quit"]


def image_of(tray: Tray) -> QPixmap:
    return tray.icon.icon().pixmap(64, 64)


def test_what_is_new_is_marked_on_the_icon(held: Held) -> None:
    before = image_of(held.tray).toImage()
    for mark in (ChatMark.UNREAD, ChatMark.ASKING):
        held.tray.apply(ChatMarksChanged({ChatId(1): mark}))
        assert image_of(held.tray).toImage() != before
        assert held.tray.icon.toolTip() == "Sotto: something new"
        held.tray.apply(ChatMarksChanged({ChatId(1): ChatMark.ANSWERING}))
        assert image_of(held.tray).toImage() == before


def test_the_icon_follows_the_look(theme: Theme) -> None:
    light = tray_pixmap(theme, is_new=False).toImage()
    theme.set_mode("dark")
    assert tray_pixmap(theme, is_new=False).toImage() != light
    theme.set_mode("light")


def test_quit_closes_a_window_that_rests(window: QMainWindow) -> None:
    hidden: list[bool] = []
    RestsInTray(window, lambda: True, lambda: hidden.append(True))
    assert window.close()
    assert hidden == []

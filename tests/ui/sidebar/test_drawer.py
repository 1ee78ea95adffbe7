from __future__ import annotations

import pytest
from PySide6.QtCore import QPoint, Qt
from PySide6.QtWidgets import QTextEdit, QWidget
from pytestqt.qtbot import QtBot

from app.chats.ids import ChatId
from app.words import Words
from ui.sidebar.drawer import Drawer
from ui.sidebar.sidebar import Sidebar
from ui.theme.theme import Theme


class Rooms:
    """A drawer with its two rooms, shown as a window of its own."""

    def __init__(self, theme: Theme, words: Words) -> None:
        self.sidebar = Sidebar(theme, words, lambda: 0)
        self.content = QTextEdit()
        self.drawer = Drawer(self.sidebar, self.content, theme)


@pytest.fixture
def rooms(theme: Theme, words: Words, qtbot: QtBot) -> Rooms:
    made = Rooms(theme, words)
    qtbot.addWidget(made.drawer)
    made.drawer.resize(1000, 600)
    made.drawer.show()
    made.drawer.activateWindow()
    qtbot.waitUntil(made.drawer.isActiveWindow)
    return made


def test_from_760_px_on_the_sidebar_stands_beside_the_content(rooms: Rooms) -> None:
    assert rooms.sidebar.isVisible()
    assert rooms.content.geometry().left() == rooms.sidebar.width() == 264
    assert rooms.content.geometry().right() == 999


def test_below_760_px_the_sidebar_is_hidden_and_comes_over_the_content(
    rooms: Rooms, qtbot: QtBot
) -> None:
    rooms.drawer.resize(759, 600)
    assert not rooms.sidebar.isVisible()
    assert rooms.content.width() == 759
    with qtbot.waitSignal(rooms.drawer.sidebar_moved):
        rooms.drawer.toggle()
    assert rooms.sidebar.isVisible()
    assert rooms.content.width() == 759
    assert rooms.sidebar.new_chat.hasFocus()


def test_text_twice_as_large_needs_twice_the_room(rooms: Rooms, theme: Theme) -> None:
    theme.set_text_scale(2.0)
    assert rooms.drawer.is_narrow
    rooms.drawer.resize(420, 600)
    rooms.drawer.toggle()
    assert rooms.sidebar.width() <= 420 - 48


@pytest.mark.parametrize("way", ["escape", "beside", "chat", "new", "button"])
def test_the_drawer_goes_away(rooms: Rooms, qtbot: QtBot, way: str) -> None:
    rooms.drawer.resize(500, 600)
    rooms.drawer.toggle()
    if way == "escape":
        qtbot.keyClick(rooms.sidebar.new_chat, Qt.Key.Key_Escape)
    elif way == "beside":
        beside = rooms.drawer.childAt(QPoint(450, 300))
        assert isinstance(beside, QWidget)
        qtbot.mouseClick(beside, Qt.MouseButton.LeftButton)
    elif way == "chat":
        rooms.sidebar.chat_chosen.emit(ChatId(1))
    elif way == "new":
        qtbot.mouseClick(rooms.sidebar.new_chat, Qt.MouseButton.LeftButton)
    else:
        qtbot.mouseClick(rooms.sidebar.hide_button, Qt.MouseButton.LeftButton)
    assert not rooms.sidebar.isVisible()


def test_choosing_a_chat_leaves_a_sidebar_that_stands_beside(rooms: Rooms) -> None:
    rooms.sidebar.chat_chosen.emit(ChatId(1))
    assert rooms.sidebar.isVisible()


def test_what_the_user_wants_survives_a_narrow_moment(rooms: Rooms) -> None:
    rooms.drawer.toggle()
    assert not rooms.drawer.is_wanted
    rooms.drawer.resize(500, 600)
    rooms.drawer.toggle()
    rooms.drawer.resize(1000, 600)
    assert not rooms.sidebar.isVisible()
    rooms.drawer.toggle()
    assert rooms.sidebar.isVisible()


def test_tab_stays_inside_an_open_drawer_in_both_directions(rooms: Rooms, qtbot: QtBot) -> None:
    rooms.drawer.resize(500, 600)
    rooms.drawer.toggle()
    rooms.sidebar.foot.look.setFocus(Qt.FocusReason.TabFocusReason)
    qtbot.keyClick(rooms.sidebar.foot.look, Qt.Key.Key_Tab)
    assert rooms.sidebar.new_folder.hasFocus()
    qtbot.keyClick(rooms.sidebar.new_folder, Qt.Key.Key_Tab, Qt.KeyboardModifier.ShiftModifier)
    assert rooms.sidebar.foot.look.hasFocus()

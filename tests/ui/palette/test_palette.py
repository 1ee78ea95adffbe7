from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest
from PySide6.QtCore import QPoint, Qt
from PySide6.QtWidgets import QPlainTextEdit, QVBoxLayout, QWidget
from pytestqt.qtbot import QtBot

from app.chats.changes import ChatsChanged
from app.chats.ids import ChatId
from app.chats.values import Chat
from app.settings import SettingsFile
from app.words import Words
from ui.actions import ActionId, Actions
from ui.controls.button import TextButton
from ui.palette.door import PaletteDoor
from ui.palette.entries import EntryKind
from ui.palette.panel import Palette
from ui.palette.settings import settings_entries
from ui.settings.page_name import PageName
from ui.theme.theme import Theme


class Room:
    """A window with a text box, three actions and a palette."""

    def __init__(self, theme: Theme, words: Words, folder: Path) -> None:
        self.window = QWidget()
        self.edit = QPlainTextEdit()
        self.buttons = [TextButton(theme, text) for text in ("Before", "Behind")]
        layout = QVBoxLayout(self.window)
        for part in (self.buttons[0], self.edit, self.buttons[1]):
            layout.addWidget(part)
        self.done: list[object] = []
        self.reason = "No chat is open."
        self.actions = Actions(words, self.window)
        self.actions.add(ActionId.NEW_CHAT, lambda: self.done.append("new"))
        self.actions.add(
            ActionId.RENAME_CHAT, lambda: self.done.append("rename"), lambda: self.reason
        )
        self.actions.add(ActionId.SETTINGS, lambda: self.done.append("settings"))
        self.settings = SettingsFile(folder / "settings.json")
        self.door = PaletteDoor(
            theme, words, self.window, self.actions, self.settings, self.done.append
        )

    @property
    def palette(self) -> Palette:
        assert self.door.panel is not None
        return self.door.panel

    def titles(self) -> list[str]:
        return [hit.entry.title for hit in self.palette.hits]


@pytest.fixture
def room(theme: Theme, words: Words, tmp_path: Path, qtbot: QtBot) -> Room:
    made = Room(theme, words, tmp_path)
    qtbot.addWidget(made.window)
    made.window.resize(900, 640)
    made.window.show()
    made.window.activateWindow()
    qtbot.waitUntil(made.window.isActiveWindow)
    made.edit.setFocus()
    return made


def test_it_comes_with_the_caret_in_an_empty_field_and_goes_with_escape(
    room: Room, qtbot: QtBot
) -> None:
    room.door.open()
    assert room.palette.field.hasFocus()
    qtbot.keyClicks(room.palette.field, "new")
    qtbot.keyClick(room.palette.field, Qt.Key.Key_Escape)
    assert not room.palette.isVisible()
    assert room.edit.hasFocus()
    room.door.open()
    assert room.palette.field.text() == ""


def test_return_runs_what_the_letters_mean_and_it_comes_first_next_time(
    room: Room, qtbot: QtBot
) -> None:
    room.door.open()
    qtbot.keyClicks(room.palette.field, "sett")
    qtbot.keyClick(room.palette.field, Qt.Key.Key_Return)
    assert room.done == ["settings"]
    assert not room.palette.isVisible()
    room.door.open()
    assert room.titles()[0] == "Settings"
    assert room.settings.load().recent_actions == ("settings",)


def test_what_cannot_be_done_says_why_and_stays(room: Room, qtbot: QtBot) -> None:
    room.door.open()
    qtbot.keyClicks(room.palette.field, "rename")
    assert room.palette.said.text() == "No chat is open."
    qtbot.keyClick(room.palette.field, Qt.Key.Key_Return)
    assert room.palette.isVisible()
    assert room.done == []


def test_arrows_move_in_the_list_and_round_at_its_ends(room: Room, qtbot: QtBot) -> None:
    room.door.open()
    field = room.palette.field
    first = room.palette.current
    qtbot.keyClick(field, Qt.Key.Key_Down)
    assert room.palette.current != first
    qtbot.keyClick(field, Qt.Key.Key_Up)
    qtbot.keyClick(field, Qt.Key.Key_Up)
    assert room.palette.list.currentIndex().row() == len(room.palette.hits) - 1
    qtbot.keyClick(field, Qt.Key.Key_PageUp)
    assert room.palette.current == first
    qtbot.keyClick(field, Qt.Key.Key_Tab)
    assert field.hasFocus()


def test_chats_are_found_by_their_titles(room: Room, qtbot: QtBot) -> None:
    chats = (Chat(ChatId(1), "Heat pump", 1, 1), Chat(ChatId(2), "난방 비용", 2, 2))
    room.door.apply(ChatsChanged(chats, None))
    room.door.open()
    qtbot.keyClicks(room.palette.field, "heat")
    qtbot.keyClick(room.palette.field, Qt.Key.Key_Return)
    room.door.open()
    room.palette.field.setText("ㄴㅂㅂㅇ")
    qtbot.keyClick(room.palette.field, Qt.Key.Key_Return)
    assert room.done == [ChatId(1), ChatId(2)]


def test_settings_are_found_among_the_others(room: Room, qtbot: QtBot) -> None:
    english = Words("en", Path())
    room.door.find_settings = lambda: settings_entries(
        english, lambda place: room.done.append((place.page, place.name))
    )
    for query in ("temperature", "diagnostics"):
        room.door.open()
        qtbot.keyClicks(room.palette.field, query)
        assert room.palette.hits[0].entry.kind is EntryKind.SETTING
        qtbot.keyClick(room.palette.field, Qt.Key.Key_Return)
    assert room.done == [(PageName.ANSWERS, "Temperature"), (PageName.DIAGNOSTICS, "")]


def test_nothing_found_is_said(room: Room, qtbot: QtBot) -> None:
    room.door.open()
    qtbot.keyClicks(room.palette.field, "zzz")
    assert room.palette.said.text() == "Nothing is called “zzz”."
    qtbot.keyClick(room.palette.field, Qt.Key.Key_Return)
    assert room.palette.isVisible()


def click_row(room: Room, qtbot: QtBot) -> None:
    view = room.palette.list
    box = view.visualRect(room.palette.model.index(0))
    qtbot.mouseClick(view.viewport(), Qt.MouseButton.LeftButton, pos=box.center())


def test_a_click_runs_a_row(room: Room, qtbot: QtBot) -> None:
    room.door.open()
    click_row(room, qtbot)
    assert room.done == ["new"]


@pytest.mark.parametrize(
    "leave",
    [
        lambda room, qtbot: qtbot.mouseClick(
            room.palette, Qt.MouseButton.LeftButton, pos=QPoint(3, room.palette.height() - 3)
        ),
        lambda room, _: room.edit.setFocus(),
        lambda room, _: room.door.open(),
    ],
    ids=["click beside", "focus elsewhere", "its key again"],
)
def test_it_goes(room: Room, qtbot: QtBot, leave: Callable[[Room, QtBot], object]) -> None:
    room.door.open()
    leave(room, qtbot)
    qtbot.waitUntil(lambda: not room.palette.isVisible())
    assert room.edit.hasFocus()


def test_no_button_keeps_the_ring_of_a_focus_that_passed_it(room: Room, qtbot: QtBot) -> None:
    room.door.open()
    qtbot.keyClick(room.palette.field, Qt.Key.Key_Escape)
    room.door.open()
    room.edit.setFocus()
    qtbot.waitUntil(lambda: not room.palette.isVisible())
    assert not any(button.has_ring for button in room.buttons)


@pytest.mark.parametrize(("width", "height"), [(360, 480), (900, 640), (2000, 1200)])
def test_it_stands_within_the_window(room: Room, width: int, height: int) -> None:
    room.window.resize(width, height)
    room.door.open()
    card = room.palette.card.geometry()
    assert room.palette.rect().contains(card)
    assert abs(card.center().x() - width // 2) <= 1
    assert room.palette.list.geometry().bottom() < room.palette.said.y()


def test_a_screen_reader_gets_a_row_whole(room: Room) -> None:
    room.door.open()
    index = room.palette.model.index(0)
    assert index.data(Qt.ItemDataRole.AccessibleTextRole) == "New chat, Chats, Ctrl+N"


def test_settings_that_cannot_be_written_do_not_disturb(
    room: Room, qtbot: QtBot, caplog: pytest.LogCaptureFixture, tmp_path: Path
) -> None:
    room.door._settings = SettingsFile(tmp_path / "file" / "settings.json")
    (tmp_path / "file").write_text("no folder")
    room.door.open()
    qtbot.keyClick(room.palette.field, Qt.Key.Key_Return)
    assert room.done == ["new"]
    assert "settings not saved" in caplog.text
    caplog.clear()

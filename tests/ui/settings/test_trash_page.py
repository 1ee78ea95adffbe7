from __future__ import annotations

import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from app.chats.changes import DeletedMessages
from app.chats.ids import ChatId, MessageId
from app.chats.trash_values import TrashedChat
from app.chats.values import Chat, MessageRole
from app.words import Words
from tests.ui.settings.conftest import NOW_MS, Room
from ui.controls.label import Label
from ui.settings.page_name import PageName
from ui.settings.pages import make_settings
from ui.settings.screen import SettingsScreen
from ui.settings.trash_page import ForGoodDialog, TrashPage
from ui.theme.theme import Theme

LEFT = Qt.MouseButton.LeftButton
DAY_MS = 24 * 60 * 60 * 1000
OAKS = Chat(ChatId(1), "Oaks", 0, 0)
ELMS = Chat(ChatId(2), "Elms", 0, 0)
PART = DeletedMessages(
    5, OAKS, MessageId(9), MessageRole.USER, "And how old?", 4, NOW_MS - 29 * DAY_MS - 1
)


@pytest.fixture
def page(room: Room, screen: SettingsScreen) -> TrashPage:
    room.trash.chats = [TrashedChat(OAKS, NOW_MS - DAY_MS), TrashedChat(ELMS, NOW_MS - 3 * DAY_MS)]
    room.trash.deleted = [PART]
    screen.open_named(PageName.TRASH)
    (made,) = screen.findChildren(TrashPage)
    return made


def names(page: TrashPage) -> list[str]:
    return [row.name.text() for row in (*page.chats, *page.parts)]


def answer(page: TrashPage, qtbot: QtBot, *, deletes: bool) -> None:
    dialog = page.window().findChildren(ForGoodDialog)[-1]
    assert dialog.focusWidget() is dialog.keep  # so that Return destroys nothing
    qtbot.mouseClick(dialog.delete if deletes else dialog.keep, LEFT)


def test_what_was_deleted_says_how_long_it_is_kept(page: TrashPage) -> None:
    assert names(page) == ["Oaks", "Elms", "You: And how old?"]
    assert page.chats[0].hint.text().endswith("29 days left")
    assert page.parts[0].hint.text().startswith("4 messages of “Oaks”")
    assert page.parts[0].hint.text().endswith("less than a day left")


def test_chats_and_messages_are_restored(page: TrashPage, room: Room, qtbot: QtBot) -> None:
    qtbot.mouseClick(page.chats[0].restore, LEFT)
    assert names(page) == ["Elms", "You: And how old?"]
    qtbot.mouseClick(page.parts[0].restore, LEFT)
    assert room.trash.restored == [OAKS.id, PART]
    assert names(page) == ["Elms"]


def test_what_is_destroyed_is_asked_about_before(page: TrashPage, qtbot: QtBot) -> None:
    qtbot.mouseClick(page.chats[1].purge, LEFT)
    answer(page, qtbot, deletes=False)
    assert "Elms" in names(page)
    qtbot.mouseClick(page.chats[1].purge, LEFT)
    answer(page, qtbot, deletes=True)
    qtbot.mouseClick(page.parts[0].purge, LEFT)
    answer(page, qtbot, deletes=True)
    assert names(page) == ["Oaks"]


def test_an_empty_trash_says_so_and_cannot_be_emptied(page: TrashPage, qtbot: QtBot) -> None:
    qtbot.mouseClick(page.empty, LEFT)
    answer(page, qtbot, deletes=True)
    assert names(page) == []
    assert not page.empty.isVisible()
    none = "No chat was deleted in the last 30 days."
    qtbot.waitUntil(
        lambda: any(one.text() == none and one.isVisible() for one in page.findChildren(Label))
    )


@pytest.mark.parametrize("width", [400, 1280])
def test_nothing_is_cut_off(
    room: Room, theme: Theme, korean: Words, qtbot: QtBot, width: int
) -> None:
    room.trash.chats = [TrashedChat(OAKS, NOW_MS)]
    room.trash.deleted = [PART]
    made = make_settings(room.desk(theme, korean))
    qtbot.addWidget(made)
    made.resize(width, 800)
    made.show()
    made.open_named(PageName.TRASH)
    (page,) = made.findChildren(TrashPage)
    for _ in range(3):
        QApplication.processEvents()
    for row in (*page.chats, *page.parts):
        for button in (row.restore, row.purge):
            box = button.rect().translated(button.mapTo(row, button.rect().topLeft()))
            assert row.rect().contains(box)
    made.hide()

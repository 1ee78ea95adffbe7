from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

import pytest
from PySide6.QtCore import Qt
from PySide6.QtGui import QAccessible
from PySide6.QtWidgets import QApplication, QWidget
from pytestqt.qtbot import QtBot

from app.chats.changes import ChatsChanged
from app.chats.ids import ChatId, MessageId
from app.chats.values import Chat, MessageRole
from app.search.values import SearchHit, SearchResults, TitleHit
from app.words import Words
from tests.ui.conftest import FakeService
from ui.search.door import SearchDoor
from ui.search.results import SearchResultsView
from ui.search.results_model import ResultRole, RowKind
from ui.sidebar.sidebar import Sidebar
from ui.theme.theme import Theme

NOW = 1_790_000_000_000
ANIMALS, TRIP = ChatId(1), ChatId(2)
CHATS = (Chat(ANIMALS, "Animals", 0, NOW), Chat(TRIP, "제주도 여행", 0, NOW - 1))


def hit(number: int, text: str, chat: Chat = CHATS[0], mark: tuple[int, int] = (0, 6)) -> SearchHit:
    return SearchHit(chat.id, chat.title, MessageId(number), MessageRole.USER, NOW, text, (mark,))


FOUND = SearchResults(
    "walrus",
    (TitleHit(TRIP, "Walrus trip", NOW, ((0, 6),)),),
    (hit(11, "walrus sleep"), hit(12, "walrus eat"), hit(21, "walrus 여행", CHATS[1])),
    total=3,
)


class Stage:
    """A sidebar with the door, and the service behind it."""

    def __init__(self, sidebar: Sidebar, service: FakeService, door: SearchDoor) -> None:
        self.sidebar = sidebar
        self.service = service
        self.door = door

    @property
    def view(self) -> SearchResultsView:
        return self.door.view

    def type(self, qtbot: QtBot, text: str) -> None:
        if not self.sidebar.filter.text():
            self.sidebar.focus_filter()
        qtbot.keyClicks(self.sidebar.filter, text)

    def find(self, qtbot: QtBot, results: SearchResults = FOUND) -> None:
        self.type(qtbot, results.text)
        self.service.searches[-1][1](results)

    @property
    def rows(self) -> list[tuple[RowKind, str]]:
        return [(row.kind, row.text) for row in self.view.model.rows]

    @property
    def pointed(self) -> str:
        return str(self.view.list.currentIndex().data())


@pytest.fixture
def stage(
    theme: Theme, words: Words, service: FakeService, show_together: Callable[..., QWidget]
) -> Stage:
    sidebar = Sidebar(theme, words, lambda: NOW)
    page = show_together(sidebar)
    page.resize(300, 720)
    sidebar.show_chats(ChatsChanged(CHATS, ANIMALS))
    door = SearchDoor(theme, words, sidebar, service.search, service.open_message)
    return Stage(sidebar, service, door)


def test_each_letter_is_a_search_and_results_come_in_place_of_the_list(
    stage: Stage, qtbot: QtBot
) -> None:
    stage.find(qtbot)

    asked = [text for text, _ in stage.service.searches]
    assert asked == ["w", "wa", "wal", "walr", "walru", "walrus"]
    assert stage.sidebar.chats.isHidden()
    assert stage.view.isVisible()
    assert stage.rows == [
        (RowKind.HEADING, "Chats"),
        (RowKind.CHAT, "Walrus trip"),
        (RowKind.HEADING, "Messages"),
        (RowKind.NAME, "Animals"),
        (RowKind.MESSAGE, "walrus sleep"),
        (RowKind.MESSAGE, "walrus eat"),
        (RowKind.NAME, "제주도 여행"),
        (RowKind.MESSAGE, "walrus 여행"),
    ]
    assert stage.view.count.text() == "3 messages"


def test_tags_say_which_chats_are_searched(stage: Stage, qtbot: QtBot) -> None:
    stage.service.chats = [replace(CHATS[0], tags=("Work",)), CHATS[1]]
    stage.sidebar.show_chats(ChatsChanged(tuple(stage.service.chats), ANIMALS))
    stage.type(qtbot, "walrus")
    assert stage.service.searched == ["Animals", "제주도 여행"]
    stage.sidebar.filter.clear()
    stage.type(qtbot, "tag:work")
    assert not stage.sidebar.chats.isHidden()  # the list shows them by itself

    stage.type(qtbot, " walrus")
    assert stage.service.searches[-1][0] == "walrus"
    assert stage.service.searched == ["Animals"]
    stage.service.searches[-1][1](FOUND)
    assert stage.view.isVisible()


def test_results_of_an_older_search_are_not_shown(stage: Stage, qtbot: QtBot) -> None:
    stage.type(qtbot, "walrus")
    _, older = stage.service.searches[2]
    older(SearchResults("wal", total=1, hits=(hit(1, "wal"),)))

    assert not stage.sidebar.chats.isHidden()


def test_return_in_the_field_opens_the_first(stage: Stage, qtbot: QtBot) -> None:
    stage.find(qtbot)
    with qtbot.waitSignal(stage.sidebar.chat_chosen) as chosen:
        qtbot.keyClick(stage.sidebar.filter, Qt.Key.Key_Return)

    assert chosen.args == [TRIP]


def test_arrows_go_from_the_field_to_the_messages_and_back(stage: Stage, qtbot: QtBot) -> None:
    stage.find(qtbot)
    qtbot.keyClick(stage.sidebar.filter, Qt.Key.Key_Down)
    assert stage.view.list.hasFocus()
    assert stage.pointed == "Walrus trip"
    qtbot.keyClick(stage.view.list, Qt.Key.Key_Down)
    assert stage.pointed == "walrus sleep"

    with qtbot.waitSignal(stage.sidebar.message_chosen):
        qtbot.keyClick(stage.view.list, Qt.Key.Key_Return)
    assert stage.service.commands[-1] == ("open_message", ANIMALS, MessageId(11), "walrus")
    assert stage.view.list.hasFocus()

    qtbot.keyClick(stage.view.list, Qt.Key.Key_Up)
    qtbot.keyClick(stage.view.list, Qt.Key.Key_Up)
    assert stage.sidebar.filter.hasFocus()


def test_a_letter_typed_in_the_results_goes_on_in_the_field(stage: Stage, qtbot: QtBot) -> None:
    stage.find(qtbot)
    qtbot.keyClick(stage.sidebar.filter, Qt.Key.Key_Down)
    qtbot.keyClicks(stage.view.list, "e")

    assert stage.sidebar.filter.hasFocus()
    assert stage.sidebar.filter.text() == "walruse"
    assert stage.service.searches[-1][0] == "walruse"


def test_escape_goes_back_to_the_field_and_then_to_the_list(stage: Stage, qtbot: QtBot) -> None:
    stage.find(qtbot)
    qtbot.keyClick(stage.sidebar.filter, Qt.Key.Key_Down)
    qtbot.keyClick(stage.view.list, Qt.Key.Key_Escape)
    assert stage.sidebar.filter.hasFocus()
    qtbot.keyClick(stage.sidebar.filter, Qt.Key.Key_Escape)

    assert stage.sidebar.filter.text() == ""
    assert stage.view.isHidden()
    assert stage.sidebar.chats.isVisible()
    assert stage.service.searches[-1][0] == ""


def test_a_click_opens_a_message_and_a_click_on_a_name_opens_nothing(
    stage: Stage, qtbot: QtBot
) -> None:
    stage.find(qtbot)
    results = stage.view.list

    def click(number: int) -> None:
        place = results.visualRect(stage.view.model.index(number)).center()
        qtbot.mouseClick(results.viewport(), Qt.MouseButton.LeftButton, pos=place)

    click(3)
    assert stage.service.commands == []
    click(5)
    assert stage.service.commands == [("open_message", ANIMALS, MessageId(12), "walrus")]


def test_where_nothing_is_found_it_says_how_to_search(stage: Stage, qtbot: QtBot) -> None:
    stage.find(qtbot, SearchResults("xyz"))

    assert stage.view.list.isHidden()
    assert "Nothing was found for “xyz”." in stage.view.empty.text()
    assert "-word" in stage.view.empty.text()
    assert not stage.sidebar.empty.isVisible()
    qtbot.keyClick(stage.sidebar.filter, Qt.Key.Key_Return)
    qtbot.keyClick(stage.sidebar.filter, Qt.Key.Key_Down)
    assert stage.service.commands == []
    assert stage.sidebar.filter.hasFocus()


def test_while_messages_are_not_in_the_index_it_says_so_and_searches_again(
    stage: Stage, qtbot: QtBot
) -> None:
    stage.find(qtbot, SearchResults("walrus", hits=(hit(1, "walrus"),), total=1, waiting=1234))
    assert stage.view.count.text() == "1 message · 1,234 messages cannot be found yet."
    asked = len(stage.service.searches)

    qtbot.waitUntil(lambda: len(stage.service.searches) > asked)
    stage.service.searches[-1][1](FOUND)
    assert stage.view.count.text() == "3 messages"


def test_of_very_many_it_says_that_older_ones_are_left_out(stage: Stage, qtbot: QtBot) -> None:
    stage.find(qtbot, SearchResults("w", hits=(hit(1, "w"),), total=150, is_more=True))

    assert stage.view.count.text() == "The newest 150 messages were looked at."


def test_what_is_pointed_out_stays_so_when_more_is_found(stage: Stage, qtbot: QtBot) -> None:
    stage.find(qtbot)
    qtbot.keyClick(stage.sidebar.filter, Qt.Key.Key_Down)
    qtbot.keyClick(stage.view.list, Qt.Key.Key_Down)
    assert stage.pointed == "walrus sleep"

    stage.service.searches[-1][1](SearchResults("walrus", hits=FOUND.hits, total=3))
    assert stage.pointed == "walrus sleep"


def test_rows_say_to_screen_readers_who_said_what(stage: Stage, qtbot: QtBot) -> None:
    stage.find(qtbot)
    index = stage.view.model.index(4)
    said = index.data(Qt.ItemDataRole.AccessibleTextRole)

    assert said.startswith("You, ")
    assert said.endswith(": walrus sleep")
    interface = QAccessible.queryAccessibleInterface(stage.view.list)
    assert interface.text(QAccessible.Text.Name) == "What was found"
    assert interface.role() in (QAccessible.Role.List, QAccessible.Role.ListItem)


@pytest.mark.parametrize("look", ["light", "dark", "high_contrast"])
@pytest.mark.parametrize("width", [264, 420])
def test_a_long_snippet_stays_inside_its_row(
    qapp: QApplication, stage: Stage, qtbot: QtBot, look: str, width: int
) -> None:
    del qapp
    stage.sidebar.setFixedWidth(width)
    long = hit(1, "walrus " + "and a lot of other words that never end " * 6, mark=(0, 6))
    korean = hit(2, "아주 긴 문장이 " * 20 + "바다코끼리", mark=(0, 2))
    stage.find(qtbot, SearchResults("walrus", hits=(long, korean), total=2))
    stage.sidebar._theme.set_mode(stage.sidebar._theme.mode.__class__(look))
    results = stage.view.list
    image = results.viewport().grab().toImage()
    row = results.visualRect(stage.view.model.index(2))
    ground = image.pixelColor(row.right() - 3, row.center().y())
    column = [image.pixelColor(row.right() - 4, y) for y in range(row.top() + 4, row.bottom() - 4)]

    assert row.width() <= results.viewport().width()
    assert all(one == ground for one in column)  # nothing is painted in the right margin
    assert isinstance(stage.view.model.index(2).data(ResultRole.ROW).text, str)


def test_a_short_message_takes_one_line_and_a_long_one_two(stage: Stage, qtbot: QtBot) -> None:
    long = hit(2, "walrus and other words that do not fit into one line of the narrow list")
    stage.find(qtbot, SearchResults("walrus", hits=(hit(1, "walrus"), long), total=2))

    def height(number: int) -> int:
        return stage.view.list.visualRect(stage.view.model.index(number)).height()

    narrow = height(2), height(3)
    assert narrow[0] < narrow[1]
    stage.sidebar.window().resize(1200, 720)
    qtbot.waitUntil(lambda: height(3) == narrow[0])

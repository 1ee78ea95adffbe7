from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

import pytest
from PySide6.QtCore import QModelIndex, Qt
from pytestqt.modeltest import ModelTester
from pytestqt.qtbot import QtBot

from app.chats.ids import ChatId
from app.chats.values import Chat
from app.words import Words
from ui.sidebar.chat_list import ChatListModel, ChatRole

NOON = datetime(2026, 11, 23, 12)


def ms(moment: datetime) -> int:
    return round(moment.timestamp() * 1000)


def chat(number: int, title: str, **ago: int) -> Chat:
    return Chat(ChatId(number), title, ms(NOON), ms(NOON - timedelta(**ago)))


def rows(model: ChatListModel, role: int = Qt.ItemDataRole.DisplayRole) -> list[Any]:
    return [model.index(row).data(role) for row in range(model.rowCount())]


@pytest.fixture
def model(words: Words, qtmodeltester: ModelTester) -> ChatListModel:
    """A model that the tester watches through every change."""
    made = ChatListModel(words, lambda: ms(NOON))
    qtmodeltester.check(made)
    return made


CHATS = (
    chat(1, "Heat equation", hours=1),
    chat(2, "제주도 여행", hours=11),
    chat(3, "Grocery budget", hours=13),
    chat(4, "Bike", days=2),
    chat(5, "Landlord", days=7),
    chat(6, "Taxes", days=8),
)


def test_chats_stand_under_the_local_day_of_their_last_message(model: ChatListModel) -> None:
    model.set_chats(CHATS, None)
    assert rows(model) == [
        "Today",
        "Heat equation",
        "제주도 여행",
        "Yesterday",
        "Grocery budget",
        "Last 7 days",
        "Bike",
        "Landlord",
        "Older",
        "Taxes",
    ]


def test_a_chat_from_the_future_counts_as_today(model: ChatListModel) -> None:
    model.set_chats((chat(1, "Clock was wrong", days=-3),), None)
    assert rows(model) == ["Today", "Clock was wrong"]


def test_headings_can_neither_be_chosen_nor_edited(model: ChatListModel) -> None:
    model.set_chats(CHATS, None)
    flags = model.flags(model.index(0))
    assert not flags & (Qt.ItemFlag.ItemIsEnabled | Qt.ItemFlag.ItemIsSelectable)
    assert model.flags(model.index(1)) & Qt.ItemFlag.ItemIsEditable
    assert model.flags(QModelIndex()) == Qt.ItemFlag.NoItemFlags


def test_the_open_chat_says_so_to_screen_readers(model: ChatListModel) -> None:
    model.set_chats(CHATS, ChatId(2))
    assert rows(model, ChatRole.IS_OPEN)[:3] == [False, False, True]
    assert rows(model, Qt.ItemDataRole.AccessibleTextRole)[1:3] == [
        "Heat equation",
        "제주도 여행, open",
    ]


@pytest.mark.parametrize(
    ("wanted", "found"),
    [
        ("HEAT", ["Today", "Heat equation"]),
        ("  bike ", ["Last 7 days", "Bike"]),
        ("여행", ["Today", "제주도 여행"]),
        ("\u110b\u1167\u1112\u1162\u11bc", ["Today", "제주도 여행"]),
        ("heat pump", []),
    ],
)
def test_the_filter_ignores_case_and_composition(
    model: ChatListModel, wanted: str, found: list[str]
) -> None:
    model.set_chats(CHATS, None)
    model.set_filter(wanted)
    assert rows(model) == found
    assert model.has_matches is bool(found)
    assert model.has_chats


def test_a_new_title_changes_a_row_without_a_reset(model: ChatListModel, qtbot: QtBot) -> None:
    model.set_chats(CHATS, None)
    renamed = (chat(1, "Heat pump", hours=1), *CHATS[1:])
    with qtbot.waitSignal(model.dataChanged), qtbot.assertNotEmitted(model.modelReset):
        model.set_chats(renamed, None)
    assert rows(model)[1] == "Heat pump"


def test_a_day_later_the_same_chats_stand_elsewhere(
    words: Words, qtmodeltester: ModelTester
) -> None:
    now = NOON
    model = ChatListModel(words, lambda: ms(now))
    qtmodeltester.check(model)
    model.set_chats(CHATS[:1], None)
    now = NOON + timedelta(days=1)
    model.refresh()
    assert rows(model) == ["Yesterday", "Heat equation"]


def test_a_chat_is_found_by_its_id(model: ChatListModel) -> None:
    model.set_chats(CHATS, None)
    assert model.index_of(ChatId(3)).data() == "Grocery budget"
    assert not model.index_of(ChatId(99)).isValid()
    assert not model.index_of(None).isValid()


def test_headings_are_in_the_users_language(korean: Words) -> None:
    model = ChatListModel(korean, lambda: ms(NOON))
    model.set_chats(CHATS, None)
    assert [rows(model)[at] for at in (0, 3, 5, 8)] == ["오늘", "어제", "지난 7일", "이전"]

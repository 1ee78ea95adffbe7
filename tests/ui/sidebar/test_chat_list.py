from __future__ import annotations

from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any

import pytest
from PySide6.QtCore import QModelIndex, Qt
from pytestqt.modeltest import ModelTester
from pytestqt.qtbot import QtBot

from app.chats.changes import ChatMark, ChatsChanged
from app.chats.ids import ChatId, FolderId
from app.chats.values import Chat, Folder
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
    chat(7, "Moving", days=31),
    chat(8, "School", days=40),
)


def test_chats_stand_under_the_local_day_of_their_last_message(model: ChatListModel) -> None:
    model.set_chats(ChatsChanged(CHATS, None))
    assert rows(model) == [
        "Today",
        "Heat equation",
        "제주도 여행",
        "Yesterday",
        "Grocery budget",
        "Last 7 days",
        "Bike",
        "Landlord",
        "Last 30 days",
        "Taxes",
        "October 2026",
        "Moving",
        "School",
    ]


def test_a_chat_from_the_future_counts_as_today(model: ChatListModel) -> None:
    model.set_chats(ChatsChanged((chat(1, "Clock was wrong", days=-3),), None))
    assert rows(model) == ["Today", "Clock was wrong"]


def test_headings_can_neither_be_chosen_nor_edited(model: ChatListModel) -> None:
    model.set_chats(ChatsChanged(CHATS, None))
    flags = model.flags(model.index(0))
    assert not flags & (Qt.ItemFlag.ItemIsEnabled | Qt.ItemFlag.ItemIsSelectable)
    assert model.flags(model.index(1)) & Qt.ItemFlag.ItemIsEditable
    assert model.flags(QModelIndex()) == Qt.ItemFlag.NoItemFlags


def test_the_open_chat_says_so_to_screen_readers(model: ChatListModel) -> None:
    model.set_chats(ChatsChanged(CHATS, ChatId(2)))
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
    model.set_chats(ChatsChanged(CHATS, None))
    model.set_filter(wanted)
    assert rows(model) == found
    assert model.has_matches is bool(found)
    assert model.has_chats


def test_a_new_title_changes_a_row_without_a_reset(model: ChatListModel, qtbot: QtBot) -> None:
    model.set_chats(ChatsChanged(CHATS, None))
    renamed = (chat(1, "Heat pump", hours=1), *CHATS[1:])
    with qtbot.waitSignal(model.dataChanged), qtbot.assertNotEmitted(model.modelReset):
        model.set_chats(ChatsChanged(renamed, None))
    assert rows(model)[1] == "Heat pump"


def test_a_day_later_the_same_chats_stand_elsewhere(
    words: Words, qtmodeltester: ModelTester
) -> None:
    now = NOON
    model = ChatListModel(words, lambda: ms(now))
    qtmodeltester.check(model)
    model.set_chats(ChatsChanged(CHATS[:1], None))
    now = NOON + timedelta(days=1)
    model.refresh()
    assert rows(model) == ["Yesterday", "Heat equation"]


def test_a_chat_is_found_by_its_id(model: ChatListModel) -> None:
    model.set_chats(ChatsChanged(CHATS, None))
    assert model.index_of(ChatId(3)).data() == "Grocery budget"
    assert not model.index_of(ChatId(99)).isValid()
    assert not model.index_of(None).isValid()


def test_headings_are_in_the_users_language(korean: Words) -> None:
    model = ChatListModel(korean, lambda: ms(NOON))
    model.set_chats(ChatsChanged(CHATS, None))
    assert [rows(model)[at] for at in (0, 3, 5, 8, 10)] == [
        "오늘",
        "어제",
        "지난 7일",
        "지난 30일",
        "2026년 10월",
    ]


WORK, HOME = Folder(FolderId(1), "Work"), Folder(FolderId(2), "집", is_open=False)
HEAT, TRIP, BUDGET, BIKE = CHATS[:4]
SHELVED = (
    replace(HEAT, folder_id=WORK.id),
    replace(TRIP, is_pinned=True, folder_id=WORK.id, tags=("여행", "Work")),
    replace(BUDGET, folder_id=HOME.id),
    replace(BIKE, tags=("work",)),
)


def shelve(model: ChatListModel, open_chat: ChatId | None = None) -> None:
    model.set_chats(ChatsChanged(SHELVED, open_chat, (WORK, HOME)))


def test_pinned_chats_come_first_then_folders_then_the_rest(model: ChatListModel) -> None:
    shelve(model)
    assert rows(model) == [
        "Pinned",
        "제주도 여행",
        "Work",
        "Heat equation",
        "집",
        "Last 7 days",
        "Bike",
    ]
    assert [row.chat_count for row in map(model.row_at, (2, 4)) if row] == [1, 1]


def test_an_empty_folder_says_how_it_is_filled(model: ChatListModel) -> None:
    model.set_chats(ChatsChanged((), None, (WORK,)))
    assert rows(model) == ["Work", "Drag a chat here"]
    assert not model.flags(model.index(1)) & Qt.ItemFlag.ItemIsEnabled
    assert model.has_matches


def test_a_chat_of_a_folder_nobody_knows_stands_with_the_rest(model: ChatListModel) -> None:
    model.set_chats(ChatsChanged((replace(HEAT, folder_id=FolderId(9)),), None, (WORK,)))
    assert rows(model) == ["Work", "Drag a chat here", "Today", "Heat equation"]


def test_screen_readers_hear_where_a_chat_is_and_how_a_folder_stands(
    model: ChatListModel,
) -> None:
    shelve(model, TRIP.id)
    said = rows(model, Qt.ItemDataRole.AccessibleTextRole)
    assert said[1:5] == [
        "제주도 여행, open, pinned, in folder Work, tagged 여행, Work",
        "Folder Work, 1 chat, expanded",
        "Heat equation, in folder Work",
        "Folder 집, 1 chat, collapsed",
    ]


def test_a_closed_folder_speaks_for_the_chats_it_hides(model: ChatListModel) -> None:
    shelve(model, BUDGET.id)
    model.set_marks({BUDGET.id: ChatMark.UNREAD, TRIP.id: ChatMark.ASKING})
    assert rows(model, ChatRole.MARK)[1:5] == [ChatMark.ASKING, None, None, ChatMark.UNREAD]
    assert rows(model, ChatRole.IS_OPEN)[1:5] == [False, False, False, True]


@pytest.mark.parametrize(
    ("typed", "found"),
    [
        ("tag:work", ["Pinned", "제주도 여행", "Last 7 days", "Bike"]),
        ("tag:WORK bi", ["Last 7 days", "Bike"]),
        ("태그:여행", ["Pinned", "제주도 여행"]),
        ("tag:", ["Pinned", "제주도 여행", "Work", "Heat equation", "집"]),
        ("tag:work tag:여행", ["Pinned", "제주도 여행"]),
        ("budget", ["집", "Grocery budget"]),
        ("tag:nothing", []),
    ],
)
def test_what_is_found_is_seen_even_in_a_closed_folder(
    model: ChatListModel, typed: str, found: list[str]
) -> None:
    shelve(model)
    model.set_filter(typed)
    assert rows(model)[:5] == found


def test_chosen_and_typed_tags_must_all_be_there(model: ChatListModel) -> None:
    shelve(model)
    assert model.tags == ("Work", "work", "여행")
    model.set_tags(("work",))
    assert rows(model) == ["Pinned", "제주도 여행", "Last 7 days", "Bike"]
    model.set_filter("tag:여행")
    assert rows(model) == ["Pinned", "제주도 여행"]
    model.set_filter("")
    model.set_tags(())
    assert not model.is_filtered


def test_a_day_that_is_read_twice_is_one_heading(model: ChatListModel) -> None:
    model.set_chats(ChatsChanged((HEAT, BIKE, TRIP), None))
    assert rows(model) == ["Today", "Heat equation", "Last 7 days", "Bike", "Today", "제주도 여행"]

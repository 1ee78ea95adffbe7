"""Folders, pins, tags and whose title it is, in a real store."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

import pytest

from app.chats.ids import ChatId, FolderId
from app.chats.store import ChatStore
from app.chats.values import Chat, Folder, TitleBy
from engine.harmony.messages import Effort

OpenStore = Callable[..., ChatStore]


@pytest.fixture
def chats(store: ChatStore) -> list[ChatId]:
    """Three of them, the newest last."""
    return [
        store.append_user(None, None, "Hi", Effort.LOW, at, title=f"Chat {at}")[0].id
        for at in (1, 2, 3)
    ]


def known(store: ChatStore, chat_id: ChatId) -> Chat:
    found = store.chat(chat_id)
    assert found is not None
    return found


def names(store: ChatStore) -> list[str]:
    return [folder.name for folder in store.shelves.folders()]


def test_a_new_folder_stands_behind_the_others_with_its_chats_in_it(
    store: ChatStore, open_store: OpenStore, chats: list[ChatId]
) -> None:
    work = store.shelves.add("Work")
    home = store.shelves.add("집", chats[:2])

    again = open_store()
    assert again.shelves.folders() == (work, home)
    assert home == Folder(home.id, "집", is_open=True)
    assert [chat.folder_id for chat in again.chats()] == [None, home.id, home.id]


def test_a_deleted_folder_lets_its_chats_go_and_takes_them_back(
    store: ChatStore, chats: list[ChatId]
) -> None:
    work = store.shelves.add("Work", chats)
    home = store.shelves.add("Home")
    store.shelves.delete(work.id, 99)
    assert names(store) == ["Home"]
    assert {chat.folder_id for chat in store.chats()} == {None}

    store.shelves.move(chats[:1], home.id)
    store.shelves.restore(work.id)
    assert names(store) == ["Work", "Home"]
    assert [known(store, one).folder_id for one in chats] == [home.id, work.id, work.id]


def test_a_folder_that_was_deleted_long_ago_is_forgotten_and_its_chats_are_not(
    store: ChatStore, chats: list[ChatId]
) -> None:
    work = store.shelves.add("Work", chats)
    store.shelves.delete(work.id, 99)
    store.shelves.purge(99)
    store.shelves.restore(work.id)
    assert names(store) == ["Work"]
    store.shelves.delete(work.id, 99)
    store.shelves.purge(100)
    store.shelves.restore(work.id)
    assert names(store) == []
    assert len(store.chats()) == 3


@pytest.mark.parametrize(
    ("moved", "before", "order"),
    [
        ("c", "a", "cab"),
        ("a", None, "bca"),
        ("a", "c", "bac"),
        ("b", "b", "abc"),
        ("a", "gone", "bca"),
        ("gone", "a", "abc"),
    ],
)
def test_folders_stand_where_they_are_put(
    store: ChatStore, moved: str, before: str | None, order: str
) -> None:
    ids = {name: store.shelves.add(name).id for name in "abc"}
    ids["gone"] = FolderId(77)
    store.shelves.place(ids[moved], ids[before] if before else None)
    assert "".join(names(store)) == order


def test_a_folder_is_renamed_and_folded(store: ChatStore) -> None:
    work = store.shelves.add("Work")
    store.shelves.rename(work.id, "Works \ud800")
    store.shelves.fold(work.id, is_open=False)
    assert store.shelves.folders() == (Folder(work.id, "Works \ufffd", is_open=False),)


def test_chats_move_and_a_way_back_leads_to_where_they_were(
    store: ChatStore, chats: list[ChatId]
) -> None:
    work, home = store.shelves.add("Work", chats[:1]), store.shelves.add("Home", chats[1:2])
    was = store.shelves.move(chats, home.id)
    assert was == {chats[0]: work.id, chats[2]: None}
    store.shelves.move_back(was)
    assert [known(store, one).folder_id for one in chats] == [work.id, home.id, None]


def test_a_folder_that_is_gone_takes_no_chats(store: ChatStore, chats: list[ChatId]) -> None:
    store.shelves.move(chats, FolderId(77))
    assert {chat.folder_id for chat in store.chats()} == {None}


def test_pins_leave_the_order_of_the_list_alone(store: ChatStore, chats: list[ChatId]) -> None:
    before = [chat.id for chat in store.chats()]
    store.shelves.pin(chats[:2], is_pinned=True)
    store.shelves.pin(chats[1:2], is_pinned=False)
    assert [known(store, one).is_pinned for one in chats] == [True, False, False]
    assert [chat.id for chat in store.chats()] == before


def test_tags_are_sorted_and_differ_by_more_than_case(
    store: ChatStore, chats: list[ChatId]
) -> None:
    for tag in ("work", "Bike", "한국", "WORK"):
        store.shelves.tag(chats[:2], tag, is_on=True)
    assert known(store, chats[0]).tags == ("Bike", "WORK", "한국")
    store.shelves.tag(chats, "bike", is_on=False)
    assert known(store, chats[1]).tags == ("WORK", "한국")
    assert known(store, chats[2]).tags == ()


def test_two_processes_tag_the_same_chat_and_neither_tag_is_lost(
    store: ChatStore, open_store: OpenStore, chats: list[ChatId]
) -> None:
    other = open_store()
    store.shelves.tag(chats, "one", is_on=True)
    other.shelves.tag(chats, "two", is_on=True)
    assert known(store, chats[0]).tags == ("one", "two")


def test_a_title_of_the_model_replaces_first_words_and_nothing_else(
    store: ChatStore, chats: list[ChatId]
) -> None:
    first, second, _ = chats
    before = known(store, first)
    assert before.title_by is TitleBy.WORDS
    assert store.shelves.entitle(first, "Bike repair")
    assert known(store, first) == replace(before, title="Bike repair", title_by=TitleBy.MODEL)
    assert not store.shelves.entitle(first, "Another one")

    store.rename_chat(second, "Mine")
    assert not store.shelves.entitle(second, "Its")
    assert (known(store, second).title, known(store, second).title_by) == ("Mine", TitleBy.USER)

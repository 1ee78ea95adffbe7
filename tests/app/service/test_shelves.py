"""What a user does with folders, pins and tags, through the service."""

from __future__ import annotations

import pytest

from app.chats.changes import ChatsChanged, ShelfDeed, ShelfStep, UndoOffered
from app.chats.ids import ChatId
from app.chats.values import Chat, Folder, TitleBy
from engine.harmony.messages import Effort
from tests.app.service.conftest import Bench


class Shelf:
    """A service with chats in it."""

    def __init__(self, bench: Bench) -> None:
        self.bench = bench
        self.shelves = bench.service.shelves

    def add(self, *questions: str) -> list[ChatId]:
        for question in questions:
            self.bench.service.new_chat()
            self.bench.now_ms += 1
            self.bench.service.send(question, Effort.LOW)
            self.bench.settle()
        return [chat.id for chat in reversed(self.list.chats)]

    @property
    def list(self) -> ChatsChanged:
        self.bench.settle()
        told = self.bench.of(ChatsChanged)[-1]
        assert isinstance(told, ChatsChanged)
        return told

    def chat(self, chat_id: ChatId) -> Chat:
        return next(chat for chat in self.list.chats if chat.id == chat_id)

    def folder(self, name: str) -> Folder:
        return next(folder for folder in self.list.folders if folder.name == name)


@pytest.fixture
def shelf(bench: Bench) -> Shelf:
    return Shelf(bench)


def test_folders_are_told_with_the_chats(shelf: Shelf) -> None:
    one, two = shelf.add("First", "Second")
    shelf.shelves.add_folder("  Work \n things ", [one])
    work = shelf.folder("Work things")
    assert (shelf.chat(one).folder_id, shelf.chat(two).folder_id) == (work.id, None)

    shelf.shelves.rename_folder(work.id, "Work")
    shelf.shelves.rename_folder(work.id, "   ")
    shelf.shelves.add_folder(" ")
    shelf.shelves.fold(work.id, is_open=False)
    assert shelf.list.folders == (Folder(work.id, "Work", is_open=False),)

    shelf.shelves.move([one, two], None)
    assert {chat.folder_id for chat in shelf.list.chats} == {None}


def test_folders_are_put_in_order(shelf: Shelf) -> None:
    shelf.shelves.add_folder("a")
    shelf.shelves.add_folder("b")
    shelf.shelves.place_folder(shelf.folder("b").id, shelf.folder("a").id)
    assert [folder.name for folder in shelf.list.folders] == ["b", "a"]


def test_a_tag_is_written_as_it_is_known_and_without_its_sign(shelf: Shelf) -> None:
    one, two = shelf.add("First", "Second")
    shelf.shelves.tag([one], " #Work ", is_on=True)
    shelf.list  # noqa: B018 - what is known is what was listed
    shelf.shelves.tag([one, two], "work", is_on=True)
    shelf.shelves.tag([one], " # ", is_on=True)
    assert shelf.chat(one).tags == shelf.chat(two).tags == ("Work",)
    shelf.shelves.tag([one], "WORK", is_on=False)
    assert shelf.chat(one).tags == ()


def test_a_pin_is_told_and_stays_when_the_chat_goes_on(shelf: Shelf) -> None:
    (one,) = shelf.add("First")
    shelf.shelves.pin([one], is_pinned=True)
    assert shelf.chat(one).is_pinned
    shelf.bench.service.send("And more?", Effort.LOW)
    assert shelf.chat(one).is_pinned


def test_who_gave_a_title_is_told(shelf: Shelf) -> None:
    (one,) = shelf.add("First")
    assert shelf.chat(one).title_by is TitleBy.WORDS
    shelf.bench.service.rename_chat(one, "Mine")
    assert shelf.chat(one).title_by is TitleBy.USER

    shelf.bench.service.new_chat("Named")
    shelf.bench.service.send("Hello", Effort.LOW)
    assert shelf.list.chats[0].title_by is TitleBy.USER


def offered(shelf: Shelf) -> list[ShelfStep]:
    shelf.bench.settle()
    found = [one.subject for one in shelf.bench.of(UndoOffered) if isinstance(one, UndoOffered)]
    return [one for one in found if isinstance(one, ShelfStep)]


def test_a_deleted_folder_comes_back_with_its_chats(shelf: Shelf) -> None:
    one, two = shelf.add("First", "Second")
    shelf.shelves.add_folder("Work", [one])
    work = shelf.folder("Work")
    shelf.shelves.delete_folder(work.id)
    assert not shelf.list.folders
    assert len(shelf.list.chats) == 2
    (step,) = offered(shelf)
    assert (step.deed, step.name) == (ShelfDeed.FOLDER_DELETED, "Work")
    shelf.bench.service.undo(step)
    assert shelf.list.folders == (work,)
    assert (shelf.chat(one).folder_id, shelf.chat(two).folder_id) == (work.id, None)


def test_several_chats_move_with_one_way_back(shelf: Shelf) -> None:
    one, two = shelf.add("First", "Second")
    shelf.shelves.add_folder("Work", [one])
    shelf.shelves.add_folder("Home")
    work, home = shelf.folder("Work"), shelf.folder("Home")
    shelf.shelves.move([one, two], home.id)
    assert {chat.folder_id for chat in shelf.list.chats} == {home.id}
    (step,) = offered(shelf)
    assert (step.deed, step.name, step.chats) == (ShelfDeed.CHATS_MOVED, "Home", 2)
    shelf.bench.service.undo()
    assert (shelf.chat(one).folder_id, shelf.chat(two).folder_id) == (work.id, None)
    shelf.shelves.move([two], None)
    assert len(offered(shelf)) == 1, "nothing moved, so there is nothing to take back"


def test_several_chats_are_deleted_with_one_way_back(shelf: Shelf) -> None:
    one, two, three = shelf.add("First", "Second", "Third")
    shelf.bench.service.trash.delete_all([one, three])
    assert [chat.id for chat in shelf.list.chats] == [two]
    (step,) = offered(shelf)
    assert (step.deed, step.chats) == (ShelfDeed.CHATS_DELETED, 2)
    shelf.bench.service.undo(step)
    assert [chat.id for chat in shelf.list.chats] == [three, two, one]


def test_one_chat_among_those_to_delete_is_deleted_as_ever(shelf: Shelf) -> None:
    (one,) = shelf.add("First")
    shelf.bench.service.trash.delete_all([one, ChatId(99)])
    assert not shelf.list.chats
    assert offered(shelf) == []
    shelf.bench.service.undo()
    assert [chat.id for chat in shelf.list.chats] == [one]


def test_a_tag_that_was_taken_off_can_be_put_back(shelf: Shelf) -> None:
    one, two = shelf.add("First", "Second")
    shelf.shelves.tag([one], "work", is_on=True)
    assert shelf.chat(one).tags == ("work",)
    shelf.shelves.tag([one, two], "Work", is_on=False)
    assert shelf.chat(one).tags == ()
    (step,) = offered(shelf)
    assert (step.deed, step.name, step.chats) == (ShelfDeed.TAG_REMOVED, "work", 1)
    shelf.bench.service.undo(step)
    assert (shelf.chat(one).tags, shelf.chat(two).tags) == (("work",), ())


def test_a_chat_is_begun_in_a_folder(shelf: Shelf) -> None:
    shelf.add("First")
    shelf.shelves.add_folder("Work")
    work = shelf.folder("Work")
    shelf.bench.service.new_chat()
    shelf.shelves.begin_chat_in(work.id)
    shelf.bench.service.send("Second", Effort.LOW)
    assert [chat.folder_id for chat in shelf.list.chats] == [work.id, None]
    assert offered(shelf) == [], "nothing was moved that stood anywhere"


def test_another_chat_that_is_opened_meanwhile_goes_into_no_folder(shelf: Shelf) -> None:
    (one,) = shelf.add("First")
    shelf.shelves.add_folder("Work")
    shelf.bench.service.new_chat()
    shelf.shelves.begin_chat_in(shelf.folder("Work").id)
    shelf.bench.service.open_chat(one)
    shelf.bench.settle()
    shelf.bench.service.new_chat()
    shelf.bench.service.send("Second", Effort.LOW)
    assert {chat.folder_id for chat in shelf.list.chats} == {None}

"""The trash as a page of it would use it."""

from __future__ import annotations

from app.chats.changes import ChatOpened, ChatsChanged, DeletedMessages, UndoOffered
from app.chats.ids import ChatId
from app.chats.trash_values import KEEP_DELETED_MS, TrashedChat
from engine.harmony.messages import Effort
from tests.app.service.conftest import Bench


def begin(bench: Bench, text: str) -> ChatId:
    bench.service.new_chat()
    bench.service.send(text, Effort.LOW)
    bench.settle()
    opened = bench.service._open.id
    assert opened is not None
    return opened


def trashed(bench: Bench) -> tuple[TrashedChat, ...]:
    found: list[tuple[TrashedChat, ...]] = []
    bench.service.trash.list(found.append)
    bench.settle()
    return found[0]


def parts(bench: Bench) -> tuple[DeletedMessages, ...]:
    found: list[tuple[DeletedMessages, ...]] = []
    bench.service.trash.parts(found.append)
    bench.settle()
    return found[0]


def listed(bench: Bench) -> set[ChatId]:
    told = bench.of(ChatsChanged)[-1]
    assert isinstance(told, ChatsChanged)
    return {chat.id for chat in told.chats}


def test_a_deleted_chat_is_in_the_trash_and_comes_back_from_there(bench: Bench) -> None:
    one, two = begin(bench, "one"), begin(bench, "two")
    bench.service.delete_chat(one)
    bench.settle()
    (found,) = trashed(bench)
    assert (found.chat.id, found.chat.title, found.deleted_ms) == (one, "one", bench.now_ms)

    bench.changes.clear()
    bench.service.trash.restore(one)
    bench.settle()
    assert listed(bench) == {one, two}
    assert trashed(bench) == ()
    assert not bench.of(ChatOpened), "what is shown stays"
    bench.service.undo()
    bench.settle()
    assert not bench.of(ChatOpened), "it is back already, so there is nothing to undo"


def test_what_is_destroyed_cannot_be_undone(bench: Bench) -> None:
    one, two = begin(bench, "one"), begin(bench, "two")
    for chat_id in (one, two):
        bench.service.delete_chat(chat_id)
    bench.settle()
    bench.service.trash.purge(two)
    bench.settle()
    assert [it.chat.id for it in trashed(bench)] == [one]
    bench.service.undo()
    bench.settle()
    assert listed(bench) == {one}, "the other one is brought back"


def test_the_trash_is_emptied_of_chats_and_parts(bench: Bench) -> None:
    one, two = begin(bench, "one"), begin(bench, "two")
    bench.service.tree.delete(bench.service._open.branch[1].id)
    bench.service.delete_chat(one)
    bench.settle()
    assert [part.chat.id for part in parts(bench)] == [two]
    bench.service.trash.empty()
    bench.settle()
    assert (trashed(bench), parts(bench)) == ((), ())
    assert listed(bench) == {two}
    bench.service.undo()
    bench.settle()
    assert listed(bench) == {two}


def test_a_part_comes_back_from_the_trash_and_is_shown(bench: Bench) -> None:
    one = begin(bench, "one")
    bench.service.tree.delete(bench.service._open.branch[1].id)
    begin(bench, "two")
    (part,) = parts(bench)
    bench.service.trash.restore_part(part)
    bench.settle()
    shown = bench.of(ChatOpened)[-1]
    assert isinstance(shown, ChatOpened)
    assert shown.chat is not None
    assert (shown.chat.id, [one.text for one in shown.messages]) == (one, ["one", "fine"])
    assert parts(bench) == ()


def test_a_part_can_be_destroyed_alone(bench: Bench) -> None:
    begin(bench, "one")
    bench.service.tree.delete(bench.service._open.branch[1].id)
    bench.settle()
    (part,) = parts(bench)
    assert bench.of(UndoOffered) == [UndoOffered(part)]
    bench.service.trash.purge_part(part)
    bench.settle()
    assert parts(bench) == ()
    bench.service.undo()
    bench.settle()
    assert [one.text for one in bench.service._open.branch] == ["one"]


def test_who_looks_after_thirty_days_finds_nothing(bench: Bench) -> None:
    one = begin(bench, "one")
    begin(bench, "two")
    bench.service.tree.delete(bench.service._open.branch[1].id)
    bench.service.delete_chat(one)
    bench.settle()
    bench.now_ms += KEEP_DELETED_MS
    assert len(trashed(bench)) == len(parts(bench)) == 1
    bench.now_ms += 1
    assert (trashed(bench), parts(bench)) == ((), ())


def test_a_part_brings_back_what_it_follows_and_there_is_nothing_left_to_undo(
    bench: Bench,
) -> None:
    begin(bench, "one")
    question, answer = bench.service._open.branch
    bench.service.tree.delete(answer.id)
    bench.settle()
    bench.service.tree.delete(question.id)
    bench.settle()
    inner = parts(bench)[-1]
    bench.service.trash.restore_part(inner)
    bench.settle()
    assert [one.text for one in bench.service._open.branch] == ["one", "fine"]
    told = len(bench.changes)
    bench.service.undo()
    bench.settle()
    assert len(bench.changes) == told

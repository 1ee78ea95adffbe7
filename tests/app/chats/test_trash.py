"""What was deleted, in the database: found, brought back, destroyed."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from app.chats.chat_files import ChatFile
from app.chats.database import StorageError
from app.chats.ids import ChatId, MessageId
from app.chats.store import ChatStore
from app.chats.values import Message, MessageStatus
from app.tools.values import Attachment, SourcePage
from engine.harmony.messages import Effort
from tests.app.chats.conftest import OpenStore

PAGE = SourcePage(3, "https://example.org", "A page", ("one", "two"), ())


def ask(store: ChatStore, text: str, parent: Message | None = None) -> Message:
    """A question with its answer; returns the answer."""
    chat_id, parent_id = (parent.chat_id, parent.id) if parent else (None, None)
    _, question = store.append_user(chat_id, parent_id, text, Effort.LOW, 1, title="Rome")
    answer = store.begin_answer(question.id, Effort.LOW, 2)
    store.finish_answer(replace(answer, text=f"re {text}", status=MessageStatus.COMPLETE))
    return answer


def texts(store: ChatStore, chat_id: ChatId) -> list[str]:
    return [one.text for one in store.branch(chat_id)]


def test_deleted_chats_are_listed_until_they_come_back_or_are_purged(store: ChatStore) -> None:
    one, two = ask(store, "one").chat_id, ask(store, "two").chat_id
    store.delete_chat(one, 10)
    store.delete_chat(two, 20)
    assert [(it.chat.id, it.deleted_ms) for it in store.trash.chats()] == [(two, 20), (one, 10)]
    assert store.trash.chats()[0].purge_ms == 20 + 30 * 24 * 3600 * 1000

    store.restore_chat(two)
    store.trash.purge_chat(two)
    assert texts(store, two) == ["two", "re two"], "only a deleted chat is destroyed"
    store.trash.purge_chat(one)
    assert store.trash.chats() == ()
    assert store.branch(one) == ()


def test_a_part_that_was_deleted_is_there_after_a_restart(open_store: OpenStore) -> None:
    store = open_store()
    answer = ask(store, "first")
    second = ask(store, "second\nline", answer)
    assert second.parent_id is not None
    store.trash.delete_messages(second.parent_id, 5)
    store.close()

    store = open_store()
    (part,) = store.trash.parts()
    assert (part.text, part.messages, part.deleted_ms) == ("second line", 2, 5)
    assert part.chat.title == "Rome"
    assert texts(store, answer.chat_id) == ["first", "re first"]
    assert store.trash.restore_messages(part.number).chat_id == answer.chat_id
    assert texts(store, answer.chat_id) == ["first", "re first", "second\nline", "re second\nline"]
    assert store.trash.parts() == ()
    with pytest.raises(StorageError):
        store.trash.restore_messages(part.number)


def test_a_part_comes_back_with_the_one_it_follows(store: ChatStore) -> None:
    first = ask(store, "first")
    second = ask(store, "second", first)
    third = ask(store, "third", second)
    assert second.parent_id is not None
    inner = store.trash.delete_messages(third.id, 1)
    outer = store.trash.delete_messages(second.parent_id, 2)
    assert (inner.messages, outer.messages) == (1, 3)

    back = store.trash.restore_messages(inner.number)
    assert back.numbers == {inner.number, outer.number}
    assert store.trash.parts() == ()
    assert texts(store, first.chat_id) == [
        *("first", "re first", "second", "re second", "third", "re third")
    ]


def test_a_part_comes_back_without_what_was_deleted_below_it_before(store: ChatStore) -> None:
    first = ask(store, "first")
    second = ask(store, "second", first)
    assert second.parent_id is not None
    inner = store.trash.delete_messages(second.id, 1)
    outer = store.trash.delete_messages(second.parent_id, 2)
    store.trash.restore_messages(outer.number)
    assert texts(store, first.chat_id) == ["first", "re first", "second"]
    assert [one.number for one in store.trash.parts()] == [inner.number]


def test_purging_a_part_destroys_what_was_deleted_below_it_before(store: ChatStore) -> None:
    first = ask(store, "first")
    second = ask(store, "second", first)
    third = ask(store, "third", second)
    assert second.parent_id is not None
    store.trash.delete_messages(third.id, 1)
    outer = store.trash.delete_messages(second.parent_id, 2)
    store.trash.purge_messages(outer.number)
    assert store.trash.parts() == ()
    count = store.database.rows("SELECT count(*) FROM message")[0][0]
    assert count == 2
    assert texts(store, first.chat_id) == ["first", "re first"]


def test_after_thirty_days_parts_are_destroyed_and_nothing_of_them_is_in_the_file(
    open_store: OpenStore, file: Path
) -> None:
    store = open_store()
    first = ask(store, "first")
    second = ask(store, "second", first)
    number = store.tool_results.keep(second.id, 1, [Attachment("a", "text/plain", b"x", "")], PAGE)
    store.trash.delete_messages(second.id, 5)
    assert store.purge_deleted(5) == 0
    assert store.purge_deleted(6) == 1
    assert store.tool_results.attachment(number[0].id) is None
    in_index = "SELECT count(*) FROM message_index WHERE rowid = ?"
    assert store.database.rows(in_index, (second.id,)) == [(0,)]
    assert file.with_name(f"{file.name}-wal").stat().st_size == 0
    assert texts(store, first.chat_id) == ["first", "re first", "second"]


def test_a_very_long_part_is_deleted_brought_back_and_destroyed(memory: ChatStore) -> None:
    answer = ask(memory, "0")
    root = answer
    for at in range(1, 600):
        answer = ask(memory, str(at), answer)
    part = memory.trash.delete_messages(root.id, 1)
    assert part.messages == 1199
    memory.trash.restore_messages(part.number)
    assert memory.chats()[0].leaf_id == answer.id
    again = memory.trash.delete_messages(root.id, 2)
    memory.trash.purge_messages(again.number)
    assert texts(memory, root.chat_id) == ["0"]


def test_nothing_follows_a_message_that_was_deleted(
    store: ChatStore, open_store: OpenStore
) -> None:
    answer = ask(store, "first")
    assert answer.parent_id is not None
    other = open_store()
    other.trash.delete_messages(answer.parent_id, 1)
    with pytest.raises(StorageError):
        ask(store, "too late", answer)
    with pytest.raises(StorageError):
        store.begin_answer(answer.parent_id, Effort.LOW, 3)
    with pytest.raises(StorageError):
        store.set_leaf(answer.chat_id, answer.id)
    with pytest.raises(StorageError):
        store.tree.show(answer.chat_id, answer.id)
    with pytest.raises(StorageError):
        store.trash.delete_messages(answer.id, 2)
    with pytest.raises(StorageError):
        store.tree.copy(answer.chat_id, answer.id, 4)
    assert store.tree.siblings(answer.id) == ()


def test_an_answer_that_is_still_written_by_another_process_stays_deleted(
    store: ChatStore, open_store: OpenStore
) -> None:
    _, question = store.append_user(None, None, "first", Effort.LOW, 1, title="Rome")
    answer = store.begin_answer(question.id, Effort.LOW, 2)
    part = open_store().trash.delete_messages(answer.id, 3)
    store.finish_answer(replace(answer, text="whole", status=MessageStatus.COMPLETE))
    assert texts(store, answer.chat_id) == ["first"]
    store.trash.restore_messages(part.number)
    assert texts(store, answer.chat_id) == ["first", "whole"]


def test_forks_are_where_several_messages_follow_one(store: ChatStore) -> None:
    first = ask(store, "first")
    assert first.parent_id is not None
    assert store.tree.forks(first.chat_id) == {}
    again = store.begin_answer(first.parent_id, Effort.LOW, 3)
    beginning = ask(store, "another beginning", replace(first, id=None))  # type: ignore[arg-type]
    forks = store.tree.forks(first.chat_id)
    assert forks == {
        None: (first.parent_id, beginning.parent_id),
        first.parent_id: (first.id, again.id),
    }
    store.trash.delete_messages(again.id, 4)
    assert list(store.tree.forks(first.chat_id)) == [None]
    assert store.tree.forks(ChatId(99)) == {}


def test_a_copy_has_all_of_its_branch_and_nothing_of_the_others(store: ChatStore) -> None:
    first = ask(store, "first")
    second = ask(store, "second", first)
    ask(store, "another second", first)
    (made,) = store.tool_results.keep(second.id, 1, [Attachment("a", "text/plain", b"x", "")], PAGE)
    store.files.write(first.chat_id, ChatFile("notes.txt", 2, 7), b"hi")
    store.files.begin_notebook(first.chat_id)
    store.tool_results.switch(first.chat_id, ["python"])
    store.answer_forms.instruct(first.chat_id, "Be brief.")

    copy = store.tree.copy(first.chat_id, second.id, 50)
    assert (copy.title, copy.updated_ms, copy.created_ms) == ("Rome (2)", 50, 1)
    assert (copy.tools, copy.instructions) == (("python",), "Be brief.")
    assert texts(store, copy.id) == ["first", "re first", "second", "re second"]
    assert store.tree.forks(copy.id) == {}
    leaf = copy.leaf_id
    assert leaf is not None
    assert store.tool_results.page(leaf, 1) == PAGE
    assert store.files.read(copy.id, "notes.txt") == b"hi"
    assert store.files.begin_notebook(copy.id), "the model hears that its variables are gone"

    store.delete_chat(first.chat_id, 60)
    store.purge_deleted(61)
    assert store.tool_results.attachment(made.id) is None
    assert texts(store, copy.id) == ["first", "re first", "second", "re second"]


def test_copies_are_numbered(store: ChatStore) -> None:
    first = ask(store, "first")
    titles = [store.tree.copy(first.chat_id, first.id, at).title for at in (5, 6)]
    last = store.chats()[0]
    assert last.leaf_id is not None
    titles.append(store.tree.copy(last.id, last.leaf_id, 7).title)
    assert titles == ["Rome (2)", "Rome (3)", "Rome (4)"]
    with pytest.raises(StorageError):
        store.tree.copy(first.chat_id, MessageId(99), 8)
    with pytest.raises(StorageError):
        store.tree.copy(ChatId(99), first.id, 8)


def test_what_follows_a_message_is_found_step_by_step(memory: ChatStore) -> None:
    """Through the whole chat at each step, ten thousand messages took eight seconds."""
    statements: list[str] = []
    memory.database._connection.set_trace_callback(statements.append)
    answer = ask(memory, "first")
    part = memory.trash.delete_messages(answer.id, 1)
    memory.trash.purge_messages(part.number)
    memory.database._connection.set_trace_callback(None)
    below = {one for one in statements if "RECURSIVE below" in one}  # triggers tell it again
    assert len(below) == 2
    for statement in below:
        plan = [str(row[3]) for row in memory.database.rows(f"EXPLAIN QUERY PLAN {statement}")]
        assert any("message_by_parent (chat_id=? AND parent_id=?)" in step for step in plan), plan


def test_what_was_deleted_does_not_go_out_with_its_chat(store: ChatStore) -> None:
    first = ask(store, "first")
    second = ask(store, "second", first)
    assert second.parent_id is not None
    store.trash.delete_messages(second.parent_id, 1)
    found = store.archive.read(first.chat_id)
    assert found is not None
    assert [one.text for one in found.messages] == ["first", "re first"]
    assert found.leaf == first.id

from __future__ import annotations

from collections.abc import Iterator
from contextlib import suppress
from dataclasses import replace
from pathlib import Path

import pytest

from app.archive.values import ArchivedChat, ArchivedMessage
from app.chats.chat_files import ChatFile
from app.chats.database import StorageError, open_database
from app.chats.ids import FIRST_PRIVATE
from app.chats.split_database import SplitDatabase
from app.chats.store import ChatStore
from app.chats.stored_checks import StoredChecks
from app.chats.values import Chat, Message, MessageRole, MessageStatus
from app.safeguard.message_check import CheckState, MessageCheck
from app.secrets import DatabaseKey
from app.tools.values import Attachment
from engine.harmony.messages import Effort

CANARY = "zanzibar"


@pytest.fixture
def plain(file: Path) -> Iterator[ChatStore]:
    """A history whose file can be looked through, since it is not encrypted."""
    store = ChatStore(SplitDatabase(open_database(file, DatabaseKey(None))))
    yield store
    with suppress(StorageError):  # a test may have closed it
        store.close()


def begin(store: ChatStore, text: str = CANARY) -> tuple[Chat, Message]:
    chat = store.private.begin("Private chat", 5)
    chat, question = store.append_user(chat.id, None, text, Effort.LOW, 6, title="-")
    store.private.entitle(chat, text)
    answer = store.begin_answer(question.id, Effort.LOW, 7)
    whole = replace(answer, text=f"{text} is an island", status=MessageStatus.COMPLETE)
    store.finish_answer(whole)
    return chat, whole


def on_disk(folder: Path) -> bytes:
    return b"".join(one.read_bytes() for one in folder.rglob("*") if one.is_file())


def test_nothing_of_a_private_chat_reaches_the_disk(plain: ChatStore, file: Path) -> None:
    chat, answer = begin(plain)
    assert chat.is_private
    assert answer.id > FIRST_PRIVATE
    plain.drafts.keep(chat.id, f"draft {CANARY}")
    plain.answer_forms.instruct(chat.id, f"be {CANARY}")
    plain.files.write(chat.id, ChatFile("a", 1, 1), CANARY.encode())
    plain.files.begin_notebook(chat.id)
    plain.tool_results.keep(answer.id, 0, (Attachment(CANARY, "text/csv", b"x"),), None)
    plain.shelves.tag((chat.id,), CANARY, is_on=True)
    StoredChecks(plain.database).keep(answer.id, MessageCheck(CheckState.FINE, CANARY))
    while plain.search.index.work(1.0):
        pass
    plain.delete_chat(chat.id, 9)
    plain.restore_chat(chat.id)
    plain.database.fold_log()
    assert CANARY.encode() not in on_disk(file.parent)
    # The control: all of that is there, and the same words of a kept chat are found on the disk.
    assert plain.drafts.all() == {chat.id: f"draft {CANARY}"}
    assert [one.text for one in plain.branch(chat.id)] == [CANARY, f"{CANARY} is an island"]
    assert plain.files.read(chat.id, "a") == CANARY.encode()
    (listed,) = plain.chats()
    assert (listed.title, listed.tags, listed.instructions) == (CANARY, (CANARY,), f"be {CANARY}")
    plain.append_user(None, None, CANARY, Effort.LOW, 6, title="kept")
    assert CANARY.encode() in on_disk(file.parent)


def test_both_kinds_of_chats_are_listed_and_stay_apart(plain: ChatStore) -> None:
    kept, _ = plain.append_user(None, None, "hello", Effort.LOW, 6, title="kept")
    private, _ = begin(plain)
    assert [one.is_private for one in plain.chats()] == [False, True]
    plain.rename_chat(kept.id, "other")
    plain.rename_chat(private.id, "secret")
    assert [one.title for one in plain.chats()] == ["other", "secret"]
    after, _ = plain.append_user(None, None, "more", Effort.LOW, 8, title="third")
    assert not after.is_private
    assert plain.purge_deleted(99) == 0
    plain.delete_chat(private.id, 9)
    assert plain.purge_deleted(10) == 1
    assert [one.title for one in plain.chats()] == ["third", "other"]


def test_a_private_chat_is_found_in_memory(plain: ChatStore) -> None:
    begin(plain)
    plain.append_user(None, None, f"also {CANARY}", Effort.LOW, 6, title="kept")
    assert plain.search.index.waiting() == 3
    while plain.search.index.work(1.0):
        pass
    assert plain.search.index.waiting() == 0
    found = plain.search.find(CANARY, plain.chats(), 10)
    assert found.total == 3
    assert {hit.chat_id >= FIRST_PRIVATE for hit in found.hits} == {True, False}


def test_an_empty_private_chat_is_used_again(plain: ChatStore) -> None:
    first = plain.private.begin("Private chat", 5)
    assert plain.private.begin("Private chat", 6).id == first.id
    begun, _ = begin(plain)
    assert begun.id == first.id
    assert plain.private.begin("Private chat", 7).id != first.id


def test_it_is_gone_when_the_history_is_closed(plain: ChatStore, file: Path) -> None:
    begin(plain)
    plain.close()
    again = ChatStore(SplitDatabase(open_database(file, DatabaseKey(None))))
    assert again.chats() == ()
    assert not again.private.begin("Private chat", 5).leaf_id
    again.close()


def test_one_that_is_kept_moves_into_the_history(plain: ChatStore, file: Path) -> None:
    private, _ = begin(plain)
    plain.files.write(private.id, ChatFile("a", 1, 1), b"x")
    kept = plain.private.keep(private.id)
    assert kept < FIRST_PRIVATE
    assert [one.id for one in plain.chats()] == [kept]
    assert [one.text for one in plain.branch(kept)] == [CANARY, f"{CANARY} is an island"]
    assert plain.files.read(kept, "a") == b"x"
    assert plain.branch(private.id) == ()
    assert CANARY.encode() in on_disk(file.parent)
    with pytest.raises(StorageError):
        plain.private.keep(private.id)


def test_a_failure_leaves_nothing_half_done_in_either(plain: ChatStore) -> None:
    private, answer = begin(plain)
    with pytest.raises(RuntimeError), plain.database.transaction():  # noqa: PT012
        plain.database.rows("UPDATE chat SET title = 'x' WHERE id = ?", (private.id,))
        plain.database.rows("INSERT INTO known_word VALUES (?)", ("x",))
        raise RuntimeError
    assert [one.title for one in plain.chats()] == [CANARY]
    assert plain.database.rows("SELECT * FROM known_word") == []
    assert answer.id in {one.id for one in plain.branch(private.id)}


def test_a_history_without_a_part_in_memory_says_so(memory: ChatStore) -> None:
    with pytest.raises(StorageError):
        memory.private.begin("Private chat", 5)


def test_the_record_of_calls_can_be_cleared_in_both(plain: ChatStore) -> None:
    begin(plain)
    assert plain.permissions.clear_record(5) == 0


def test_other_branches_parts_in_the_trash_and_copies_of_it_stay_in_memory(
    plain: ChatStore, file: Path
) -> None:
    kept, _ = plain.append_user(None, None, "hello", Effort.LOW, 6, title="kept")
    chat, answer = begin(plain)
    assert answer.parent_id is not None
    _, edited = plain.append_user(chat.id, None, f"{CANARY} again", Effort.LOW, 8, title="-")
    assert plain.tree.forks(chat.id) == {None: (answer.parent_id, edited.id)}
    plain.tree.show(chat.id, answer.parent_id)
    assert [one.id for one in plain.branch(chat.id)] == [answer.parent_id, answer.id]
    assert [one.id for one in plain.tree.siblings(edited.id)] == [answer.parent_id, edited.id]

    part = plain.trash.delete_messages(answer.parent_id, 9)
    assert part.messages == 2
    assert plain.trash.parts() == (part,)
    assert [one.id for one in plain.branch(chat.id)] == [edited.id]
    plain.trash.restore_messages(part.number)
    again = plain.trash.delete_messages(answer.id, 9)
    plain.trash.purge_messages(again.number)
    assert plain.trash.parts() == ()

    copy = plain.tree.copy(chat.id, edited.id, 10)
    assert copy.is_private
    assert [one.text for one in plain.branch(copy.id)] == [f"{CANARY} again"]
    assert not plain.tree.copy(kept.id, plain.branch(kept.id)[0].id, 11).is_private
    plain.trash.delete_messages(edited.id, 12)
    assert plain.purge_deleted(13) == 1
    plain.database.fold_log()
    assert CANARY.encode() not in on_disk(file.parent)


def test_a_chat_of_1970_that_is_brought_in_is_kept(plain: ChatStore) -> None:
    begin(plain)
    message = ArchivedMessage(1, None, MessageRole.USER, "old", 2**30 + 5)
    (made,) = plain.archive.add([ArchivedChat("x:1", "Old", 2**30 + 5, 2**31 - 1, 1, (message,))])
    assert made is not None
    assert made < FIRST_PRIVATE
    assert [one.text for one in plain.branch(made)] == ["old"]

from __future__ import annotations

import pytest

from app.attachments.values import AttachedFile, FileKind, PartUnit
from app.chats.database import StorageError
from app.chats.ids import MessageId
from app.chats.message_files import copy_files, files_of
from app.chats.store import ChatStore
from engine.harmony.messages import Effort

REPORT = AttachedFile(
    "report.pdf", FileKind.PDF, "Page one \ud83d", PartUnit.PAGE, 12, ((1, 3), (7, 7)), tokens=9
)
KEPT = AttachedFile(
    "report.pdf", FileKind.PDF, "Page one \ufffd", PartUnit.PAGE, 12, ((1, 3), (7, 7)), tokens=9
)
SUMMARY = AttachedFile("n.md", FileKind.MARKDOWN, "In short", is_summary=True)


def test_files_come_back_with_their_message_in_order(store: ChatStore) -> None:
    chat, sent = store.append_user(
        None, None, "Look", Effort.LOW, 1, title="Look", files=(REPORT, SUMMARY)
    )
    assert sent.files == (REPORT, SUMMARY)
    answer = store.begin_answer(sent.id, Effort.LOW, 2)
    branch = store.branch(chat.id)
    assert branch[0].files == (KEPT, SUMMARY)
    assert branch[1].id == answer.id
    assert branch[1].files == ()


def test_files_are_copied_to_another_message_and_go_with_their_chat(memory: ChatStore) -> None:
    chat, first = memory.append_user(None, None, "a", Effort.LOW, 1, title="a", files=(SUMMARY,))
    _, second = memory.append_user(chat.id, None, "b", Effort.LOW, 2, title="a")
    with memory.database.transaction():
        copy_files(memory.database, first.id, second.id)
    assert memory.branch(chat.id)[0].files == (SUMMARY,)
    memory.delete_chat(chat.id, 3)
    memory.purge_deleted(4)
    assert files_of(memory.database, [first.id, second.id]) == {}
    assert memory.database.rows("SELECT count(*) FROM message_file") == [(0,)]


def test_a_message_that_cannot_be_stored_leaves_no_files(memory: ChatStore) -> None:
    chat, _ = memory.append_user(None, None, "a", Effort.LOW, 1, title="a")
    with pytest.raises(StorageError):
        memory.append_user(chat.id, MessageId(99), "b", Effort.LOW, 2, title="b", files=(SUMMARY,))
    assert memory.database.rows("SELECT count(*) FROM message_file") == [(0,)]

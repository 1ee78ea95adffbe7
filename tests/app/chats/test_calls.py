"""Calls of tools in the encrypted history: kept with their answer, and gone with it."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.chats.database import StorageError, open_memory_database
from app.chats.store import ChatStore
from app.chats.tool_results import MOST_PAGES
from app.chats.values import Message, MessageStatus
from app.chats.writer import Writer
from app.permissions.values import Answered, By, Scope
from app.tools.records import CallRecord, CallStatus, PageRef
from app.tools.values import (
    Attachment,
    AttachmentRef,
    CallTarget,
    CallView,
    Progress,
    SourcePage,
    TargetKind,
    ToolFamily,
)
from engine.harmony.messages import Effort
from tests.app.chats.conftest import OpenStore

DEAD = Writer.parse("1 0.0 dead")
VIEW = CallView("python", ToolFamily.PYTHON, CallTarget(TargetKind.CODE), "1 + 1", "python")
PAGE = SourcePage(
    3, "https://example.com/", "Ein Titel 제목", ("L0", "", "한국어"), ("https://a/",)
)
PLOT = Attachment("plot.png", "image/png", bytes(range(256)), "a curve")
CALL = CallRecord(
    0,
    "functions.python",
    VIEW,
    CallStatus.DONE,
    original="1+1",
    written="1+1",
    channel="analysis",
    preamble_chars=4,
    text_chars=2,
    result="2",
    note="",
    attachments=(AttachmentRef(1, "plot.png", "image/png", 256, "a curve"),),
    page=PageRef(3, "https://example.com/", "Ein Titel"),
    files=("데이터.csv",),
    origins=("example.com",),
    suggested_by=("evil.example",),
    answered=Answered(is_allowed=True, by=By.PERSON, scope=Scope.CHAT, rule_id=7, at_ms=9),
    started_ms=10,
    ended_ms=20,
)


def answer_of(store: ChatStore, title: str = "Chat") -> Message:
    _, question = store.append_user(None, None, "Hi", Effort.LOW, 1, title=title)
    return store.begin_answer(question.id, Effort.LOW, 2)


def kept_calls(store: ChatStore, answer: Message) -> tuple[CallRecord, ...]:
    return store.branch(answer.chat_id)[-1].calls


def test_calls_come_back_as_they_were_also_after_a_restart(open_store: OpenStore) -> None:
    store = open_store()
    answer = answer_of(store)
    later = replace(CALL, number=1, status=CallStatus.DENIED, answered=None, page=None)
    store.update_answer(replace(answer, calls=(replace(CALL, status=CallStatus.RUNNING),)))
    store.finish_answer(
        replace(answer, calls=(CALL, later), text="2", status=MessageStatus.COMPLETE)
    )
    store.close()
    store = open_store()
    assert kept_calls(store, answer) == (CALL, later)
    assert store.tree.siblings(answer.id)[0].calls == (CALL, later)


def test_progress_is_not_kept_and_lone_surrogates_do_no_harm(store: ChatStore) -> None:
    answer = answer_of(store)
    running = replace(
        CALL, status=CallStatus.RUNNING, progress=Progress(0.5, "half"), result="\ud800!"
    )
    store.update_answer(replace(answer, calls=(running,)))
    (found,) = kept_calls(store, answer)
    assert found == replace(running, progress=None, result="\N{REPLACEMENT CHARACTER}!")


@pytest.mark.parametrize("status", list(CallStatus))
def test_what_a_dead_program_left_open_is_stopped(
    store: ChatStore, open_store: OpenStore, status: CallStatus
) -> None:
    dead = open_store(DEAD)
    answer = answer_of(dead)
    dead.update_answer(replace(answer, calls=(CALL, replace(CALL, number=1, status=status))))
    store.mark_interrupted()
    is_open = status in {CallStatus.WAITING, CallStatus.PAUSED, CallStatus.RUNNING}
    found = [call.status for call in kept_calls(store, answer)]
    assert found == [CallStatus.DONE, CallStatus.STOPPED if is_open else status]


def test_a_final_answer_keeps_its_calls(store: ChatStore) -> None:
    answer = answer_of(store)
    ended = replace(answer, calls=(CALL,), status=MessageStatus.STOPPED)
    store.finish_answer(ended)
    store.update_answer(replace(answer, calls=(replace(CALL, result="forged"),)))
    assert kept_calls(store, answer) == (CALL,)


def test_attachments_and_pages_come_back_by_number(store: ChatStore) -> None:
    answer = answer_of(store)
    table = Attachment("table.html", "text/html", "<table>표</table>".encode())
    refs = store.tool_results.keep(answer.id, 0, (PLOT, table), PAGE)
    assert [(ref.name, ref.media_type, ref.size, ref.text) for ref in refs] == [
        ("plot.png", "image/png", 256, "a curve"),
        ("table.html", "text/html", len(table.data), ""),
    ]
    assert [store.tool_results.attachment(ref.id) for ref in refs] == [PLOT, table]
    assert store.tool_results.page(answer.id, 0) == PAGE
    assert store.tool_results.page(answer.id, 1) is None
    assert store.tool_results.attachment(999) is None


def test_pages_of_a_branch_come_in_order_and_no_others(store: ChatStore) -> None:
    other = answer_of(store, "other")
    store.tool_results.keep(other.id, 0, (), replace(PAGE, title="of another chat"))
    first = answer_of(store)
    pages = [replace(PAGE, cursor=number, title=f"page {number}") for number in range(4)]
    store.tool_results.keep(first.id, 0, (), pages[0])
    store.tool_results.keep(first.id, 2, (), pages[1])
    _, question = store.append_user(first.chat_id, first.id, "more", Effort.LOW, 3, title="-")
    second = store.begin_answer(question.id, Effort.LOW, 4)
    store.tool_results.keep(second.id, 1, (), pages[2])
    _, edited = store.append_user(first.chat_id, first.id, "or else", Effort.LOW, 5, title="-")
    beside = store.begin_answer(edited.id, Effort.LOW, 6)
    store.tool_results.keep(beside.id, 0, (), pages[3])
    assert store.tool_results.pages(first.chat_id, second.id) == tuple(pages[:3])
    assert store.tool_results.pages(first.chat_id, beside.id) == (pages[0], pages[1], pages[3])


def test_of_very_many_pages_the_latest_come(store: ChatStore) -> None:
    answer = answer_of(store)
    for number in range(MOST_PAGES + 3):
        store.tool_results.keep(answer.id, number, (), replace(PAGE, cursor=number))
    cursors = [page.cursor for page in store.tool_results.pages(answer.chat_id, answer.id)]
    assert cursors == list(range(3, MOST_PAGES + 3))


def test_with_the_chat_everything_goes(store: ChatStore) -> None:
    answer = answer_of(store)
    (ref,) = store.tool_results.keep(answer.id, 0, (PLOT,), PAGE)
    store.update_answer(replace(answer, calls=(CALL,)))
    store.delete_chat(answer.chat_id, 5)
    assert store.purge_deleted(6) == 1
    assert store.tool_results.attachment(ref.id) is None
    assert store.tool_results.page(answer.id, 0) is None
    for table in ("tool_call", "attachment", "source_page"):
        assert store._database.rows(f"SELECT count(*) FROM {table}") == [(0,)]  # noqa: S608 - three names
    with pytest.raises(StorageError):
        store.tool_results.keep(answer.id, 0, (PLOT,), None)
    store.update_answer(replace(answer, calls=(CALL,)))
    assert store._database.rows("SELECT count(*) FROM tool_call") == [(0,)]


def test_which_tools_are_on_is_kept_with_the_chat(open_store: OpenStore) -> None:
    store = open_store()
    answer = answer_of(store)
    (chat,) = store.chats()
    assert chat.tools is None
    store.tool_results.switch(answer.chat_id, ("browser", "mcp/파일"))
    store.close()
    (chat,) = open_store().chats()
    assert chat.tools == ("browser", "mcp/파일")


def test_nothing_of_a_call_lies_readable_on_the_disk(store: ChatStore, file: Path) -> None:
    answer = answer_of(store)
    private = "correct horse battery staple"
    store.tool_results.keep(
        answer.id,
        0,
        (Attachment(private, "text/plain", private.encode()),),
        replace(PAGE, lines=(private,)),
    )
    store.update_answer(replace(answer, calls=(replace(CALL, result=private),)))
    for found in file.parent.iterdir():
        assert private.encode() not in found.read_bytes(), found.name


@given(
    body=st.text(max_size=30),
    result=st.text(max_size=30),
    status=st.sampled_from(CallStatus),
    origins=st.lists(st.text(max_size=9), max_size=3),
)
def test_any_call_comes_back(
    body: str, result: str, status: CallStatus, origins: list[str]
) -> None:
    store = ChatStore(open_memory_database())
    try:
        answer = answer_of(store)
        call = replace(
            CALL,
            view=replace(VIEW, body=body),
            result=result,
            status=status,
            origins=tuple(origins),
        )
        store.update_answer(replace(answer, calls=(call,)))
        assert kept_calls(store, answer) == (call,)
    finally:
        store.close()

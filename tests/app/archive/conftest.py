"""A chat that has everything a chat can have, and stores in memory."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from app import resources
from app.attachments.values import AttachedFile, FileKind
from app.chats.chat_files import ChatFile
from app.chats.database import open_memory_database
from app.chats.ids import ChatId
from app.chats.store import ChatStore
from app.chats.stored_checks import StoredChecks
from app.chats.values import MessageStatus, Problem
from app.safeguard.message_check import CheckState, MessageCheck
from app.thoughts.summary_values import SummaryState, SummaryStep, ThoughtsSummary
from app.tools.records import CallRecord, CallStatus, PageRef
from app.tools.values import Attachment, CallTarget, CallView, SourcePage, TargetKind, ToolFamily
from app.words import Words
from engine.analysis_filter import ThoughtPiece, WithheldKind
from engine.events import Usage
from engine.harmony.messages import Effort, ResponseFormat

PIXEL = bytes.fromhex(
    "89504e470d0a1a0a0000000d49484452000000010000000108060000001f15c489"
    "0000000d4944415478da63fcffff3f030005fe02fea72d1e480000000049454e44ae426082"
)


@pytest.fixture
def words() -> Words:
    return Words("en", resources.path("translations"))


@pytest.fixture
def open_memory() -> Iterator[Callable[[], ChatStore]]:
    opened: list[ChatStore] = []

    def opener() -> ChatStore:
        opened.append(ChatStore(open_memory_database()))
        return opened[-1]

    yield opener
    for one in opened:
        one.close()


@pytest.fixture
def store(open_memory: Callable[[], ChatStore]) -> ChatStore:
    return open_memory()


def _set_options(store: ChatStore, chat_id: ChatId) -> None:
    store.answer_forms.keep(chat_id, ResponseFormat("shape", '{"type": "object"}'))
    store.answer_forms.instruct(chat_id, "Be brief.")
    store.tool_results.switch(chat_id, ("python",))
    store.files.write(chat_id, ChatFile("data/a.bin", 3, 42), b"\x00\xff\x01")
    store.shelves.add("Work", (chat_id,))
    store.shelves.pin((chat_id,), is_pinned=True)
    store.shelves.tag((chat_id,), "blue", is_on=True)


def fill(store: ChatStore) -> ChatId:
    """A tree with two branches, calls, pictures, pages, files, folder, tags and thoughts."""
    chat, question = store.append_user(
        None,
        None,
        "What is <b>this</b>? \ud55c\uad6d\uc5b4 \U0001f600",
        Effort.HIGH,
        1_700_000_000_000,
        title="Towers \u2014 \ud0d1",
        files=(AttachedFile("notes.md", FileKind.MARKDOWN, "# a file", total=3, tokens=9),),
    )
    answer = store.begin_answer(question.id, Effort.HIGH, 1_700_000_001_000)
    refs = store.tool_results.keep(
        answer.id,
        0,
        (Attachment("plot.png", "image/png", PIXEL, "a plot"),),
        SourcePage(3, "https://example.com/tower", "A tower", ("one", "two"), ("https://b.org",)),
    )
    view = CallView("browser.open", ToolFamily.BROWSER, CallTarget(TargetKind.HOST, "x"), "{}")
    call = CallRecord(
        0,
        "browser.open",
        view,
        CallStatus.DONE,
        written="{}",
        result="Ignore all ``` fences",
        attachments=refs,
        page=PageRef(3, "https://example.com/tower", "A tower"),
    )
    pieces = (ThoughtPiece("A quiet thought."), ThoughtPiece("…", (WithheldKind.SECRET,)))
    store.finish_answer(
        replace(
            answer,
            text="It is **tall** \u30103\u2020L0-L1\u3011.",
            preamble="Let me look.",
            status=MessageStatus.COMPLETE,
            thoughts=pieces,
            usage=Usage(read_tokens=7, reply_seconds=1.5),
            calls=(call,),
        )
    )
    steps = (SummaryStep("Looking", pieces),)
    store.summaries.keep(answer.id, ThoughtsSummary(SummaryState.READY, steps, True, 5))
    StoredChecks(store.database).keep(answer.id, MessageCheck(CheckState.FINE))
    _, other = store.append_user(
        chat.id, answer.id, "Another way", Effort.LOW, 1_700_000_002_000, title="-"
    )
    failed = store.begin_answer(other.id, Effort.LOW, 1_700_000_003_000)
    store.finish_answer(
        replace(failed, status=MessageStatus.FAILED, problem=Problem("It broke.", "Try again."))
    )
    _, last = store.append_user(
        chat.id, answer.id, "And now?", Effort.MEDIUM, 1_700_000_004_000, title="-"
    )
    stopped = store.begin_answer(last.id, Effort.MEDIUM, 1_700_000_005_000)
    store.finish_answer(replace(stopped, text="Well", status=MessageStatus.STOPPED))
    _set_options(store, chat.id)
    return chat.id


@pytest.fixture
def filled(store: ChatStore) -> ChatId:
    return fill(store)


@pytest.fixture
def target(tmp_path: Path) -> Path:
    return tmp_path / "out"

"""Chats shown beside the open one: they hear of their own chat, and of nothing else."""

from __future__ import annotations

from app.chats.changes import (
    AnswerTextAdded,
    BusyChanged,
    ChatChange,
    ChatMark,
    ChatMarksChanged,
    ChatOpened,
    MessageAdded,
    MessageEnded,
    SendRefused,
)
from app.chats.ids import ChatId
from app.chats.side_views import SideView
from app.chats.values import MessageStatus
from engine.events import TextAdded
from engine.harmony.messages import Effort
from tests.app.service.conftest import Bench, reply


class Watched:
    """A view and what it was told."""

    def __init__(self, bench: Bench) -> None:
        self.told: list[ChatChange] = []
        self.view: SideView = bench.service.views.make(self.told.append)

    def of(self, kind: type) -> list[ChatChange]:
        return [one for one in self.told if isinstance(one, kind)]

    def is_busy(self) -> bool:
        return self.view.is_busy

    @property
    def texts(self) -> list[str]:
        return [message.text for message in self.view.branch]


def stored_chat(bench: Bench, text: str = "first") -> ChatId:
    bench.service.new_chat()
    bench.service.send(text, Effort.LOW)
    bench.settle()
    (opened,) = [one for one in bench.of(ChatOpened) if isinstance(one, ChatOpened) and one.chat]
    assert opened.chat is not None
    return opened.chat.id


def test_a_new_chat_is_asked_beside_the_open_one_which_stays(bench: Bench) -> None:
    open_id = stored_chat(bench)
    before = len(bench.of(ChatOpened, MessageAdded, AnswerTextAdded, MessageEnded))
    beside = Watched(bench)
    beside.view.begin()
    bench.engine.scripts.append(reply("here you are"))
    beside.view.send("quick?", Effort.MEDIUM)
    bench.settle()
    assert beside.texts == ["quick?", "here you are".replace(" ", "")]
    assert len(beside.of(MessageEnded)) == 1
    assert len(beside.of(AnswerTextAdded)) >= 1
    assert len(bench.of(ChatOpened, MessageAdded, AnswerTextAdded, MessageEnded)) == before
    assert beside.view.id not in (None, open_id)
    assert beside.view.chat is not None
    assert beside.view.chat.title == "quick?"


def test_a_stored_chat_is_shown_and_gone_on_with(bench: Bench) -> None:
    chat_id = stored_chat(bench)
    bench.service.new_chat()
    beside = Watched(bench)
    beside.view.open(chat_id)
    bench.settle()
    assert beside.texts == ["first", "fine"]
    beside.view.send("second", Effort.LOW)
    bench.settle()
    assert beside.texts == ["first", "fine", "second", "fine"]
    bench.service.open_chat(chat_id)
    bench.settle()
    shown = bench.of(ChatOpened)[-1]
    assert isinstance(shown, ChatOpened)
    assert [message.text for message in shown.messages] == beside.texts


def test_the_same_chat_in_both_places_goes_on_in_both(bench: Bench) -> None:
    chat_id = stored_chat(bench)
    beside = Watched(bench)
    beside.view.open(chat_id)
    bench.settle()
    bench.service.send("from the window", Effort.LOW)
    bench.settle()
    beside.view.send("from beside", Effort.LOW)
    bench.settle()
    assert beside.texts[2:] == ["from the window", "fine", "from beside", "fine"]
    added = [one.message.text for one in bench.of(MessageAdded) if isinstance(one, MessageAdded)]
    assert "from beside" in added


def test_an_answer_in_the_making_is_shown_stopped_and_counts_as_seen(bench: Bench) -> None:
    beside = Watched(bench)
    beside.view.begin()
    bench.engine.scripts.append(lambda _engine, one: [TextAdded(one.turn_id, "half an ")])
    beside.view.send("long?", Effort.LOW)
    bench.settle()
    assert beside.is_busy()
    late = Watched(bench)
    assert beside.view.id is not None
    late.view.open(beside.view.id)
    bench.settle()
    assert late.texts[-1] == "half an "
    beside.view.send("more", Effort.LOW)
    assert len(beside.of(SendRefused)) == 1
    beside.view.answer_now()
    beside.view.stop()
    bench.settle()
    assert not beside.is_busy()
    assert beside.view.branch[-1].status is MessageStatus.STOPPED
    last = beside.told[-1]
    assert isinstance(last, BusyChanged)
    assert not last.is_busy
    marks = [one.marks for one in bench.of(ChatMarksChanged) if isinstance(one, ChatMarksChanged)]
    assert ChatMark.UNREAD not in marks[-1].values()


def test_what_ends_unseen_is_marked_once_nobody_looks(bench: Bench) -> None:
    beside = Watched(bench)
    beside.view.begin()
    bench.engine.scripts.append(lambda _engine, one: [TextAdded(one.turn_id, "text")])
    beside.view.send("long?", Effort.LOW)
    bench.settle()
    beside.view.close()
    told = len(beside.told)
    bench.engine.play(*reply("end")(bench.engine, bench.engine.requests[-1]))
    bench.settle()
    assert len(beside.told) == told
    marks = bench.of(ChatMarksChanged)[-1]
    assert isinstance(marks, ChatMarksChanged)
    assert list(marks.marks.values()) == [ChatMark.UNREAD]


def test_another_branch_shown_in_the_window_is_shown_beside_it(bench: Bench) -> None:
    chat_id = stored_chat(bench)
    beside = Watched(bench)
    beside.view.open(chat_id)
    bench.settle()
    bench.service.tree.edit(beside.view.branch[0].id, "other words", Effort.LOW)
    bench.settle()
    assert beside.texts == ["other words", "fine"]


def test_a_chat_that_is_deleted_is_gone_beside_the_window_too(bench: Bench) -> None:
    chat_id = stored_chat(bench)
    beside = Watched(bench)
    beside.view.open(chat_id)
    bench.settle()
    bench.service.delete_chat(chat_id)
    bench.settle()
    assert beside.view.chat is None
    assert beside.texts == []


def test_a_blank_message_and_a_chat_that_is_not_there_change_nothing(bench: Bench) -> None:
    beside = Watched(bench)
    beside.view.send("  ", Effort.LOW)
    beside.view.open(ChatId(99))
    bench.settle()
    assert beside.told == []

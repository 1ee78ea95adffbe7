from __future__ import annotations

from app.chats.changes import ChatOpened, ChatsChanged, MessageAdded, NoticeRaised
from app.chats.ids import ChatId, MessageId, is_private
from app.chats.values import Chat
from engine.harmony.messages import Effort
from tests.app.service.conftest import Bench, reply


def opened(bench: Bench) -> ChatOpened:
    (*_, last) = bench.of(ChatOpened)
    assert isinstance(last, ChatOpened)
    return last


def listed(bench: Bench) -> list[Chat]:
    bench.settle()
    (*_, last) = bench.of(ChatsChanged)
    assert isinstance(last, ChatsChanged)
    return list(last.chats)


def begin(bench: Bench, text: str = "hush") -> ChatId:
    bench.service.new_chat("A private chat", is_private=True)
    bench.settle()
    chat = opened(bench).chat
    assert chat is not None
    assert chat.is_private
    bench.service.send(text, Effort.LOW)
    bench.settle()
    return chat.id


def test_a_private_chat_is_answered_and_listed(bench: Bench) -> None:
    bench.engine.scripts = [reply("not a word")]
    chat_id = begin(bench)
    assert [(one.id, one.title) for one in listed(bench)] == [(chat_id, "hush")]
    assert [one.id for one in bench.service.private.chats] == [chat_id]
    bench.service.new_chat()
    bench.service.open_chat(chat_id)
    bench.settle()
    assert [one.text for one in opened(bench).messages] == ["hush", "notaword"]


def test_an_empty_one_is_no_reason_to_ask_before_closing(bench: Bench) -> None:
    bench.service.new_chat(is_private=True)
    bench.settle()
    assert bench.service.private.chats == ()


def test_one_that_is_kept_is_shown_under_its_new_id(bench: Bench) -> None:
    chat_id = begin(bench)
    bench.service.private.keep(chat_id)
    (kept,) = listed(bench)
    assert not kept.is_private
    shown = opened(bench).chat
    assert shown is not None
    assert shown.id == kept.id
    assert [one.text for one in opened(bench).messages] == ["hush", "fine"]
    assert bench.service.private.chats == ()


def test_one_that_is_being_answered_is_not_kept_yet(bench: Bench) -> None:
    bench.engine.scripts = [lambda _engine, _request: []]
    chat_id = begin(bench)
    bench.service.private.keep(chat_id)
    bench.settle()
    assert bench.of(NoticeRaised)
    assert [one.id for one in listed(bench)] == [chat_id]


def test_an_export_of_all_leaves_it_out(bench: Bench) -> None:
    begin(bench)
    assert bench.service.archive.desk._chat_ids() == ()


def test_a_fork_of_a_private_chat_is_private(bench: Bench) -> None:
    begin(bench)
    service = bench.service
    service.tree.fork(opened(bench).messages[-1].id if opened(bench).messages else last_id(bench))
    chats = listed(bench)
    assert len(chats) == 2
    assert all(chat.is_private for chat in chats)


def test_other_words_and_other_answers_stay_private(bench: Bench) -> None:
    begin(bench)
    bench.service.tree.answer_again(last_id(bench))
    bench.settle()
    rows = bench.storage.submit(lambda store: store.database.rows("SELECT id FROM message"))
    ids = [row[0] for row in rows.result()]
    assert len(ids) == 3
    assert all(is_private(one) for one in ids)


def last_id(bench: Bench) -> MessageId:
    (*_, last) = bench.of(MessageAdded)
    assert isinstance(last, MessageAdded)
    return last.message.id

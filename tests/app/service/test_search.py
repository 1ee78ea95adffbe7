from __future__ import annotations

import threading

from app.chats.changes import ChatOpened, MessageSought, NoticeRaised
from app.chats.ids import ChatId, MessageId
from app.chats.store import ChatStore
from app.chats.values import Message
from app.search.values import SearchResults
from engine.harmony.messages import Effort
from tests.app.service.conftest import Bench, reply


def said(bench: Bench, text: str, answer: str = "fine") -> tuple[Message, Message]:
    """A new chat with one question and its answer."""
    bench.engine.scripts.append(reply(answer))
    bench.service.new_chat()
    bench.service.send(text, Effort.LOW)
    bench.settle()
    (chat,) = bench.storage.submit(lambda store: store.chats()[:1]).result()
    question, ended = bench.storage.submit(lambda store: store.branch(chat.id)).result()
    return question, ended


def find(bench: Bench, text: str) -> SearchResults:
    found: list[SearchResults] = []
    bench.service.search.find(text, found.append)
    bench.settle()
    (results,) = found
    return results


def opened(bench: Bench) -> ChatOpened:
    change = bench.of(ChatOpened)[-1]
    assert isinstance(change, ChatOpened)
    return change


def test_what_was_just_said_is_found(bench: Bench) -> None:
    question, answer = said(bench, "Where do walruses live?", "north")

    results = find(bench, "walrus")
    assert [hit.message_id for hit in results.hits] == [question.id]
    assert results.hits[0].chat_title == "Where do walruses live?"
    assert [title.chat_id for title in results.titles] == [question.chat_id]
    assert [hit.message_id for hit in find(bench, "north").hits] == [answer.id]


def test_the_index_follows_without_a_search(bench: Bench) -> None:
    said(bench, "walrus")

    waiting = bench.storage.submit(lambda store: store.search.index.waiting()).result()
    assert waiting == 0


def test_only_the_newest_search_is_answered(bench: Bench) -> None:
    said(bench, "walrus and otter")
    at_work, go_on = threading.Event(), threading.Event()
    found: list[SearchResults] = []

    def hold(_store: ChatStore) -> None:
        at_work.set()
        assert go_on.wait(10)

    bench.storage.submit(hold)
    assert at_work.wait(10)
    for text in ("w", "wal", "otter"):
        bench.service.search.find(text, found.append)
    go_on.set()
    bench.settle()

    assert [results.text for results in found] == ["otter"]
    assert bench.of(NoticeRaised) == []


def test_a_search_that_was_given_up_is_not_answered(bench: Bench) -> None:
    said(bench, "walrus")
    found: list[SearchResults] = []
    bench.service.search.find("walrus", found.append)
    bench.service.search.give_up()
    bench.settle()

    assert found == []


def test_a_search_that_fails_says_so(bench: Bench) -> None:
    def break_index(store: ChatStore) -> None:
        store.database.rows("DROP TABLE message_index")

    bench.storage.submit(break_index).result()
    bench.service.search.find("walrus", lambda _: None)
    bench.settle()

    assert bench.of(NoticeRaised)


def test_a_chat_opens_at_a_message(bench: Bench) -> None:
    question, answer = said(bench, "first")
    said(bench, "second")
    bench.changes.clear()

    bench.service.open_message(question.chat_id, answer.id, "fine")
    bench.settle()

    assert opened(bench).messages == (question, answer)
    assert bench.of(MessageSought) == [MessageSought(answer.id, "fine")]
    assert bench.changes.index(opened(bench)) < bench.changes.index(
        MessageSought(answer.id, "fine")
    )


def test_in_the_chat_that_is_open_nothing_is_opened_anew(bench: Bench) -> None:
    question, _ = said(bench, "first")
    bench.changes.clear()

    bench.service.open_message(question.chat_id, question.id)
    bench.settle()

    assert bench.of(ChatOpened) == []
    assert bench.of(MessageSought) == [MessageSought(question.id)]


def test_a_message_on_another_branch_brings_its_branch(bench: Bench) -> None:
    question, answer = said(bench, "first")

    def edit(store: ChatStore) -> Message:
        return store.append_user(question.chat_id, None, "other", Effort.LOW, 3, title="")[1]

    edited = bench.storage.submit(edit).result()
    bench.service.open_chat(question.chat_id)
    bench.settle()
    assert [one.id for one in opened(bench).messages] == [edited.id]

    bench.service.open_message(question.chat_id, question.id)
    bench.settle()
    assert [one.id for one in opened(bench).messages] == [question.id, answer.id]
    branch = bench.storage.submit(lambda store: store.branch(question.chat_id)).result()
    assert [one.id for one in branch] == [question.id, answer.id]


def test_where_the_message_is_gone_the_chat_is_shown(bench: Bench) -> None:
    question, answer = said(bench, "first")
    said(bench, "second")
    bench.changes.clear()

    bench.service.open_message(question.chat_id, MessageId(999))
    bench.settle()
    assert opened(bench).messages == (question, answer)
    assert bench.of(MessageSought) == []

    bench.changes.clear()
    bench.service.open_message(ChatId(999), MessageId(1))
    bench.settle()
    assert bench.changes == []


def test_the_last_chat_asked_for_wins(bench: Bench) -> None:
    one, _ = said(bench, "first")
    two, _ = said(bench, "second")
    bench.service.new_chat()
    bench.changes.clear()

    bench.service.open_message(one.chat_id, one.id)
    bench.service.open_chat(two.chat_id)
    bench.settle()

    assert opened(bench).messages[0] == two
    assert bench.of(MessageSought) == []

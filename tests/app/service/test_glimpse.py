"""A long chat is shown by its end before the whole of it is read."""

from __future__ import annotations

from collections.abc import Callable

from app.chats.branch_end import END_MESSAGES, LONG_MESSAGES
from app.chats.changes import ChatGlimpsed, ChatOpened, MessageAdded, NoticeRaised, SendRefused
from app.chats.ids import ChatId, MessageId
from app.chats.rows import insert_chat, insert_message
from app.chats.store import ChatStore
from app.chats.values import Message, MessageRole
from engine.harmony.messages import Effort
from tests.app.service.conftest import Bench


def write(store: ChatStore, count: int) -> ChatId:
    """A chat of so many messages, and a branch that is not shown beside its last."""
    with store.database.transaction():
        chat = insert_chat(store.database, f"{count} messages", 1)
        last: list[MessageId | None] = [None]
        for number in range(count):
            role = MessageRole.ASSISTANT if number % 2 else MessageRole.USER
            text = f"message {number}"
            message = Message(MessageId(0), chat.id, last[-1], role, text, 1)
            last.append(insert_message(store.database, message, writer=None).id)
        aside = Message(MessageId(0), chat.id, last[-2], MessageRole.ASSISTANT, "aside", 1)
        insert_message(store.database, aside, writer=None)
        store.database.rows("UPDATE chat SET leaf_id = ? WHERE id = ?", (last[-1], chat.id))
    return chat.id


def given(bench: Bench, count: int) -> ChatId:
    chat_id = bench.storage.submit(lambda store: write(store, count)).result()
    bench.service.start()
    bench.settle()
    bench.changes.clear()
    return chat_id


def at_the_glimpse(bench: Bench, act: Callable[[], None]) -> None:
    """Do something when the end is seen and the whole is not there yet."""
    bench.service.subscribe(lambda change: act() if isinstance(change, ChatGlimpsed) else None)


def test_the_end_of_a_long_chat_comes_first(bench: Bench) -> None:
    chat_id = given(bench, LONG_MESSAGES)
    bench.service.open_chat(chat_id)
    bench.settle()

    end, whole = bench.of(ChatGlimpsed, ChatOpened)
    assert isinstance(end, ChatGlimpsed)
    assert isinstance(whole, ChatOpened)
    assert len(end.messages) == END_MESSAGES
    assert end.earlier == LONG_MESSAGES - END_MESSAGES
    assert len(whole.messages) == LONG_MESSAGES
    assert whole.messages[end.earlier :] == end.messages
    assert end.messages[-1].text == f"message {LONG_MESSAGES - 1}"


def test_a_short_chat_comes_whole(bench: Bench) -> None:
    chat_id = given(bench, LONG_MESSAGES - 1)
    bench.service.open_chat(chat_id)
    bench.settle()
    assert bench.of(ChatGlimpsed) == []
    assert len(bench.of(ChatOpened)) == 1


def test_nothing_is_sent_to_the_chat_before_while_only_an_end_is_seen(bench: Bench) -> None:
    chat_id = given(bench, LONG_MESSAGES)
    at_the_glimpse(bench, lambda: bench.service.send("too soon", Effort.LOW))
    bench.service.open_chat(chat_id)
    bench.settle()

    (refused,) = bench.of(SendRefused)
    assert isinstance(refused, SendRefused)
    assert refused.text == "too soon"
    assert bench.of(MessageAdded) == []
    assert len(bench.of(ChatOpened)) == 1
    bench.service.send("now", Effort.LOW)
    bench.settle()
    assert len(bench.of(MessageAdded)) == 2


def test_another_chat_that_is_wanted_meanwhile_wins(bench: Bench) -> None:
    chat_id = given(bench, LONG_MESSAGES)
    at_the_glimpse(bench, bench.service.new_chat)
    bench.service.open_chat(chat_id)
    bench.settle()

    opened = bench.of(ChatOpened)
    assert [one.chat for one in opened if isinstance(one, ChatOpened)] == [None]
    bench.service.send("fine", Effort.LOW)
    bench.settle()
    assert bench.of(SendRefused) == []


def test_a_chat_that_cannot_be_read_gives_back_what_was_shown(bench: Bench) -> None:
    chat_id = given(bench, LONG_MESSAGES)

    def spoil(store: ChatStore) -> None:
        with store.database.transaction():
            store.database.rows(
                "UPDATE message SET usage = 'no JSON' WHERE id ="
                " (SELECT min(id) FROM message WHERE chat_id = ?)",
                (chat_id,),
            )

    bench.storage.submit(spoil).result()
    bench.service.open_chat(chat_id)
    bench.settle()
    assert len(bench.of(ChatGlimpsed)) == 1
    (opened,) = bench.of(ChatOpened)
    assert isinstance(opened, ChatOpened)
    assert opened.chat is None
    assert len(bench.of(NoticeRaised)) == 1

from __future__ import annotations

from app.chats.changes import (
    AnswerBeginningLeftOut,
    ChatOpened,
    ChatsChanged,
    MessageEnded,
    SendRefused,
    StatusChanged,
)
from app.chats.values import Chat
from engine.events import EngineEvent, Failed, Finished, MessagesLeftOut, StopReason, Usage
from engine.harmony.messages import Effort, UserMessage
from engine.requests import AnswerRequest
from tests.app.service.conftest import Bench, Script, ScriptedEngine, reply


def leaves_out(messages: int) -> Script:
    def script(_engine: ScriptedEngine, request: AnswerRequest) -> list[EngineEvent]:
        usage = Usage(context_tokens=900, left_out_messages=messages)
        return [
            MessagesLeftOut(request.turn_id, messages),
            Finished(request.turn_id, StopReason.END_OF_TURN, usage),
        ]

    return script


def too_long(_engine: ScriptedEngine, request: AnswerRequest) -> list[EngineEvent]:
    return [Failed(request.turn_id, "Too long.", "Shorten it.", is_too_long=True)]


def say(bench: Bench, *texts: str) -> None:
    for text in texts:
        bench.service.send(text, Effort.LOW)
        bench.settle()


def only_chat(bench: Bench) -> Chat:
    listed = bench.of(ChatsChanged)[-1]
    assert isinstance(listed, ChatsChanged)
    return listed.chats[0]


def test_what_the_model_leaves_out_is_told_in_messages_of_the_chat(bench: Bench) -> None:
    # The second answer was empty, so the model reads three messages where the chat has four.
    bench.engine.scripts = [reply("one"), reply(""), leaves_out(3)]
    say(bench, "first", "second", "third")
    assert bench.of(AnswerBeginningLeftOut) == [
        AnswerBeginningLeftOut(bench.service._open.branch[-1].id, 4)
    ]
    ended = bench.of(MessageEnded)[-1]
    assert isinstance(ended, MessageEnded)
    assert ended.message.usage.left_out_messages == 4
    status = bench.of(StatusChanged)[-1]
    assert isinstance(status, StatusChanged)
    assert status.left_out_messages == 4


def test_a_chat_that_is_opened_again_still_knows_what_was_left_out(bench: Bench) -> None:
    bench.engine.scripts = [reply("one"), leaves_out(2)]
    say(bench, "first", "second")
    bench.service.new_chat()
    empty = bench.of(StatusChanged)[-1]
    assert isinstance(empty, StatusChanged)
    assert empty.left_out_messages == 0
    bench.service.open_chat(only_chat(bench).id)
    bench.settle()
    status = bench.of(StatusChanged)[-1]
    assert isinstance(status, StatusChanged)
    assert status.left_out_messages == 2


def test_nothing_is_removed_from_the_chat_and_all_of_it_is_offered_again(bench: Bench) -> None:
    bench.engine.scripts = [reply("one"), leaves_out(2), reply("three")]
    say(bench, "first", "second", "third")
    texts = [
        one.text for one in bench.engine.requests[-1].conversation if isinstance(one, UserMessage)
    ]
    assert texts == ["first", "second", "third"]
    assert len(bench.service._open.branch) == 6


def test_a_message_that_is_too_long_goes_back_to_the_composer(bench: Bench) -> None:
    bench.engine.scripts = [reply("one"), too_long, reply("short")]
    say(bench, "first", "a very long message")
    refused = bench.of(SendRefused)[-1]
    assert isinstance(refused, SendRefused)
    assert (refused.text, refused.problem.title) == ("a very long message", "Too long.")
    opened = bench.of(ChatOpened)[-1]
    assert isinstance(opened, ChatOpened)
    assert [one.text for one in opened.messages] == ["first", "one"]
    assert not bench.service.is_busy
    chat = only_chat(bench)
    stored = bench.storage.submit(lambda store: store.branch(chat.id)).result()
    assert [one.text for one in stored] == ["first", "one"]

    say(bench, "shorter")
    stored = bench.storage.submit(lambda store: store.branch(chat.id)).result()
    assert [one.text for one in stored] == ["first", "one", "shorter", "short"]
    # What was too long is in the trash, and in nobody's way.
    (kept,) = bench.storage.submit(lambda store: store.trash.parts()).result()
    assert (kept.text, kept.messages) == ("a very long message", 2)
    assert bench.storage.submit(lambda store: store.tree.forks(chat.id)).result() == {}


def test_a_first_message_that_is_too_long_leaves_an_empty_chat(bench: Bench) -> None:
    bench.engine.scripts = [too_long, reply("short")]
    say(bench, "a very long message")
    assert isinstance(bench.of(SendRefused)[-1], SendRefused)
    chat = only_chat(bench)
    assert bench.storage.submit(lambda store: store.branch(chat.id)).result() == ()
    say(bench, "shorter")
    stored = bench.storage.submit(lambda store: store.branch(chat.id)).result()
    assert [one.text for one in stored] == ["shorter", "short"]


def test_a_chat_is_told_to_the_engine_and_forgotten_when_it_is_deleted(bench: Bench) -> None:
    say(bench, "first")
    chat = only_chat(bench)
    assert bench.engine.requests[0].chat == str(chat.id)
    bench.service.delete_chat(chat.id)
    bench.settle()
    assert bench.engine.forgotten == [str(chat.id)]


def test_a_chat_that_is_opened_while_it_is_answered_knows_what_is_left_out(bench: Bench) -> None:
    def begins(_engine: ScriptedEngine, request: AnswerRequest) -> list[EngineEvent]:
        return [MessagesLeftOut(request.turn_id, 2)]

    bench.engine.scripts = [reply("one"), begins]
    say(bench, "first", "second")
    bench.service.new_chat()
    bench.service.open_chat(only_chat(bench).id)
    bench.settle()
    status = bench.of(StatusChanged)[-1]
    assert isinstance(status, StatusChanged)
    assert status.left_out_messages == 2

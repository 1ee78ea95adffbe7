"""What the model sees is told while somebody looks, and follows every change."""

from __future__ import annotations

from app.chats.changes import ChatsChanged, PromptSeen
from app.chats.ids import ChatId, MessageId
from app.chats.prompt_values import Dropped, dropped_of
from app.chats.values import Message, MessageRole, MessageStatus
from engine.events import PromptInspected, Usage
from engine.harmony.messages import (
    AssistantMessage,
    DeveloperMessage,
    Effort,
    HarmonyMessage,
    ResponseFormat,
    SystemMessage,
    UserMessage,
)
from engine.prompt_view import PromptMessage
from tests.app.service.conftest import Bench

FORMAT = ResponseFormat("card", '{"type":"object","properties":{},"additionalProperties":false}')


def say(bench: Bench, text: str, effort: Effort = Effort.LOW) -> None:
    bench.service.send(text, effort)
    bench.settle()


def look(bench: Bench) -> None:
    bench.service.inspector.open()
    bench.settle()


def asked(bench: Bench) -> list[tuple[HarmonyMessage, ...]]:
    return [one.conversation for one in bench.engine.inspections]


def test_nothing_is_asked_while_nobody_looks(bench: Bench) -> None:
    say(bench, "Hello")
    bench.service.inspector.refresh()
    assert asked(bench) == []
    look(bench)
    assert len(asked(bench)) == 1
    bench.service.inspector.close()
    say(bench, "Again")
    assert len(asked(bench)) == 1


def test_a_new_chat_shows_what_its_first_answer_begins_with(bench: Bench) -> None:
    bench.service.foresight.choose(Effort.HIGH)
    look(bench)
    bench.service.form.choose(FORMAT)
    bench.service.instructions.choose("Be brief.")
    bench.settle()
    first, last = asked(bench)
    assert [type(one) for one in first] == [SystemMessage]
    assert isinstance(last[0], SystemMessage)
    assert last[0].effort is Effort.HIGH
    assert last[1] == DeveloperMessage("Be brief.", (), FORMAT)


def test_what_is_shown_is_what_the_engine_gets_with_the_next_message(bench: Bench) -> None:
    bench.service.instructions.choose("Be brief.")
    say(bench, "Hello")
    look(bench)
    bench.service.foresight.choose(Effort.HIGH)
    bench.service.inspector.refresh()
    bench.settle()
    say(bench, "And now?", Effort.HIGH)
    sent = bench.engine.requests[-1].conversation
    assert asked(bench)[1] == sent[:-1]
    assert sent[-1] == UserMessage("And now?")
    assert isinstance(asked(bench)[-1][-1], AssistantMessage), "asked again after the answer"


def test_what_is_read_ahead_while_the_user_types_is_told(bench: Bench) -> None:
    say(bench, "Hello")
    look(bench)
    before = len(asked(bench))
    for _ in range(3):
        bench.service.foresight.begin_typing()
    bench.settle()
    assert len(bench.engine.prepared) == 1
    assert len(asked(bench)) == before + 1


def test_only_the_newest_question_is_answered(bench: Bench) -> None:
    look(bench)
    bench.service.inspector.refresh()
    bench.settle()
    first, second = bench.engine.inspections
    message = PromptMessage(SystemMessage(Effort.LOW, "2026-01-02"), 60, (1,), (), 20)
    bench.engine.emit(PromptInspected(first.number, (message,), 100, 20, 3))
    bench.engine.emit(PromptInspected(second.number, (message, message), 100, 20, 3))
    bench.settle()
    (told,) = [one for one in bench.changes if isinstance(one, PromptSeen)]
    assert (told.prompt.tokens, told.prompt.reused_tokens) == (120, 20)
    assert told.prompt.left_out == ()


def answer(
    text: str, thought_tokens: int, status: MessageStatus = MessageStatus.COMPLETE
) -> Message:
    return Message(
        MessageId(1),
        ChatId(1),
        None,
        MessageRole.ASSISTANT,
        text,
        0,
        status,
        usage=Usage(thought_tokens=thought_tokens),
    )


def test_what_is_dropped_is_counted() -> None:
    branch = (answer("Hi.", 40), answer("", 7, MessageStatus.STOPPED), answer("Yes.", 0))
    assert dropped_of(branch) == Dropped(thought_tokens=47, thinking_answers=2, empty_answers=1)


def test_going_over_to_another_chat_asks_once_and_for_that_one(bench: Bench) -> None:
    say(bench, "Hello")
    first = bench.of(ChatsChanged)[-1]
    assert isinstance(first, ChatsChanged)
    bench.service.new_chat()
    look(bench)
    before = len(asked(bench))
    bench.service.open_chat(first.chats[0].id)
    bench.settle()
    assert len(asked(bench)) == before + 1
    assert UserMessage("Hello") in asked(bench)[-1]

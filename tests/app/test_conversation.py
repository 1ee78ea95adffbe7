from __future__ import annotations

from app.chats.ids import ChatId, MessageId
from app.chats.values import Message, MessageRole, MessageStatus
from app.conversation import harmony_conversation
from engine.analysis_filter import ThoughtPiece
from engine.harmony.messages import (
    AssistantMessage,
    Channel,
    DeveloperMessage,
    Effort,
    SystemMessage,
    UserMessage,
)


def message(
    role: MessageRole,
    text: str,
    status: MessageStatus = MessageStatus.COMPLETE,
    preamble: str = "",
) -> Message:
    return Message(
        id=MessageId(1),
        chat_id=ChatId(1),
        parent_id=None,
        role=role,
        text=text,
        created_ms=0,
        status=status,
        preamble=preamble,
        thoughts=(ThoughtPiece("a thought"),),
    )


def test_the_system_message_carries_effort_and_the_date_of_the_chat() -> None:
    found = harmony_conversation((), date="2026-11-23", effort=Effort.HIGH)
    assert found == (SystemMessage(Effort.HIGH, "2026-11-23"),)


def test_instructions_become_a_developer_message_and_blank_ones_none() -> None:
    with_words = harmony_conversation((), date="d", effort=Effort.LOW, instructions="Be brief.")
    without = harmony_conversation((), date="d", effort=Effort.LOW, instructions="  \n")
    assert with_words[1] == DeveloperMessage("Be brief.")
    assert len(without) == 1


def test_thoughts_never_come_back_and_preambles_do() -> None:
    branch = [
        message(MessageRole.USER, "Plan a trip"),
        message(MessageRole.ASSISTANT, "Go by train.", preamble="I will look."),
        message(MessageRole.USER, "Thanks"),
    ]
    _, *rest = harmony_conversation(branch, date="d", effort=Effort.LOW)
    assert rest == [
        UserMessage("Plan a trip"),
        AssistantMessage(Channel.COMMENTARY, "I will look."),
        AssistantMessage(Channel.FINAL, "Go by train."),
        UserMessage("Thanks"),
    ]


def test_an_answer_that_was_stopped_counts_with_its_text_and_an_empty_one_not_at_all() -> None:
    branch = [
        message(MessageRole.USER, "one"),
        message(MessageRole.ASSISTANT, "half", MessageStatus.STOPPED),
        message(MessageRole.USER, "two"),
        message(MessageRole.ASSISTANT, "", MessageStatus.STOPPED, preamble="Let me"),
        message(MessageRole.USER, "three"),
    ]
    _, *rest = harmony_conversation(branch, date="d", effort=Effort.LOW)
    assert rest == [
        UserMessage("one"),
        AssistantMessage(Channel.FINAL, "half"),
        UserMessage("two"),
        UserMessage("three"),
    ]

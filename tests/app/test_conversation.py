from __future__ import annotations

from dataclasses import replace

from app.chats.ids import ChatId, MessageId
from app.chats.values import Message, MessageRole, MessageStatus
from app.conversation import harmony_conversation
from app.tools.records import CallRecord, CallStatus
from app.tools.tool import Declaration
from app.tools.values import CallTarget, CallView, ToolFamily
from engine.analysis_filter import ThoughtPiece
from engine.harmony.messages import (
    AssistantMessage,
    Channel,
    DeveloperMessage,
    Effort,
    FunctionTool,
    SystemMessage,
    ToolMessage,
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


def call(
    number: int,
    tool: str,
    result: str,
    *,
    channel: Channel = Channel.COMMENTARY,
    said: int = 0,
    written: str = "{}",
) -> CallRecord:
    view = CallView(tool, ToolFamily.MCP, CallTarget(), '{\n  "as": "shown"\n}')
    status = CallStatus.DONE if result else CallStatus.STOPPED
    return CallRecord(
        number,
        f"{tool} json",
        view,
        status,
        written=written,
        channel=channel.value,
        preamble_chars=said,
        result=result,
    )


def test_calls_come_back_in_their_places_as_the_model_wrote_them() -> None:
    preamble = "I look. And again."
    asked = replace(
        message(MessageRole.ASSISTANT, "Sunny.", preamble=preamble),
        calls=(
            call(0, "functions.f", "1", said=7, written='{"a":1}'),
            call(1, "functions.g", "2", said=len(preamble)),
        ),
    )
    branch = [message(MessageRole.USER, "Plan"), asked, message(MessageRole.USER, "Thanks")]
    _, *rest = harmony_conversation(branch, date="d", effort=Effort.LOW)
    assert rest == [
        UserMessage("Plan"),
        AssistantMessage(Channel.COMMENTARY, "I look."),
        AssistantMessage(Channel.COMMENTARY, '{"a":1}', "functions.f"),
        ToolMessage("functions.f", Channel.COMMENTARY, "1"),
        AssistantMessage(Channel.COMMENTARY, " And again."),
        AssistantMessage(Channel.COMMENTARY, "{}", "functions.g"),
        ToolMessage("functions.g", Channel.COMMENTARY, "2"),
        AssistantMessage(Channel.FINAL, "Sunny."),
        UserMessage("Thanks"),
    ]


def test_calls_among_the_thoughts_go_with_them_once_there_is_an_answer() -> None:
    python = call(0, "python", "4", channel=Channel.ANALYSIS, written="2+2")
    stopped = replace(message(MessageRole.ASSISTANT, ""), calls=(python,))
    question = message(MessageRole.USER, "2+2?")
    _, *rest = harmony_conversation([question, stopped, question], date="d", effort=Effort.LOW)
    assert rest == [
        UserMessage("2+2?"),
        AssistantMessage(Channel.ANALYSIS, "2+2", "python"),
        ToolMessage("python", Channel.ANALYSIS, "4"),
        UserMessage("2+2?"),
    ]
    answered = replace(stopped, text="4")
    _, *rest = harmony_conversation([question, answered, question], date="d", effort=Effort.LOW)
    assert rest == [
        UserMessage("2+2?"),
        AssistantMessage(Channel.FINAL, "4"),
        UserMessage("2+2?"),
    ]


def test_a_call_without_a_result_is_left_out() -> None:
    waited = replace(message(MessageRole.ASSISTANT, ""), calls=(call(0, "functions.f", ""),))
    branch = [message(MessageRole.USER, "a"), waited, message(MessageRole.USER, "b")]
    _, *rest = harmony_conversation(branch, date="d", effort=Effort.LOW)
    assert rest == [UserMessage("a"), UserMessage("b")]


def test_tools_are_declared_where_they_were_trained_and_not_at_all_when_off() -> None:
    weather = FunctionTool("f", "Does f.")
    on = Declaration(python=True, browser=True, functions=(weather,))
    found = harmony_conversation((), date="d", effort=Effort.LOW, tools=on)
    assert found == (
        SystemMessage(Effort.LOW, "d", browser=True, python=True),
        DeveloperMessage("", (weather,)),
    )
    off = harmony_conversation((), date="d", effort=Effort.LOW, tools=Declaration())
    assert off == harmony_conversation((), date="d", effort=Effort.LOW)

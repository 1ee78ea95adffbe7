"""From stored messages to the harmony conversation the model sees.  Renders nothing itself."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import datetime

from app.attachments.framing import composed
from app.chats.ids import ChatId
from app.chats.values import Message, MessageRole
from app.tools.tool import NO_TOOLS, Declaration
from engine.harmony.history import answer_history, remembered
from engine.harmony.messages import (
    AssistantMessage,
    Channel,
    DeveloperMessage,
    Effort,
    HarmonyMessage,
    ResponseFormat,
    SystemMessage,
    ToolMessage,
    UserMessage,
)


def harmony_conversation(
    branch: Sequence[Message],
    *,
    date: str,
    effort: Effort,
    instructions: str = "",
    response_format: ResponseFormat | None = None,
    tools: Declaration = NO_TOOLS,
    begun: Message | None = None,
) -> tuple[HarmonyMessage, ...]:
    """What the model is to read for the next answer.

    Thoughts never appear: analysis of finished turns is dropped
    (openai/harmony docs/format.md, "Handling reasoning output in subsequent sampling"), and
    with it the calls and results on that channel.  An answer that was stopped or broke off
    counts with the text it had and the calls that got results (`engine.harmony.history`).
    What a check withholds is not read either.

    Args:
        branch: messages from the first on; the last is the user's new one.
        date: ISO date of the chat.
        effort: reasoning effort for the new answer.
        instructions: custom instructions, or "".
        response_format: the JSON the new answer has to be, or None.
        tools: what the model may call in the new answer.
        begun: an answer that goes on: what was called before its first word is read, the words
            themselves are not in here.
    """
    conversation: list[HarmonyMessage] = [
        SystemMessage(effort=effort, date=date, browser=tools.browser, python=tools.python)
    ]
    instructions = instructions if instructions.strip() else ""
    if instructions or tools.functions or response_format is not None:
        conversation.append(DeveloperMessage(instructions, tools.functions, response_format))
    for message in branch:
        if message.is_withheld and message.role is MessageRole.USER:
            continue  # of a withheld answer there is nothing left to say
        if message.role is MessageRole.USER:
            conversation.append(UserMessage(composed(message.text, message.files)))
        else:
            conversation += answer_history(_said(message))
    if begun is not None:
        conversation += answer_history(_said(begun))[:-1]
    return remembered(conversation)


def _said(answer: Message) -> Iterator[AssistantMessage | ToolMessage]:
    """A stored answer as the messages it was made of."""
    at = 0
    for call in answer.calls:
        yield AssistantMessage(Channel.COMMENTARY, answer.preamble[at : call.preamble_chars])
        at = call.preamble_chars
        if call.result:
            channel, name = Channel(call.channel), call.view.tool
            yield AssistantMessage(channel, call.written, name)
            yield ToolMessage(name, channel, call.result)
    yield AssistantMessage(Channel.COMMENTARY, answer.preamble[at:])
    yield AssistantMessage(Channel.FINAL, answer.text)


def local_date(created_ms: int) -> str:
    """ISO date of a chat in the user's time zone, fixed when the chat began."""
    return datetime.fromtimestamp(created_ms / 1000).astimezone().date().isoformat()


def chat_key(chat_id: ChatId) -> str:
    """What the engine calls a chat."""
    return str(chat_id)


def left_out_of_branch(
    branch: Sequence[Message], conversation: Sequence[HarmonyMessage], left_out_messages: int
) -> int:
    """How many stored messages stand before the first one the model read.

    A stored answer may be several messages of the conversation, or none; both begin turns
    with the same messages of the user.

    Args:
        branch: what `conversation` was made of.
        conversation: from `harmony_conversation`.
        left_out_messages: messages after its system and developer messages.
    """
    said = [one for one in conversation if not isinstance(one, SystemMessage | DeveloperMessage)]
    turns = sum(isinstance(one, UserMessage) for one in said[:left_out_messages])
    questions = [
        at for at, one in enumerate(branch) if one.role is MessageRole.USER and not one.is_withheld
    ]
    return questions[turns] if 0 < turns < len(questions) else 0


def left_out_in(branch: Sequence[Message]) -> int:
    """How many messages of a branch the model left out when it last answered in it."""
    usages = (one.usage for one in reversed(branch))
    told = (one for one in usages if one.context_tokens or one.left_out_messages)
    return next((usage.left_out_messages for usage in told), 0)

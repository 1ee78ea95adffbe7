"""From stored messages to the harmony conversation the model sees.  Renders nothing itself."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from app.chats.ids import ChatId
from app.chats.values import Message, MessageRole
from engine.harmony.messages import (
    AssistantMessage,
    Channel,
    DeveloperMessage,
    Effort,
    HarmonyMessage,
    ResponseFormat,
    SystemMessage,
    UserMessage,
)


def harmony_conversation(
    branch: Sequence[Message],
    *,
    date: str,
    effort: Effort,
    instructions: str = "",
    response_format: ResponseFormat | None = None,
) -> tuple[HarmonyMessage, ...]:
    """What the model is to read for the next answer.

    Thoughts never appear: analysis of finished turns is dropped
    (openai/harmony docs/format.md, "Handling reasoning output in subsequent sampling").
    An answer that was stopped or broke off counts with the text it had; one without any
    text is left out, since a made-up final would put words in the model's mouth.

    Args:
        branch: messages from the first on; the last is the user's new one.
        date: ISO date of the chat.
        effort: reasoning effort for the new answer.
        instructions: custom instructions, or "".
        response_format: the JSON the new answer has to be, or None.
    """
    conversation: list[HarmonyMessage] = [SystemMessage(effort=effort, date=date)]
    instructions = instructions if instructions.strip() else ""
    if instructions or response_format is not None:
        conversation.append(
            DeveloperMessage(instructions=instructions, response_format=response_format)
        )
    for message in branch:
        if message.role is MessageRole.USER:
            conversation.append(UserMessage(message.text))
            continue
        if message.preamble and message.text:
            conversation.append(AssistantMessage(Channel.COMMENTARY, message.preamble))
        if message.text:
            conversation.append(AssistantMessage(Channel.FINAL, message.text))
    return tuple(conversation)


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
    questions = [at for at, one in enumerate(branch) if one.role is MessageRole.USER]
    return questions[turns] if 0 < turns < len(questions) else 0


def left_out_in(branch: Sequence[Message]) -> int:
    """How many messages of a branch the model left out when it last answered in it."""
    usages = (one.usage for one in reversed(branch))
    told = (one for one in usages if one.context_tokens or one.left_out_messages)
    return next((usage.left_out_messages for usage in told), 0)

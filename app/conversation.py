"""From stored messages to the harmony conversation the model sees.  Renders nothing itself."""

from __future__ import annotations

from collections.abc import Sequence

from app.chats.values import Message, MessageRole
from engine.harmony.messages import (
    AssistantMessage,
    Channel,
    DeveloperMessage,
    Effort,
    HarmonyMessage,
    SystemMessage,
    UserMessage,
)


def harmony_conversation(
    branch: Sequence[Message], *, date: str, effort: Effort, instructions: str = ""
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
    """
    conversation: list[HarmonyMessage] = [SystemMessage(effort=effort, date=date)]
    if instructions.strip():
        conversation.append(DeveloperMessage(instructions=instructions))
    for message in branch:
        if message.role is MessageRole.USER:
            conversation.append(UserMessage(message.text))
            continue
        if message.preamble and message.text:
            conversation.append(AssistantMessage(Channel.COMMENTARY, message.preamble))
        if message.text:
            conversation.append(AssistantMessage(Channel.FINAL, message.text))
    return tuple(conversation)

"""A chat panel with everything it says, and messages to show in it."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

from app.chats.changes import (
    AnswerPhaseChanged,
    AnswerTextAdded,
    BusyChanged,
    ChatOpened,
    MessageAdded,
)
from app.chats.ids import ChatId, MessageId
from app.chats.values import Chat, Message, MessageRole, MessageStatus
from engine.events import Phase, Usage
from engine.harmony.messages import Effort
from ui.chat.answer import Answer
from ui.chat.panel import ChatPanel

CHAT = Chat(ChatId(7), "A chat", 0, 0)
ANSWER = MessageId(2)
USAGE = Usage(
    thought_tokens=318, reply_tokens=412, reply_seconds=10.05, thought_seconds=12.2, read_tokens=9
)


@dataclass
class Clock:
    """Seconds that pass only when a test says so."""

    seconds: float = 1000.0

    def __call__(self) -> float:
        return self.seconds


@dataclass
class Stage:
    """The panel with everything it said."""

    panel: ChatPanel
    clock: Clock
    opened: list[str]
    submitted: list[tuple[str, Effort]] = field(default_factory=list)
    stops: list[bool] = field(default_factory=list)
    hurries: list[bool] = field(default_factory=list)

    def begin_answer(self, question: str = "A question") -> Answer:
        """Send, as the service tells it; returns the empty answer."""
        self.panel.apply(ChatOpened(CHAT, ()))
        self.panel.apply(MessageAdded(user(1, question)))
        self.panel.apply(MessageAdded(answer(2, "", MessageStatus.STREAMING)))
        self.panel.apply(BusyChanged(is_busy=True, message_id=ANSWER))
        return self.answer(ANSWER)

    def answer(self, message_id: int) -> Answer:
        found = self.panel.view.answer(MessageId(message_id))
        assert found is not None
        return found

    def say(self, text: str) -> None:
        """More of the answer arrives and is shown at once."""
        self.panel.apply(AnswerPhaseChanged(ANSWER, Phase.ANSWERING))
        self.panel.apply(AnswerTextAdded(ANSWER, text))
        self.flush()

    def flush(self) -> None:
        """What the flush timer does."""
        self.panel.view._flush()


def user(message_id: int, text: str) -> Message:
    return Message(MessageId(message_id), CHAT.id, None, MessageRole.USER, text, 0)


def answer(
    message_id: int, text: str, status: MessageStatus = MessageStatus.COMPLETE, **more: Any
) -> Message:
    if status is MessageStatus.COMPLETE:
        more.setdefault("usage", USAGE)
    return Message(
        MessageId(message_id),
        CHAT.id,
        None,
        MessageRole.ASSISTANT,
        text,
        0,
        status=status,
        **more,
    )


def long_chat(count: int) -> tuple[Message, ...]:
    messages: list[Message] = []
    for number in range(count // 2):
        messages.append(user(100 + 2 * number, f"Question {number}, a little longer than that?"))
        text = f"Answer {number}. " + "Words that fill some lines. " * (number % 7 * 8 + 4)
        messages.append(answer(101 + 2 * number, text))
    return tuple(messages)

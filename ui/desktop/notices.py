"""Tells the desktop that an answer is ready, or that a call waits, while nobody looks at Sotto."""

from __future__ import annotations

import time
from collections.abc import Callable
from html import escape
from typing import Any, Final, Literal, Protocol

from app.chats.changes import (
    ChatChange,
    ChatMark,
    ChatMarksChanged,
    ChatsChanged,
    MessageEnded,
)
from app.chats.ids import ChatId, is_private
from app.words import Words
from ui.desktop.bus import SessionBus

LONG_SECONDS: Final = 8.0
"""Who waits so long for an answer has probably gone to something else."""
MOST_CHARACTERS: Final = 180
Detail = Literal["off", "bare", "title", "text"]
_INTERFACE: Final = "org.freedesktop.Notifications"


class Teller(Protocol):
    """Shows notices on the desktop."""

    def tell(self, chat_id: ChatId, title: str, text: str) -> None:
        """Show one; a second one of the same chat takes its place."""
        ...

    def withdraw(self) -> None:
        """Take all of them away: the user is here."""
        ...


class BusTeller:
    """Notices by the desktop's own service (Desktop Notifications Specification 1.2).

    Args:
        bus: the user's.
        words: the user's language.
        on_clicked: told the chat whose notice was clicked.
    """

    def __init__(self, bus: SessionBus, words: Words, on_clicked: Callable[[ChatId], None]) -> None:
        self._bus = bus
        self._words = words
        self._on_clicked = on_clicked
        self._shown: dict[ChatId, int] = {}
        bus.listen(_INTERFACE, "ActionInvoked", self._on_action)
        bus.listen(_INTERFACE, "NotificationClosed", self._on_closed)

    def tell(self, chat_id: ChatId, title: str, text: str) -> None:
        """Show a notice."""
        values = (
            "Sotto",
            self._shown.get(chat_id, 0),
            "sotto",
            title,
            escape(text, quote=False),  # a body may hold markup, a summary may not
            ["default", self._words("Open")],
            {"desktop-entry": ("s", "sotto"), "category": ("s", "im.received")},
            -1,
        )

        def told(reply: tuple[Any, ...]) -> None:
            self._shown[chat_id] = int(reply[0])

        self._bus.call(_INTERFACE, "Notify", "susssasa{sv}i", values, told)

    def withdraw(self) -> None:
        """Close what is still shown."""
        for number in self._shown.values():
            self._bus.call(_INTERFACE, "CloseNotification", "u", (number,))
        self._shown.clear()

    def _on_action(self, values: tuple[Any, ...]) -> None:
        for chat_id, number in tuple(self._shown.items()):
            if number == values[0]:
                del self._shown[chat_id]
                self._on_clicked(chat_id)

    def _on_closed(self, values: tuple[Any, ...]) -> None:
        self._shown = {one: number for one, number in self._shown.items() if number != values[0]}


class AnswerNotices:
    """Decides what is told.  UI thread.

    Args:
        words: the user's language.
        teller: shows it.
        detail: how much may be told: nothing, not even the chat's title, the title, or the
            answer's beginning too.
        is_looking: whether a window of Sotto has the focus.
        now: seconds of a clock that never goes back.
    """

    def __init__(
        self,
        words: Words,
        teller: Teller,
        detail: Callable[[], Detail],
        is_looking: Callable[[], bool],
        now: Callable[[], float] = time.monotonic,
    ) -> None:
        self._words = words
        self._teller = teller
        self._detail = detail
        self._is_looking = is_looking
        self._now = now
        self._titles: dict[ChatId, str] = {}
        self._marks: dict[ChatId, ChatMark] = {}
        self._since: dict[ChatId, float] = {}
        self._texts: dict[ChatId, str] = {}

    def apply(self, change: ChatChange) -> None:
        """Take a change of the chat service."""
        match change:
            case ChatsChanged():
                self._titles = {chat.id: chat.title for chat in change.chats}
            case MessageEnded(message=message):
                self._texts[message.chat_id] = message.text
            case ChatMarksChanged():
                self._compare(dict(change.marks))

    def _compare(self, marks: dict[ChatId, ChatMark]) -> None:
        before, self._marks = self._marks, marks
        at_work = (ChatMark.ANSWERING, ChatMark.ASKING)
        for chat_id, mark in marks.items():
            if mark in at_work:
                self._since.setdefault(chat_id, self._now())
            if mark is ChatMark.ASKING and before.get(chat_id) is not mark:
                self._tell(chat_id, self._words("A call waits for your answer."), "")
        for chat_id, mark in before.items():
            if mark in at_work and marks.get(chat_id) not in at_work:
                began = self._since.pop(chat_id, self._now())
                text = self._texts.pop(chat_id, "")
                if self._now() - began >= LONG_SECONDS:
                    self._tell(chat_id, self._words("The answer is ready."), text)

    def _tell(self, chat_id: ChatId, said: str, text: str) -> None:
        detail = self._detail()
        if detail == "off" or self._is_looking():
            return
        title = self._titles.get(chat_id) or self._words("New chat")
        if detail == "bare":
            title, text = "Sotto", ""
        elif is_private(chat_id):
            title, text = self._words("A private chat"), ""
        if detail == "text" and text.strip():
            words = " ".join(text.split())
            said = words if len(words) <= MOST_CHARACTERS else words[: MOST_CHARACTERS - 1] + "…"
        self._teller.tell(chat_id, title, said)

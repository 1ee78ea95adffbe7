"""Chats that are shown beside the open one: in a window of their own, or asked in passing.

All views share one service, one engine and one store.  What changes a chat otherwise than by
going on with it (other branches, tools, instructions) is done where it is the open chat.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from itertools import count
from typing import Final

from app.attachments.values import Files
from app.chats.background import Background
from app.chats.changes import (
    BusyChanged,
    ChatChange,
    ChatOpened,
    ChatsChanged,
    MessageAdded,
    MessageEnded,
    SendRefused,
)
from app.chats.ids import ChatId
from app.chats.listing import ChatList
from app.chats.open_answers import OpenAnswers
from app.chats.question import NewChat, Question, Sent
from app.chats.sending import OnItsWay, Sending
from app.chats.subscribers import Subscribers
from app.chats.title import first_title
from app.chats.values import Chat, Message, Problem
from engine.harmony.messages import Effort

_BUSY: Final = Problem("The answer is still being written.", "Stop it or wait for its end.")


@dataclass(frozen=True, slots=True)
class ViewParts:
    """What all views share.

    Attributes:
        background: where the store is.
        answers: those in progress.
        sending: messages on their way into the store.
        chats: the list of chats.
        clock_ms: Unix time in milliseconds.
        on_sent: begins the answer of a message that was stored.
    """

    background: Background
    answers: OpenAnswers
    sending: Sending
    chats: ChatList
    clock_ms: Callable[[], int]
    on_sent: Callable[[Sent, OnItsWay], None]


class SideView:
    """One chat shown beside the open one.  Confined to the service's thread.

    Args:
        number: tells views apart; below zero, so that it is none of the open chat's.
        parts: what all views share.
        tell: hears what a view of the chat should.
        forget: takes it off the list of views.
    """

    def __init__(
        self,
        number: int,
        parts: ViewParts,
        tell: Callable[[ChatChange], None],
        forget: Callable[[SideView], None],
    ) -> None:
        self._parts = parts
        self._tell = tell
        self._forget = forget
        self.number = number
        self.chat: Chat | None = None
        self.branch: tuple[Message, ...] = ()

    @property
    def id(self) -> ChatId | None:
        """Of the chat that is shown; None for one that is not stored yet."""
        return self.chat.id if self.chat else None

    @property
    def is_busy(self) -> bool:
        """Whether a message of it is being sent or answered."""
        return self._parts.sending.is_from(self.number) or self._parts.answers.is_in(self.id)

    def open(self, chat_id: ChatId) -> None:
        """Show a chat from the store."""
        chat = self._parts.chats.find(chat_id)
        if chat is not None:
            self._parts.background.store(
                lambda store: store.branch(chat_id), lambda branch: self._loaded(chat, branch)
            )

    def begin(self) -> None:
        """Show an empty chat; it is stored with its first message."""
        self._put(None, ())

    def send(self, text: str, effort: Effort, *, files: Files = ()) -> None:
        """Store a message of the user in this chat, then have it answered."""
        if not text.strip() and not files:
            return
        if self.is_busy:
            self._tell(SendRefused(text, _BUSY, files))
            return
        question = Question(
            self.id,
            self.branch[-1].id if self.branch else None,
            text,
            effort,
            self._parts.clock_ms(),
            NewChat(first_title(text, files)),
            self._parts.answers.safeguard,
            files=files,
        )

        def refused(problem: Problem) -> None:
            self._tell(SendRefused(text, problem, files))
            self.tell_busy()

        self._parts.sending.commit(question, self.number, self._parts.on_sent, refused)
        self.tell_busy()

    def stop(self) -> None:
        """End its answer; what is there stays, marked as stopped."""
        self._parts.sending.stop_from(self.number)
        self._parts.answers.stop(self.id)

    def answer_now(self) -> None:
        """Cut the thoughts of its answer short and have it come at once."""
        self._parts.answers.answer_now(self.id)

    def go_on(self) -> None:
        """Let its turn, which has reached a cap on its calls, go on."""
        self._parts.answers.go_on(self.id)

    def close(self) -> None:
        """Nobody looks any more; an answer goes on."""
        self._forget(self)

    # ---- what the service tells

    def take(self, change: ChatChange) -> None:
        """A change of the service: the chat may be renamed, gone, or shown on another branch."""
        if isinstance(change, ChatsChanged) and self.chat is not None:
            if (found := self._parts.chats.find(self.chat.id)) is not None:
                self.chat = found
            elif not self.is_busy:
                self._put(None, ())
        elif isinstance(change, ChatOpened) and change.chat is not None:
            is_other = [one.id for one in change.messages] != [one.id for one in self.branch]
            if change.chat.id == self.id and is_other:
                self._put(change.chat, change.messages)

    def add(self, sent: Sent) -> None:
        """A message of it was stored, and the place for its answer."""
        question, answer = sent.branch[-1], sent.answer
        is_next = question.parent_id == (self.branch[-1].id if self.branch else None)
        was_new = self.chat is None
        self.chat, branch = sent.chat, (*sent.branch, answer.veiled())
        if not is_next:
            self._put(sent.chat, branch)
            return
        self.branch = branch
        if was_new:
            self._tell(ChatOpened(sent.chat, ()))
        self._tell(MessageAdded(question))
        self._tell(MessageAdded(answer))

    def hear(self, change: ChatChange) -> None:
        """Its answer goes on."""
        if self._ends_with_answer():
            self._tell(change)

    def end(self, message: Message) -> None:
        """An answer of it is final."""
        if any(one.id == message.id for one in self.branch):
            self.branch = tuple(message if m.id == message.id else m for m in self.branch)
            self._tell(MessageEnded(message))
        self.tell_busy()

    def tell_busy(self) -> None:
        """Tell whether it is being answered."""
        message_id = self._parts.answers.message_id(self.id)
        self._tell(BusyChanged(is_busy=self.is_busy, message_id=message_id))

    def _loaded(self, chat: Chat, branch: tuple[Message, ...]) -> None:
        self._put(self._parts.chats.find(chat.id) or chat, self._parts.answers.with_live(branch))

    def _put(self, chat: Chat | None, branch: tuple[Message, ...]) -> None:
        self.chat, self.branch = chat, branch
        self._tell(ChatOpened(chat, branch))
        progress = self._parts.answers.progress(self.id)
        if progress is not None and self._ends_with_answer():
            self._tell(progress)
        self.tell_busy()

    def _ends_with_answer(self) -> bool:
        written = self._parts.answers.message_id(self.id)
        return bool(self.branch) and self.branch[-1].id == written


class SideViews:
    """All views beside the open chat.  Confined to the service's thread.

    Args:
        parts: what they share.
        heard: tells of the list of chats and of the open one.
    """

    def __init__(self, parts: ViewParts, heard: Subscribers) -> None:
        self._parts = parts
        self._numbers = count(-1, -1)
        self._views: list[SideView] = []
        heard.add(self._take)

    def make(self, tell: Callable[[ChatChange], None]) -> SideView:
        """One more view, of nothing yet.

        Args:
            tell: hears what concerns its chat alone.
        """
        view = SideView(next(self._numbers), self._parts, tell, self._views.remove)
        self._views.append(view)
        return view

    def shows(self, chat_id: ChatId) -> bool:
        """Whether a view shows this chat, so that what ends in it is seen."""
        return any(view.id == chat_id for view in self._views)

    def sent(self, sent: Sent, one: OnItsWay) -> None:
        """A message was stored, wherever it was written."""
        for view in self._of(sent.chat.id, one.view):
            view.add(sent)

    def begun(self, chat_id: ChatId) -> None:
        """The answer of a message begins."""
        for view in self._of(chat_id):
            view.tell_busy()

    def hear(self, chat_id: ChatId, change: ChatChange) -> None:
        """An answer goes on."""
        for view in self._of(chat_id):
            view.hear(change)

    def end(self, message: Message) -> None:
        """An answer is final."""
        for view in self._of(message.chat_id):
            view.end(message)

    def _of(self, chat_id: ChatId, number: int = 0) -> list[SideView]:
        return [one for one in self._views if one.id == chat_id or one.number == number]

    def _take(self, change: ChatChange) -> None:
        for view in tuple(self._views):
            view.take(change)

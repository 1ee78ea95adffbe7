"""Messages on their way into the store, before anything answers them."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Protocol

from app.chats.background import Background
from app.chats.ids import ChatId
from app.chats.question import Sent
from app.chats.store import ChatStore
from app.chats.values import Problem


class ToBeAnswered(Protocol):
    """What can be committed so that an answer follows (`app.chats.question`)."""

    @property
    def chat_id(self) -> ChatId | None:
        """Where it goes; None for a new chat."""
        ...

    def store(self, store: ChatStore) -> Sent:
        """Commit it and the place for its answer.  Storage thread."""
        ...


@dataclass(slots=True, eq=False)
class OnItsWay:
    """One message that is not stored yet.

    Attributes:
        view: number of the view it was sent from, since a new chat has no id yet.
        chat_id: None for a new chat.
        must_stop: its answer is to be stopped as soon as there is one.
    """

    view: int
    chat_id: ChatId | None
    must_stop: bool = False


class Sending:
    """Commits messages; several may be on their way.  Confined to the service's thread.

    Args:
        background: where the store is.

    Attributes:
        on_refused: called with the chat of each message that could not be stored.
    """

    def __init__(self, background: Background) -> None:
        self.on_refused: Callable[[ChatId | None], None] = lambda _: None
        self._background = background
        self._on_their_way: list[OnItsWay] = []

    def is_from(self, view: int) -> bool:
        """Whether a message that was sent from this view is on its way."""
        return any(one.view == view for one in self._on_their_way)

    def is_to(self, chat_id: ChatId) -> bool:
        """Whether a message to this chat is on its way."""
        return any(one.chat_id == chat_id for one in self._on_their_way)

    def stop_from(self, view: int) -> None:
        """Have the answer stopped that a message from this view is about to get."""
        for one in self._on_their_way:
            one.must_stop |= one.view == view

    def stop_in(self, chat_id: ChatId) -> None:
        """The same for a message to this chat."""
        for one in self._on_their_way:
            one.must_stop |= one.chat_id == chat_id

    def commit(
        self,
        question: ToBeAnswered,
        view: int,
        on_sent: Callable[[Sent, OnItsWay], None],
        on_refused: Callable[[Problem], None],
    ) -> None:
        """Commit a message and the place for its answer; one of the callbacks follows."""
        one = OnItsWay(view, question.chat_id)
        self._on_their_way.append(one)

        def sent(made: Sent) -> None:
            self._on_their_way.remove(one)
            on_sent(made, one)

        def refused(problem: Problem) -> None:
            self._on_their_way.remove(one)
            on_refused(problem)
            self.on_refused(one.chat_id)

        self._background.store(question.store, sent, refused)

"""What the window asks of the chat service, so that tests can put another one behind it."""

from __future__ import annotations

from collections.abc import Callable, Collection
from typing import Protocol

from app.chats.changes import ChatChange
from app.chats.ids import ChatId
from engine.harmony.messages import Effort, ResponseFormat


class Foreseeing(Protocol):
    """What the window tells `app.chats.foresight.Foresight`; UI thread."""

    def choose(self, effort: Effort) -> None:
        """The next message will be sent with this effort."""
        ...

    def begin_typing(self) -> None:
        """The user writes a message in the open chat."""
        ...


class Binding(Protocol):
    """The part of `app.chats.answer_form.AnswerForm` that the window uses; UI thread."""

    def choose(self, response_format: ResponseFormat | None) -> None:
        """Bind the answers of the open chat to a JSON schema, or leave them free."""
        ...


class ChatCommands(Protocol):
    """What the window asks of `app.chats.service.ChatService`; UI thread."""

    @property
    def foresight(self) -> Foreseeing:
        """Hears of the chosen effort and of typing."""
        ...

    @property
    def form(self) -> Binding:
        """What the open chat's answers are bound to."""
        ...

    def subscribe(self, callback: Callable[[ChatChange], None]) -> Callable[[], None]:
        """Call back with every change from now on; returns the way to unsubscribe."""
        ...

    def new_chat(self) -> None:
        """Show an empty chat."""
        ...

    def open_chat(self, chat_id: ChatId) -> None:
        """Show a chat."""
        ...

    def rename_chat(self, chat_id: ChatId, title: str) -> None:
        """Give a chat another title."""
        ...

    def delete_chat(self, chat_id: ChatId) -> None:
        """Take a chat away; `UndoOffered` follows."""
        ...

    def undo_delete(self) -> None:
        """Bring the chat that was deleted last back."""
        ...

    def send(self, text: str, effort: Effort) -> None:
        """Send a message in the open chat."""
        ...

    def load_model(self, without: Collection[str] = ()) -> None:
        """Load the model once more, without these workers."""
        ...

    def stop(self) -> None:
        """End the running answer."""
        ...

    def answer_now(self) -> None:
        """Cut the running answer's thoughts short and have it come at once."""
        ...

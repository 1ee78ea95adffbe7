"""Use cases over chats: send, stop, open, rename, delete.  (Skeleton: the signatures bind.)"""

from __future__ import annotations

from collections.abc import Callable

from app.chats.changes import ChatChange
from app.chats.values import ChatId
from engine.harmony.messages import Effort


class ChatService:
    """The one place where chats change.

    Confined to the thread that made it (the UI thread, or the command line's main
    thread); engine and storage answer through its `dispatch` callable.
    """

    def subscribe(self, callback: Callable[[ChatChange], None]) -> Callable[[], None]:
        """Call `callback` with every change from now on; returns the way to unsubscribe."""
        raise NotImplementedError

    def start(self) -> None:
        """Announce the chats and the status, and begin to load the model."""
        raise NotImplementedError

    def new_chat(self) -> None:
        """Show an empty chat; it is stored when its first message is sent."""
        raise NotImplementedError

    def open_chat(self, chat_id: ChatId) -> None:
        """Show a chat."""
        raise NotImplementedError

    def rename_chat(self, chat_id: ChatId, title: str) -> None:
        """Give a chat another title; a blank one changes nothing."""
        raise NotImplementedError

    def delete_chat(self, chat_id: ChatId) -> None:
        """Take a chat away; `UndoOffered` follows."""
        raise NotImplementedError

    def undo_delete(self) -> None:
        """Bring the chat that was deleted last back."""
        raise NotImplementedError

    def send(self, text: str, effort: Effort) -> None:
        """Store the user's message in the open chat, then have it answered."""
        raise NotImplementedError

    def stop(self) -> None:
        """End the running answer; what is there stays, marked as stopped."""
        raise NotImplementedError

    def close(self) -> None:
        """Stop the running answer, wait for engine and storage, and let go of them."""
        raise NotImplementedError

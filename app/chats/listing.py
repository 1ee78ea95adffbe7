"""The list of chats: what is in it, and new titles."""

from __future__ import annotations

from collections.abc import Callable

from app.chats.background import Background
from app.chats.ids import ChatId
from app.chats.store import ChatStore
from app.chats.values import Chat, Folder


class ChatList:
    """The chats as the store last told them.  Confined to the service's thread.

    Args:
        background: where the store is.
        clock_ms: Unix time in milliseconds.
        on_listed: told when the list is there or another one.

    Attributes:
        chats: those that are not deleted, the one with the newest message first.
        folders: the user's, in their order.
    """

    def __init__(
        self,
        background: Background,
        clock_ms: Callable[[], int],
        on_listed: Callable[[tuple[Chat, ...]], None],
    ) -> None:
        self.chats: tuple[Chat, ...] = ()
        self.folders: tuple[Folder, ...] = ()
        self._background = background
        self.clock_ms = clock_ms
        self._on_listed = on_listed

    def find(self, chat_id: ChatId) -> Chat | None:
        """A chat of the list."""
        return next((chat for chat in self.chats if chat.id == chat_id), None)

    def refresh(self) -> None:
        """Ask the store for the list."""
        self._background.store(_listing, self._take)

    def rename(self, chat_id: ChatId, title: str) -> None:
        """Give a chat another title; a blank one changes nothing."""
        wanted = " ".join(title.split())
        if wanted:
            self._background.store(lambda store: store.rename_chat(chat_id, wanted))
            self.refresh()

    def _take(self, listing: tuple[tuple[Folder, ...], tuple[Chat, ...]]) -> None:
        self.folders, self.chats = listing
        self._on_listed(self.chats)


def _listing(store: ChatStore) -> tuple[tuple[Folder, ...], tuple[Chat, ...]]:
    return store.shelves.folders(), store.chats()

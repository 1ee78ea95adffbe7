"""Private chats of the window: beginning one, and keeping one after all."""

from __future__ import annotations

from collections.abc import Callable
from typing import Final

from app.chats.background import Background
from app.chats.ids import ChatId
from app.chats.listing import ChatList
from app.chats.open_answers import OpenAnswers
from app.chats.open_chat import OpenChat
from app.chats.values import Chat, Problem

_BUSY: Final = Problem("The answer is still being written.", "Stop it or wait for its end.")

_TITLE: Final = "Private chat"


class PrivateDesk:
    """Confined to the service's thread; never blocks.

    Args:
        background: where the store is.
        chats: the list of chats.
        answers: those in progress.
        shown: the chat that is open.
        open_chat: opens another one.
    """

    def __init__(
        self,
        background: Background,
        chats: ChatList,
        answers: OpenAnswers,
        shown: OpenChat,
        open_chat: Callable[[ChatId], None],
    ) -> None:
        self._background = background
        self._chats = chats
        self._answers = answers
        self._shown = shown
        self._open_chat = open_chat

    @property
    def chats(self) -> tuple[Chat, ...]:
        """Those in which something was said; they are gone when Sotto is closed."""
        return tuple(one for one in self._chats.chats if one.is_private and one.leaf_id)

    def begin(self, title: str) -> None:
        """Show an empty private chat; its id is known at once, so nothing of it goes astray.

        Args:
            title: until its first message; "" for the usual one.
        """
        now_ms, wish = self._chats.clock_ms(), self._shown.wish()

        def begun(chat: Chat) -> None:
            if self._shown.is_newest_wish(wish):
                self._shown.show(chat, ())
            self._chats.refresh()

        self._background.store(lambda store: store.private.begin(title or _TITLE, now_ms), begun)

    def keep(self, chat_id: ChatId) -> None:
        """Move a private chat into the history; where it is shown, it stays so."""
        if self._answers.is_in(chat_id):
            self._shown.complain(_BUSY)
            return

        def kept(new_id: ChatId) -> None:
            self._chats.refresh()
            if self._shown.id == chat_id:
                self._open_chat(new_id)

        self._background.store(lambda store: store.private.keep(chat_id), kept)

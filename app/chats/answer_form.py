"""The JSON schema that the answers of the open chat are bound to."""

from __future__ import annotations

from dataclasses import replace

from app.chats.background import Background
from app.chats.changes import ChatChange, ChatOpened, ResponseFormatChanged
from app.chats.foresight import Foresight
from app.chats.listing import ChatList
from app.chats.subscribers import Subscribers
from app.chats.values import Chat
from engine.harmony.messages import ResponseFormat


class AnswerForm:
    """Follows the open chat.  Confined to the service's thread.

    Args:
        background: where the store is.
        chats: has to hear of a chat that changed.
        foresight: the same, for the open chat.
        subscribers: hear `ResponseFormatChanged`; `ChatOpened` is heard from among them.

    Attributes:
        of_new_chat: what a chat that is not stored yet is to be bound to.
    """

    def __init__(
        self,
        background: Background,
        chats: ChatList,
        foresight: Foresight,
        subscribers: Subscribers,
    ) -> None:
        self._background = background
        self._chats = chats
        self._foresight = foresight
        self._tell = subscribers.tell
        self._chat: Chat | None = None
        self.of_new_chat: ResponseFormat | None = None
        subscribers.add(self._hear)

    def _hear(self, change: ChatChange) -> None:
        """Another chat is open: say what its answers are bound to."""
        if isinstance(change, ChatOpened):
            self._chat = change.chat
            self.of_new_chat = None
            self._tell(ResponseFormatChanged(change.chat.response_format if change.chat else None))

    def choose(self, response_format: ResponseFormat | None) -> None:
        """Bind the answers of the open chat, or leave them free (None).

        It holds from the next message on and is kept with the chat.
        """
        if self._chat is None:
            self.of_new_chat = response_format
        else:
            chat = self._chat = replace(self._chat, response_format=response_format)
            self._background.store(lambda store: store.answer_forms.keep(chat.id, response_format))
            self._chats.refresh()
            self._foresight.follow(chat)
        self._tell(ResponseFormatChanged(response_format))

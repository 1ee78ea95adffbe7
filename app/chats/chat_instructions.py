"""The instructions of the open chat."""

from __future__ import annotations

from dataclasses import replace

from app.chats.background import Background
from app.chats.changes import ChatChange, ChatOpened, InstructionsChanged
from app.chats.foresight import Foresight
from app.chats.listing import ChatList
from app.chats.subscribers import Subscribers
from app.chats.values import Chat


class ChatInstructions:
    """Follows the open chat.  Confined to the service's thread.

    Args:
        background: where the store is.
        chats: has to hear of a chat that changed.
        foresight: the same, for the open chat.
        subscribers: hear `InstructionsChanged`; `ChatOpened` is heard from among them.

    Attributes:
        of_new_chat: those of a chat that is not stored yet.
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
        self.of_new_chat = ""
        subscribers.add(self._hear)

    @property
    def own(self) -> str:
        """The open chat's own instructions, or ""."""
        return self._chat.instructions if self._chat else self.of_new_chat

    def choose(self, text: str) -> None:
        """Give the open chat instructions of its own; a blank text takes them away.

        They hold from the next message on and are kept with the chat.
        """
        text = text.strip()
        if self._chat is None:
            self.of_new_chat = text
        else:
            chat = self._chat = replace(self._chat, instructions=text)
            self._background.store(lambda store: store.answer_forms.instruct(chat.id, text))
            self._chats.refresh()
            self._foresight.follow(chat)
        self._tell(InstructionsChanged(text))

    def refresh(self) -> None:
        """Those for all chats are others now: tell what that costs the open one."""
        self._foresight.ask_again()

    def _hear(self, change: ChatChange) -> None:
        """Another chat is open: say what it has."""
        if isinstance(change, ChatOpened):
            self._chat = change.chat
            self.of_new_chat = ""
            self._tell(InstructionsChanged(self.own))

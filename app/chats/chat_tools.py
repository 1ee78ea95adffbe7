"""The tools of the open chat: what is on, what calls made, and going on after a cap."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

from app.chats.background import Background
from app.chats.changes import ChatChange, ChatOpened, ToolsSwitched
from app.chats.foresight import Foresight
from app.chats.ids import MessageId
from app.chats.listing import ChatList
from app.chats.open_answers import OpenAnswers
from app.chats.subscribers import Subscribers
from app.chats.tool_choice import ToolChoice
from app.chats.values import Chat
from app.tools.values import Attachment, SourcePage


class ChatTools:
    """Follows the open chat.  Confined to the service's thread.

    Args:
        choice: which tools a chat has.
        answers: run the turn that may have to go on.
        background: where the store is.
        chats: has to hear of a chat that changed.
        foresight: the same, for the open chat.
        subscribers: hear `ToolsSwitched`; `ChatOpened` is heard from among them.

    Attributes:
        of_new_chat: what a chat that is not stored yet has on; None follows the settings.
    """

    def __init__(
        self,
        choice: ToolChoice,
        answers: OpenAnswers,
        background: Background,
        chats: ChatList,
        foresight: Foresight,
        subscribers: Subscribers,
    ) -> None:
        self._choice = choice
        self._answers = answers
        self._background = background
        self._chats = chats
        self._foresight = foresight
        self._tell = subscribers.tell
        self._chat: Chat | None = None
        self.of_new_chat: tuple[str, ...] | None = None
        subscribers.add(self._hear)

    @property
    def switched_on(self) -> tuple[str, ...]:
        """Names of the tools that are on in the open chat (`app.tools.toolbox`)."""
        return self._choice.switched_on(self._chat.tools if self._chat else self.of_new_chat)

    @property
    def available(self) -> tuple[str, ...]:
        """Names of all tools that can be switched on now."""
        return tuple(sorted(self._choice.workshop.toolbox.tools()))

    def switch(self, name: str, *, is_on: bool) -> None:
        """Switch a tool on or off in the open chat.

        It holds from the next message on and is kept with the chat.
        """
        others = [one for one in self.switched_on if one != name]
        self.choose((*others, name) if is_on else tuple(others))

    def choose(self, names: tuple[str, ...]) -> None:
        """Switch exactly these tools on in the open chat; as `switch`."""
        names = tuple(sorted(set(names)))
        if self._chat is None:
            self.of_new_chat = names
        else:
            chat = self._chat = replace(self._chat, tools=names)
            self._background.store(lambda store: store.tool_results.switch(chat.id, names))
            self._chats.refresh()
            self._foresight.follow(chat)
        self._tell(ToolsSwitched(self.switched_on))

    def refresh(self) -> None:
        """The settings changed, or tools came or went: tell what is on now."""
        self._tell(ToolsSwitched(self.switched_on))

    def go_on(self) -> None:
        """Let the open chat's turn go on that has reached a cap on its calls."""
        self._answers.go_on(self._chat.id if self._chat else None)

    def load_attachment(
        self, attachment_id: int, on_done: Callable[[Attachment | None], None]
    ) -> None:
        """Read a stored attachment; None where it is not there any more."""
        self._background.store(
            lambda store: store.tool_results.attachment(attachment_id),
            on_done,
            lambda _: on_done(None),
        )

    def load_page(
        self, message_id: MessageId, number: int, on_done: Callable[[SourcePage | None], None]
    ) -> None:
        """Read the page that a call of an answer opened; None where there is none."""
        self._background.store(
            lambda store: store.tool_results.page(message_id, number),
            on_done,
            lambda _: on_done(None),
        )

    def _hear(self, change: ChatChange) -> None:
        """Another chat is open: say what it has on."""
        if isinstance(change, ChatOpened):
            self._chat = change.chat
            self.of_new_chat = None
            self._tell(ToolsSwitched(self.switched_on))

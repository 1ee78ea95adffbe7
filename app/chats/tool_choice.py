"""Which tools a chat has, and who lets them."""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import Future

from app.chats.background import Background
from app.chats.values import Chat
from app.permissions.desk import PermissionDesk
from app.tools.tool import Declaration
from app.tools.toolbox import Offer
from app.tools.workshop import Workshop


class ToolChoice:
    """What is switched on, by chat.  Confined to the service's thread.

    Args:
        workshop: has the tools, and what chats begin with.
        background: the way to the store.
        clock_ms: Unix time in milliseconds.

    Attributes:
        desk: decides what may run.
    """

    def __init__(
        self, workshop: Workshop, background: Background, clock_ms: Callable[[], int]
    ) -> None:
        self.workshop = workshop
        self.desk = PermissionDesk(
            background,
            clock_ms=clock_ms,
            strictness=workshop.strictness,
            chat_folder=workshop.chat_folder,
            allowed=workshop.allowed,
        )

    def switched_on(self, chosen: tuple[str, ...] | None) -> tuple[str, ...]:
        """Names of the tools that are on in a chat that chose these; None follows the settings."""
        names = self.workshop.defaults() if chosen is None else chosen
        return tuple(sorted(names))

    def prepare(self, chat: Chat, also: tuple[str, ...] = ()) -> Future[None] | None:
        """Begin what the tools of a chat need; None where a turn can go on at once."""
        return self.workshop.prepare(self._of_turn(chat, also))

    def offer(self, chat: Chat, also: tuple[str, ...] = ()) -> Offer:
        """The tools of a chat's next turn, and those that are on for this turn alone."""
        return self.workshop.toolbox.offer(self._of_turn(chat, also))

    def _of_turn(self, chat: Chat, also: tuple[str, ...]) -> tuple[str, ...]:
        return tuple(sorted({*self.switched_on(chat.tools), *also}))

    def declaration(self, chat: Chat) -> Declaration:
        """What the model is told of them."""
        return self.offer(chat).declaration

"""What the model sees of the open chat, told for as long as somebody looks."""

from __future__ import annotations

from collections.abc import Callable
from itertools import count
from typing import Final

from app.chats.changes import (
    BusyChanged,
    ChatChange,
    ChatOpened,
    InstructionsChanged,
    MessageEnded,
    ModelState,
    PromptSeen,
    ResponseFormatChanged,
    StatusChanged,
    ToolsSwitched,
)
from app.chats.prompt_values import Dropped, NextPrompt, dropped_of
from app.chats.subscribers import Subscribers
from app.chats.values import Message
from engine.events import PromptInspected
from engine.harmony.messages import HarmonyMessage
from engine.requests import InspectRequest

_CHANGES_IT: Final = (
    ChatOpened,
    InstructionsChanged,
    MessageEnded,
    ResponseFormatChanged,
    ToolsSwitched,
)

NextConversation = Callable[[], tuple[tuple[Message, ...], tuple[HarmonyMessage, ...]]]


class Inspector:
    """Asks the engine for the next prompt while it is open.  Confined to the service's thread.

    While an answer is being written, the engine is asked when that is over.

    Args:
        ask: puts a question to the engine; never blocks.
        conversation: the open chat's branch, and what the model is to read of it, without the
            user's next message.
        later: runs a callable on the service's thread when what it is at now is done; several
            changes that come together ask once.
        subscribers: hear `PromptSeen`; what changes the prompt is heard from among them.
    """

    def __init__(
        self,
        ask: Callable[[InspectRequest], None],
        conversation: NextConversation,
        later: Callable[[Callable[[], None]], None],
        subscribers: Subscribers,
    ) -> None:
        self._ask = ask
        self._conversation = conversation
        self._later = later
        self._tell = subscribers.tell
        self._numbers = count(1)
        self._asked = self._answered = 0
        self._dropped = Dropped()
        self._is_open = False
        self._is_busy = self._is_due = False
        self._state: ModelState | None = None
        subscribers.add(self._hear)

    @property
    def is_waiting(self) -> bool:
        """What was told last is not what there is now; the engine will be or is being asked."""
        return self._is_due or self._asked != self._answered

    def open(self) -> None:
        """Tell what the model sees, now and whenever it changes, until `close`."""
        self._is_open = True
        self.refresh()

    def close(self) -> None:
        """Nobody looks any more."""
        self._is_open = False
        self._asked = self._answered = 0

    def refresh(self) -> None:
        """Something may have changed that no change tells, such as the chosen effort."""
        if self._is_open and not self._is_due:
            self._is_due = True
            self._later(self._ask_now)

    def _ask_now(self) -> None:
        self._is_due = False
        if not self._is_open or self._is_busy:
            return
        branch, conversation = self._conversation()
        self._dropped = dropped_of(branch)
        self._asked = next(self._numbers)
        self._ask(InspectRequest(self._asked, conversation))

    def handle(self, event: PromptInspected) -> None:
        """Take an answer of the engine; one to an older question is ignored."""
        if event.number != self._asked:
            return
        self._answered = event.number
        prompt = NextPrompt(
            event.messages,
            event.context_tokens,
            event.reused_tokens,
            event.opening_tokens,
            self._dropped,
            event.problem,
            event.fields,
        )
        self._tell(PromptSeen(prompt))

    def _hear(self, change: ChatChange) -> None:
        if isinstance(change, StatusChanged):
            is_other = change.state is not self._state
            self._state = change.state
            if is_other:
                self.refresh()
        elif isinstance(change, BusyChanged):
            was_busy, self._is_busy = self._is_busy, change.is_busy
            if was_busy and not change.is_busy:
                self.refresh()
        elif isinstance(change, _CHANGES_IT):
            self.refresh()

"""The way to what the model sees: the panel is made when it is first wanted."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QEvent, QObject, Signal
from PySide6.QtWidgets import QWidget
from typing_extensions import override

from app.chats.changes import BusyChanged, ChatChange, ChatOpened, PromptSeen
from app.words import Words
from ui.actions import ActionId, make_action
from ui.chat.panel import ChatPanel
from ui.chat_commands import Inspecting
from ui.controls.side_panel import SidePanel
from ui.theme.theme import Theme

if TYPE_CHECKING:
    from ui.inspector.panel import InspectorPanel


def inspector_door(
    theme: Theme, words: Words, panel: ChatPanel, inspector: Inspecting
) -> InspectorDoor:
    """The door beside a chat: it takes its room there, and hears of the chosen effort."""
    door = InspectorDoor(theme, words, panel, inspector, panel.tools.source)
    door.room_taken.connect(panel.leave_room)
    panel.effort_changed.connect(lambda _: door.refresh())
    return door


class InspectorDoor(QObject):
    """Opens and closes the panel, and tells it what it shows.

    Ctrl+Shift+I opens and closes it too, while the room is seen.

    Signals:
        room_taken: (px: int) so much at the right of the room belongs to the panel.

    Args:
        theme: the look.
        words: the user's language.
        room: where it stands.
        inspector: tells what the model sees.
        other: a panel at the same place; one goes when the other comes.
    """

    room_taken = Signal(int)

    def __init__(
        self, theme: Theme, words: Words, room: QWidget, inspector: Inspecting, other: SidePanel
    ) -> None:
        super().__init__(room)
        self._theme = theme
        self._words = words
        self._room = room
        self._inspector = inspector
        self._other = other
        self._is_busy = False
        self.panel: InspectorPanel | None = None
        """None until it was wanted once."""
        self.action = make_action(words, ActionId.INSPECTOR, room, self.toggle)
        room.installEventFilter(self)
        other.room_taken.connect(self._make_way)

    def toggle(self) -> None:
        """Show the panel, or take it away."""
        if self._is_shown and self.panel is not None:
            self.panel.leave()
            return
        self._other.leave()
        panel = self._made()
        panel.open()
        panel.expect()
        if self._is_busy:
            panel.wait()
        self._inspector.open()

    def apply(self, change: ChatChange) -> None:
        """Take a change of the chat service."""
        if isinstance(change, BusyChanged):
            self._is_busy = change.is_busy
            if change.is_busy and self.panel is not None:
                self.panel.wait()
        elif isinstance(change, ChatOpened) and self._is_shown and self.panel is not None:
            self.panel.expect()
        elif isinstance(change, PromptSeen) and self.panel is not None:
            self.panel.show_prompt(change.prompt)

    def forget(self) -> None:
        """Take the panel away, with all that it shows."""
        if self.panel is not None:
            if self._is_shown:
                self.panel.leave()
            self.panel.deleteLater()
            self.panel = None

    def refresh(self) -> None:
        """The effort is another one now."""
        self._inspector.refresh()

    @override
    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        if event.type() == QEvent.Type.Resize and self.panel is not None:
            self.panel.place()
        return super().eventFilter(watched, event)

    @property
    def _is_shown(self) -> bool:
        return self.panel is not None and not self.panel.isHidden()

    def _made(self) -> InspectorPanel:
        if self.panel is None:
            # Not before it is wanted: the first window need not wait for it.
            from ui.inspector.panel import InspectorPanel  # noqa: PLC0415 - see above

            self.panel = InspectorPanel(self._theme, self._words, self._room)
            self.panel.room_taken.connect(self.room_taken)
            self.panel.left.connect(self._inspector.close)
        return self.panel

    def _make_way(self, _px: int) -> None:
        if self.panel is not None and not self._other.isHidden():
            self.panel.leave()

"""What the conversation needs of a message's widget, and when its actions are awake."""

from __future__ import annotations

from abc import abstractmethod
from collections.abc import Callable
from typing import Final

from PySide6.QtCore import QEvent, Qt, Signal
from PySide6.QtGui import QEnterEvent, QKeyEvent
from PySide6.QtWidgets import QApplication, QWidget
from typing_extensions import override

from app.chats.ids import MessageId
from ui.chat.action_row import ActionRow
from ui.chat.message_desk import MessageDesk

BLEED: Final = 8
"""So much further left than its words an answer begins, in logical px: there stand the ends of
buttons whose signs stand on the line of the words."""

_STEPS = {Qt.Key.Key_Left: -1, Qt.Key.Key_Right: 1}


class MessageWidget(QWidget):
    """One message, laid out for a width that the conversation gives it.

    Its actions are awake while the pointer or the focus is in it, and while it is the newest.
    Alt with an arrow goes to another version of it.

    Signals:
        height_changed: (by_user: bool) it needs another height at the same width.
        grew_late: it needs another height, for something that came after its end.

    Args:
        desk: hears what the user wants of it.
        message_id: which message it is.
        parent: the conversation.
    """

    bleed = 0
    """How far left of its column it begins, in logical px."""

    height_changed = Signal(bool)
    grew_late = Signal()

    def __init__(self, desk: MessageDesk, message_id: MessageId, parent: QWidget | None) -> None:
        super().__init__(parent)
        self._desk = desk
        self.message_id = message_id
        self._is_hovered = False
        desk.changed.connect(self._on_desk_changed)
        desk.focus_moved.connect(self.wake)

    @property
    @abstractmethod
    def actions_row(self) -> ActionRow:
        """The buttons below it."""

    @abstractmethod
    def fit(self, width: int) -> int:
        """Lay out for a width; returns the height this takes, both in logical px."""

    def place_at(self, y: int) -> Callable[[], int]:
        """What stands `y` px below the top, told as where it stands whenever it is asked later."""
        return lambda: y

    def wake(self) -> None:
        """See whether the actions are to be painted."""
        focused = QApplication.focusWidget()
        has_focus = focused is not None and self.isAncestorOf(focused)
        is_newest = self._desk.newest == self.message_id
        self.actions_row.wake(is_awake=self._is_hovered or has_focus or is_newest)

    @override
    def enterEvent(self, event: QEnterEvent) -> None:
        super().enterEvent(event)
        self._is_hovered = True
        self.wake()

    @override
    def leaveEvent(self, event: QEvent) -> None:
        super().leaveEvent(event)
        self._is_hovered = False
        self.wake()

    @override
    def keyPressEvent(self, event: QKeyEvent) -> None:
        step = _STEPS.get(Qt.Key(event.key()))
        if step is not None and event.modifiers() == Qt.KeyboardModifier.AltModifier:
            self._desk.go(self.message_id, step)
            return
        super().keyPressEvent(event)

    def _on_desk_changed(self) -> None:
        if self.actions_row.switcher.refresh():
            self.fit(
                self.width() - self.bleed
            )  # the foot alone is laid out anew: its height is the same
        self.wake()

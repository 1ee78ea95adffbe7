"""What can be done with the messages of the open chat, as wishes, and what they know for it."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import Final

from PySide6.QtCore import QObject, Signal
from PySide6.QtWidgets import QApplication

from app.chats.branch_places import BranchPlace
from app.chats.ids import MessageId
from app.chats.values import Message
from engine.harmony.messages import Effort

NO_PLACES: Final[Mapping[MessageId, BranchPlace]] = MappingProxyType({})
OnSiblings = Callable[[tuple[Message, ...]], None]
OnCosts = Callable[[Mapping[Effort, str]], None]


@dataclass(frozen=True, slots=True)
class Edit:
    """Other words for a message of the user, not sent yet."""

    text: str
    effort: Effort


class MessageDesk(QObject):
    """One for all messages of a conversation; they tell it what the user wants.

    Signals:
        edit_sent: (message: MessageId, edit: Edit) send other words in its place.
        edit_dropped: (message: MessageId, edit: Edit) words were given up; worth an undo.
        again_wanted: (answer: MessageId, effort: Effort | None) have it answered once more.
        go_on_wanted: (answer: MessageId) have it go on from where it stopped.
        show_wanted: (sibling: MessageId) show the branch of another version.
        compare_wanted: (message: MessageId) show its versions beside each other.
        delete_wanted: (message: MessageId) take it away, with what follows it.
        fork_wanted: (message: MessageId) copy the chat up to here into a new one.
        focus_moved: something else has the focus.
        changed: other messages have other versions, or another one is the newest.

    Attributes:
        places: of messages that have other versions.
        can_change: the messages are those of the open chat, and not only to be read.
        newest: the last message of the branch.
        edits: what is being edited; it stays while other chats are shown.
        find_siblings: calls back with a message and its other versions.
        find_costs: calls back with what another answer costs at each effort, in words.
    """

    edit_sent = Signal(object, object)
    edit_dropped = Signal(object, object)
    again_wanted = Signal(object, object)
    go_on_wanted = Signal(object)
    show_wanted = Signal(object)
    compare_wanted = Signal(object)
    delete_wanted = Signal(object)
    fork_wanted = Signal(object)
    changed = Signal()
    focus_moved = Signal()

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        program = QApplication.instance()
        if isinstance(program, QApplication):
            program.focusChanged.connect(self._on_focus_changed)
        self.places: Mapping[MessageId, BranchPlace] = NO_PLACES
        self.can_change = True
        self.newest: MessageId | None = None
        self.edits: dict[MessageId, Edit] = {}
        self.find_siblings: Callable[[MessageId, OnSiblings], object] = lambda _id, _done: None
        self.find_costs: Callable[[MessageId, OnCosts], object] = lambda _id, _done: None

    def set_places(self, places: Mapping[MessageId, BranchPlace]) -> None:
        """Where the branch has other branches beside it."""
        if places != self.places:
            self.places = places
            self.changed.emit()

    def set_newest(self, message_id: MessageId | None) -> None:
        """The last message of the branch is another one."""
        if message_id != self.newest:
            self.newest = message_id
            self.changed.emit()

    def sibling(self, message_id: MessageId, step: int) -> MessageId | None:
        """The version so many places further; None where there is none."""
        place = self.places.get(message_id)
        goal = place.index + step if place is not None else -1
        return place.ids[goal] if place is not None and 0 <= goal < len(place.ids) else None

    def go(self, message_id: MessageId, step: int) -> None:
        """Ask for the version so many places further, if there is one."""
        sibling = self.sibling(message_id, step)
        if sibling is not None:
            self.show_wanted.emit(sibling)

    def _on_focus_changed(self) -> None:
        self.focus_moved.emit()

"""The way to one message of the conversation, whether it has a widget yet or not."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

from PySide6.QtWidgets import QWidget

from app.chats.ids import MessageId
from app.chats.values import Message, MessageRole
from ui.chat.first_message import answer_of, bubble_of
from ui.chat.message_desk import MessageDesk
from ui.chat.message_widget import MessageWidget
from ui.chat.message_widgets import MessageWidgets
from ui.chat.placement import Placement
from ui.chat.rows import Rows
from ui.chat.viewport_rows import ViewportRows

if TYPE_CHECKING:
    from ui.chat.answer import Answer


class MessageReach:
    """Finds messages by their ids.

    Args:
        rows: all messages.
        widgets: of those near the view.
        seen: which rows are in view.
        placement: puts new widgets in their places.
        width: of the column, in logical px.
        desk: hears what the user wants of a message.
    """

    def __init__(
        self,
        rows: Rows,
        widgets: MessageWidgets,
        seen: ViewportRows,
        placement: Placement,
        width: Callable[[], int],
        desk: MessageDesk,
    ) -> None:
        self._rows = rows
        self._widgets = widgets
        self._seen = seen
        self._placement = placement
        self._width = width
        self._desk = desk

    def widget_of(self, message_id: MessageId) -> MessageWidget | None:
        """The widget of a message if it has one now."""
        index = self._rows.index_of(message_id)
        return self._widgets.get(index) if index is not None else None

    def answer(self, message_id: MessageId) -> Answer | None:
        """The widget of an answer; the newest two messages always have one."""
        return answer_of(self._made(message_id))

    def make_loose(self, message: Message, parent: QWidget) -> Answer:
        """A version of an answer of this chat, only to be read; it has a parent of its own."""
        index = self._rows.place_after(message.parent_id)
        return self._widgets.make_loose(message, index, parent)

    def edit(self, message_id: MessageId) -> None:
        """Turn a message of the user into a field with the caret in it."""
        bubble = bubble_of(self._made(message_id))
        if bubble is not None:
            bubble.begin_edit()
            self._seen.reveal(bubble)

    def edit_last(self) -> None:
        """Turn the user's last message into a field."""
        of_user = (one for one in reversed(self._rows.messages) if one.role is MessageRole.USER)
        last = next(of_user, None)
        if last is not None:
            self.edit(last.id)

    def again(self) -> None:
        """Have the last answer made once more, at the same effort."""
        if len(self._rows):
            self._desk.again_wanted.emit(self._rows.messages[-1].id, None)

    def _made(self, message_id: MessageId) -> MessageWidget | None:
        index = self._rows.index_of(message_id)
        if index is None:
            return None
        if index not in self._widgets:
            self._widgets.make_measured(index, self._width())
            self._placement.place()
        return self._widgets.get(index)

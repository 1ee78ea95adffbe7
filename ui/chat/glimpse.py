"""Which rows a chat has when only its end is there yet, and when the rest comes."""

from __future__ import annotations

from app.chats.changes import ChatGlimpsed, ChatOpened
from app.chats.ids import MessageId
from app.conversation import left_out_in
from ui.chat.message_widgets import MessageWidgets
from ui.chat.rows import Rows


class Glimpse:
    """Fills rows, and lets go of the widgets that stood for others.

    Args:
        rows: of the view.
        widgets: of the view.
    """

    def __init__(self, rows: Rows, widgets: MessageWidgets) -> None:
        self._rows = rows
        self._widgets = widgets
        self._end: tuple[MessageId, ...] = ()

    def is_completed_by(self, change: ChatOpened | ChatGlimpsed) -> bool:
        """Whether these are the rest of the chat whose end is shown."""
        ids = tuple(one.id for one in change.messages[-len(self._end) :])
        return bool(self._end) and isinstance(change, ChatOpened) and ids == self._end

    def show(self, change: ChatOpened | ChatGlimpsed, width: int) -> None:
        """Take what a chat holds, in a column of so many logical px."""
        messages, earlier = change.messages, 0
        if isinstance(change, ChatGlimpsed):
            earlier = change.earlier
            self._widgets.drop_all()
            self._rows.reset_to_end(messages, earlier, width)
        elif self.is_completed_by(change):
            before = len(messages) - len(self._end)
            self._widgets.drop_before(before)
            self._rows.fill(messages[:before], width)
        else:
            self._widgets.drop_all()
            self._rows.reset(messages, width)
        self._end = tuple(one.id for one in messages) if earlier else ()
        if not earlier:
            self._rows.mark_left_out(left_out_in(messages))

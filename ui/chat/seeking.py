"""The way to a place in a conversation that is perhaps far away, and has no widget yet."""

from __future__ import annotations

from collections.abc import Callable, Mapping

from PySide6.QtWidgets import QWidget

from app.chats.ids import MessageId
from app.chats.values import Message
from ui.chat.message_widget import MessageWidget
from ui.chat.message_widgets import MessageWidgets
from ui.chat.placement import Placement
from ui.chat.rows import Rows
from ui.chat.viewport_rows import Anchor, ViewportRows
from ui.theme.tokens import Space


class Seeking:
    """Reads the messages of a view and goes to one of them.

    Args:
        rows: the messages.
        widgets: of those near the view.
        seen: which are in view.
        placement: puts them there.
        width: of the column, in logical px.
    """

    def __init__(
        self,
        rows: Rows,
        widgets: MessageWidgets,
        seen: ViewportRows,
        placement: Placement,
        width: Callable[[], int],
    ) -> None:
        self._rows = rows
        self._widgets = widgets
        self._seen = seen
        self._placement = placement
        self._width = width

    def message(self, row: int) -> Message:
        """A message as it is now."""
        return self._rows[row].message

    @property
    def widgets(self) -> Mapping[int, MessageWidget]:
        """The widgets there are now, by row."""
        return self._widgets

    @property
    def first_in_view(self) -> int:
        """The first row of which something is seen."""
        return next(iter(self._seen.in_view()), 0)

    def row_of(self, message_id: MessageId) -> int | None:
        """Where a message stands; None where it is not in this chat."""
        return self._rows.index_of(message_id)

    def widget(self, row: int) -> QWidget:
        """The widget of a message, made and measured if need be."""
        if row not in self._widgets or not self._rows[row].is_measured:
            if row in self._widgets:
                self._widgets.measure(row, self._width())
            else:
                self._widgets.make_measured(row, self._width())
        return self._widgets[row]

    def go(self, row: int, top: Callable[[], int], bottom: Callable[[], int]) -> None:
        """Have a part of a message in view; nothing moves where it is.

        Args:
            row: of the message, whose widget is there.
            top: where the part begins in the message, in logical px, asked when it is placed.
            bottom: where it ends.
        """
        if self._is_seen(row, top, bottom):
            self._placement.stay()
        else:
            self._placement.stay(Anchor(row, -self._seen.height // 3, top))

    def _is_seen(self, row: int, top: Callable[[], int], bottom: Callable[[], int]) -> bool:
        if row not in self._seen.in_view() or not self._rows[row].is_measured:
            return False
        start, height = self._seen.offset_of(row), self._seen.height
        return start + top() >= Space.WIDE and start + bottom() <= height - Space.WIDE

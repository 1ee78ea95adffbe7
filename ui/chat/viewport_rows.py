"""Which rows a scroll area shows, and how to keep one of them in its place."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Final

from PySide6.QtCore import QPoint
from PySide6.QtWidgets import QScrollArea, QWidget

from ui.chat.message_widget import MessageWidget
from ui.chat.rows import Rows
from ui.theme.tokens import Space

_AT_END: Final = 6
"""So near to the end (px) counts as being there."""


@dataclass(frozen=True, slots=True)
class Anchor:
    """Something in view that must not move while rows change.

    Attributes:
        index: its row; -1 without rows.
        below: how far below it the view's top is; negative where it stands lower.
        place: where in its row it stands now.
    """

    index: int
    below: int
    place: Callable[[], int]


class ViewportRows:
    """Rows as seen through a scroll area.  Offsets in logical px.

    Args:
        view: the scroll area.
        canvas: its widget, as high as all rows.
        rows: where they stand.
        widgets: of the rows that have one.
    """

    def __init__(
        self,
        view: QScrollArea,
        canvas: QWidget,
        rows: Rows,
        widgets: Mapping[int, MessageWidget],
    ) -> None:
        self._view = view
        self._canvas = canvas
        self._rows = rows
        self._widgets = widgets

    def in_view(self, margin: int = 0) -> range:
        """Rows of which something is seen, or lies within `margin` of what is."""
        top = self._view.verticalScrollBar().value()
        return self._rows.between(top - margin, top + self._view.viewport().height() + margin)

    def near(self, screens: int) -> range:
        """Rows within some screens of what is seen."""
        return self.in_view(screens * self._view.viewport().height())

    def anchor(self) -> Anchor:
        """What stands at the top of the view, to be taken before anything is laid out anew.

        It is in the first row in view whose height is known: a guess that is put right above
        it must not push it.
        """
        value = self._view.verticalScrollBar().value()
        index = self._rows.at(value)
        known = (number for number in self.in_view() if self._rows[number].is_measured)
        index = next(known, index)
        inside = value - self._rows.top(index) if index >= 0 else 0
        widget = self._widgets.get(index)
        if inside <= 0 or widget is None:
            return Anchor(index, inside, lambda: 0)
        place = widget.place_at(inside)
        return Anchor(index, inside - place(), place)

    def offset_of(self, index: int) -> int:
        """How far below the top of the view a row begins; negative above it."""
        return self._rows.top(index) - self._view.verticalScrollBar().value()

    def top_of(self, index: int) -> Anchor:
        """The beginning of a row."""
        below = self._view.verticalScrollBar().value() - self._rows.top(index)
        return Anchor(index, below, lambda: 0)

    def scroll_to(self, anchor: Anchor, *, is_following: bool) -> None:
        """Fit the canvas to its rows, then bring back the anchor, or the end if followed.

        Below a last row that has become shorter some room is left over, rather than moving
        what stands above it; it is gone with the next scrolling.
        """
        height = self._view.viewport().height()
        goal = self._end
        if not is_following and anchor.index >= 0:
            goal = max(0, self._rows.top(anchor.index) + anchor.place() + anchor.below)
        total = max(self._rows.total, height, goal + height)
        self._canvas.resize(self._view.viewport().width(), total)
        self._view.verticalScrollBar().setValue(goal)

    @property
    def height(self) -> int:
        """Of what is seen, in logical px."""
        return self._view.viewport().height()

    @property
    def has_spare_room(self) -> bool:
        """Whether there is room below the last row that only keeps things in their place."""
        return self._view.verticalScrollBar().value() > self._end

    @property
    def _end(self) -> int:
        """Where the view's top is when the end is seen."""
        return max(0, self._rows.total - self._view.viewport().height())

    @property
    def is_at_end(self) -> bool:
        """Whether the end is seen, or nearly."""
        return self._view.verticalScrollBar().value() >= self._end - _AT_END

    def scroll_pages(self, pages: float) -> None:
        """Scroll by parts of the viewport's height, down if positive."""
        bar = self._view.verticalScrollBar()
        bar.setValue(bar.value() + round(pages * self._view.viewport().height()))

    def reveal(self, widget: QWidget) -> None:
        """Scroll as little as needed to have a widget of a message in view."""
        top = widget.mapTo(self._canvas, QPoint(0, 0)).y()
        height = min(widget.height(), self._view.viewport().height())
        self._view.ensureVisible(0, top, 0, Space.WIDE)
        self._view.ensureVisible(0, top + height, 0, Space.WIDE)

"""Which rows a scroll area shows, and how to keep one of them in its place."""

from __future__ import annotations

from typing import Final

from PySide6.QtCore import QPoint
from PySide6.QtWidgets import QScrollArea, QWidget

from ui.chat.rows import Rows
from ui.theme.tokens import Space

_AT_END: Final = 6
"""So near to the end (px) counts as being there."""


class ViewportRows:
    """Rows as seen through a scroll area.  Offsets in logical px.

    Args:
        view: the scroll area.
        canvas: its widget, as high as all rows.
        rows: where they stand.
    """

    def __init__(self, view: QScrollArea, canvas: QWidget, rows: Rows) -> None:
        self._view = view
        self._canvas = canvas
        self._rows = rows

    def in_view(self, margin: int = 0) -> range:
        """Rows of which something is seen, or lies within `margin` of what is."""
        top = self._view.verticalScrollBar().value()
        return self._rows.between(top - margin, top + self._view.viewport().height() + margin)

    def near(self, screens: int) -> range:
        """Rows within some screens of what is seen."""
        return self.in_view(screens * self._view.viewport().height())

    def anchor(self) -> tuple[int, int]:
        """The row that must not move and how far it reaches above the view's top.

        It is the first one in view whose height is known: a guess that is put right above
        it must not push it.
        """
        value = self._view.verticalScrollBar().value()
        index = self._rows.at(value)
        known = (number for number in self.in_view() if self._rows[number].is_measured)
        index = next(known, index)
        return index, value - self._rows.top(index) if index >= 0 else 0

    def scroll_to(self, anchor: tuple[int, int], *, is_following: bool) -> None:
        """Fit the canvas to its rows, then bring back the anchor, or the end if followed."""
        viewport = self._view.viewport()
        self._canvas.resize(viewport.width(), max(self._rows.total, viewport.height()))
        bar = self._view.verticalScrollBar()
        index, above = anchor
        if is_following or index < 0:
            bar.setValue(bar.maximum())
        else:
            bar.setValue(self._rows.top(index) + above)

    @property
    def is_at_end(self) -> bool:
        """Whether the end is seen, or nearly."""
        bar = self._view.verticalScrollBar()
        return bar.value() >= bar.maximum() - _AT_END

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

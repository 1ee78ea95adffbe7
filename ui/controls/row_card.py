"""A rounded card whose rows are parted by hairlines."""

from __future__ import annotations

from PySide6.QtGui import QPainter, QPaintEvent
from PySide6.QtWidgets import QVBoxLayout, QWidget
from typing_extensions import override

from ui.controls.painting import draw_box
from ui.controls.signs import Hairline
from ui.theme.theme import Theme
from ui.theme.tokens import Radius


class RowCard(QWidget):
    """Rows below each other.

    Args:
        theme: the look.
        rows: from the top.
        parent: the widget it lives in.
    """

    def __init__(self, theme: Theme, *rows: QWidget, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._theme = theme
        self._layout = QVBoxLayout(self)
        self._layout.setContentsMargins(1, 1, 1, 1)
        self._layout.setSpacing(0)
        for row in rows:
            self.add(row)
        theme.changed.connect(self.update)

    def add(self, row: QWidget) -> None:
        """Put one more row below the others."""
        if self._layout.count():
            self._layout.addWidget(Hairline(self._theme))
        self._layout.addWidget(row)

    @override
    def paintEvent(self, event: QPaintEvent) -> None:
        del event
        line = self._theme.color("border")
        draw_box(QPainter(self), self.rect().toRectF(), Radius.CARD, line=line)


class PlainRows(RowCard):
    """Rows without a frame of their own, for within a card."""

    @override
    def paintEvent(self, event: QPaintEvent) -> None:
        del event

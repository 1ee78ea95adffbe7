"""A section that is read and not changed: the keyboard can stop at it."""

from __future__ import annotations

from PySide6.QtCore import Qt
from PySide6.QtGui import QFocusEvent, QPainter, QPaintEvent
from PySide6.QtWidgets import QWidget
from typing_extensions import override

from ui.controls.button import is_by_keyboard
from ui.controls.painting import RING, draw_box
from ui.settings.section import SettingsSection
from ui.theme.theme import Theme
from ui.theme.tokens import Radius


class ReadSection(SettingsSection):
    """A heading over a card of rows; Tab goes from section to section.

    Args:
        theme: the look.
        title: what the rows have in common.
        rows: from the top.
    """

    def __init__(self, theme: Theme, title: str, *rows: QWidget) -> None:
        super().__init__(theme, title, "", *rows)
        self._has_ring = False
        self.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        self.setAccessibleDescription(" ".join(row.accessibleName() for row in rows))

    @override
    def focusInEvent(self, event: QFocusEvent) -> None:
        super().focusInEvent(event)
        self._has_ring = self._has_ring or is_by_keyboard(event)
        self.update()

    @override
    def focusOutEvent(self, event: QFocusEvent) -> None:
        super().focusOutEvent(event)
        self._has_ring = False
        self.update()

    @override
    def paintEvent(self, event: QPaintEvent) -> None:
        super().paintEvent(event)
        if self._has_ring:
            rect = self.card.geometry().toRectF()
            color = self._theme.color("focus")
            draw_box(QPainter(self), rect, Radius.CARD, line=color, width=RING)

"""On or off, applied at once."""

from __future__ import annotations

from typing import Final

from PySide6.QtCore import QPointF, QRectF, QSize
from PySide6.QtGui import QPainter, QPaintEvent
from PySide6.QtWidgets import QSizePolicy, QWidget
from typing_extensions import override

from ui.controls.button import PaintedButton
from ui.controls.painting import RING, draw_box
from ui.theme.theme import Theme

_WIDTH: Final = 36
_HEIGHT: Final = 20


class Switch(PaintedButton):
    """A check box that looks like a switch; Space and Return turn it.

    Args:
        theme: the look.
        name: what is on or off, for screen readers.
        parent: the widget it lives in.
    """

    def __init__(self, theme: Theme, name: str, parent: QWidget | None = None) -> None:
        super().__init__(theme, parent)
        self.setCheckable(True)
        self.setAccessibleName(name)
        self.setSizePolicy(QSizePolicy.Policy.Fixed, QSizePolicy.Policy.Fixed)

    @override
    def sizeHint(self) -> QSize:
        around = round(4 * RING)
        return QSize(self._theme.scaled(_WIDTH) + around, self._theme.scaled(_HEIGHT) + around)

    @override
    def minimumSizeHint(self) -> QSize:
        return self.sizeHint()

    @override
    def paintEvent(self, event: QPaintEvent) -> None:
        del event
        painter = QPainter(self)
        outer = QRectF(self.rect())
        if self.has_ring:
            draw_box(
                painter, outer, outer.height() / 2, line=self._theme.color("focus"), width=RING
            )
        track = outer.adjusted(2 * RING, 2 * RING, -2 * RING, -2 * RING)
        is_on = self.isChecked()
        if is_on:
            fill = self._theme.color("accent_hover" if self.is_hovered else "accent")
            draw_box(painter, track, track.height() / 2, fill=fill)
        else:
            fill = self._theme.color("hover" if self.is_hovered else "bg")
            line = self._theme.color("edge")
            draw_box(painter, track, track.height() / 2, fill=fill, line=line, width=1.5)
        radius = track.height() / 2 - (3 if is_on else 4)
        x = track.right() - track.height() / 2 if is_on else track.left() + track.height() / 2
        knob = self._theme.color("on_accent" if is_on else "edge")
        at = QPointF(x, track.center().y())
        draw_box(
            painter,
            QRectF(at.x() - radius, at.y() - radius, 2 * radius, 2 * radius),
            radius,
            fill=knob,
        )

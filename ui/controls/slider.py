"""A value chosen along a line."""

from __future__ import annotations

from typing import Final

from PySide6.QtCore import QPointF, QRectF, QSize, Qt
from PySide6.QtGui import QFocusEvent, QMouseEvent, QPainter, QPaintEvent
from PySide6.QtWidgets import QSizePolicy, QSlider, QWidget
from typing_extensions import override

from ui.controls.button import is_by_keyboard
from ui.controls.painting import RING, draw_box
from ui.theme.theme import Theme

_KNOB: Final = 6
_TRACK: Final = 4


class Slider(QSlider):
    """A horizontal slider over whole steps; arrow keys move it, and a click goes there.

    Args:
        theme: the look.
        name: what is chosen, for screen readers.
        steps: its values are 0 to `steps`.
        parent: the widget it lives in.
    """

    def __init__(self, theme: Theme, name: str, steps: int, parent: QWidget | None = None) -> None:
        super().__init__(Qt.Orientation.Horizontal, parent)
        self._theme = theme
        self._has_ring = False
        self.setRange(0, steps)
        self.setPageStep(max(1, steps // 10))
        self.setAccessibleName(name)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        theme.changed.connect(self._follow_theme)

    @override
    def sizeHint(self) -> QSize:
        return QSize(self._theme.scaled(200), self._theme.scaled(28))

    @override
    def minimumSizeHint(self) -> QSize:
        return QSize(self._theme.scaled(80), self._theme.scaled(28))

    @override
    def paintEvent(self, event: QPaintEvent) -> None:
        del event
        painter = QPainter(self)
        knob = self._theme.scaled(_KNOB)
        left, right = self._ends()
        middle = self.height() / 2
        at = left + (right - left) * self._fraction
        half = self._theme.scaled(_TRACK) / 2
        track = QRectF(left - half, middle - half, right - left + 2 * half, 2 * half)
        contrast = self._theme.colors.is_high_contrast
        line = self._theme.color("edge") if contrast else None
        draw_box(painter, track, half, fill=self._theme.color("track"), line=line)
        track.setRight(at)
        draw_box(painter, track, half, fill=self._theme.color("accent"))
        if self._has_ring:
            ring = knob + 2 * RING
            draw_box(
                painter,
                QRectF(at - ring, middle - ring, 2 * ring, 2 * ring),
                ring,
                fill=self._theme.color("bg"),
                line=self._theme.color("focus"),
                width=RING,
            )
        draw_box(
            painter,
            QRectF(QPointF(at - knob, middle - knob), QPointF(at + knob, middle + knob)),
            knob,
            fill=self._theme.color("accent"),
        )

    @override
    def mousePressEvent(self, event: QMouseEvent) -> None:
        if event.button() is Qt.MouseButton.LeftButton:
            self.setSliderDown(True)
            self._go_to(event.position().x())

    @override
    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        if self.isSliderDown():
            self._go_to(event.position().x())

    @override
    def mouseReleaseEvent(self, event: QMouseEvent) -> None:
        del event
        self.setSliderDown(False)

    @override
    def focusInEvent(self, event: QFocusEvent) -> None:
        self._has_ring = is_by_keyboard(event)
        super().focusInEvent(event)

    @override
    def focusOutEvent(self, event: QFocusEvent) -> None:
        self._has_ring = False
        super().focusOutEvent(event)

    @property
    def _fraction(self) -> float:
        return self.value() / self.maximum() if self.maximum() else 0.0

    def _ends(self) -> tuple[float, float]:
        inset = self._theme.scaled(_KNOB) + 2 * RING
        return float(inset), float(self.width() - inset)

    def _go_to(self, x: float) -> None:
        left, right = self._ends()
        self.setValue(round((x - left) / max(1.0, right - left) * self.maximum()))

    def _follow_theme(self) -> None:
        self.updateGeometry()
        self.update()

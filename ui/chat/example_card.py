"""A prompt that can be tried with one press."""

from __future__ import annotations

from typing import Final

from PySide6.QtCore import QPoint, QRect, QRectF, QSize, Qt
from PySide6.QtGui import QFontMetrics, QPainter, QPaintEvent
from PySide6.QtWidgets import QSizePolicy, QWidget
from typing_extensions import override

from ui.controls.button import PaintedButton
from ui.controls.painting import draw_box, draw_ring
from ui.theme.theme import Theme
from ui.theme.tokens import Radius, Role, Size, TypeSize

_PAD: Final = 14
_GAP: Final = 12
_LINES: Final = 2


class ExampleCard(PaintedButton):
    """An icon and a prompt of up to two lines.

    Args:
        theme: the look.
        icon: a Lucide name.
        prompt: what is sent, already in the user's language.
        parent: the empty state.
    """

    def __init__(self, theme: Theme, icon: str, prompt: str, parent: QWidget | None = None) -> None:
        super().__init__(theme, parent)
        self._icon = icon
        self.setText(prompt)
        self.setAccessibleName(prompt)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)

    @override
    def sizeHint(self) -> QSize:
        metrics = QFontMetrics(self._theme.fonts.text(TypeSize.CONTROL))
        return QSize(self._theme.scaled(260), _LINES * metrics.lineSpacing() + 2 * _PAD)

    @override
    def minimumSizeHint(self) -> QSize:
        return QSize(self._theme.scaled(140), self.sizeHint().height())

    @override
    def paintEvent(self, event: QPaintEvent) -> None:
        del event
        theme = self._theme
        painter = QPainter(self)
        rect = QRectF(self.rect())
        if self.has_ring:
            rect = draw_ring(painter, rect, Radius.CARD, theme.color("focus"))
        fill: Role = "surface"
        if self.isDown():
            fill = "pressed"
        elif self.is_hovered:
            fill = "hover"
        draw_box(painter, rect, Radius.CARD, fill=theme.color(fill), line=theme.color("border"))
        size = theme.scaled(Size.ICON)
        pixmap = theme.pixmap(self._icon, "accent", Size.ICON, self.devicePixelRatio())
        painter.drawPixmap(QPoint(_PAD, (self.height() - size) // 2), pixmap)
        left = _PAD + size + _GAP
        box = QRect(left, 0, max(1, self.width() - left - _PAD), self.height())
        painter.setFont(theme.fonts.text(TypeSize.CONTROL))
        painter.setPen(theme.color("text"))
        flags = int(Qt.AlignmentFlag.AlignVCenter) | int(Qt.TextFlag.TextWordWrap)
        painter.drawText(box, flags, self.text())

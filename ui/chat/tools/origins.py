"""The sign that a result holds the words of strangers; never cut, however narrow it is."""

from __future__ import annotations

from typing import Final

from PySide6.QtCore import QRectF
from PySide6.QtGui import QFontMetrics, QPainter, QPaintEvent
from PySide6.QtWidgets import QWidget
from typing_extensions import override

from ui.controls.label import Label
from ui.controls.painting import draw_box
from ui.controls.signs import IconSign
from ui.theme.theme import Theme
from ui.theme.tokens import Radius, Size, Space, TypeSize

_ICON: Final = 14
_PAD: Final = 10


class OriginsSign(QWidget):
    """A warning on a soft ground, as wide as its words and as high as they need.

    Args:
        theme: the look.
        parent: the card.
    """

    def __init__(self, theme: Theme, parent: QWidget) -> None:
        super().__init__(parent)
        self._theme = theme
        self._icon = IconSign(theme, "triangle-alert", "warn", _ICON, self)
        self.label = Label(theme, size=TypeSize.SMALL, role="warn", wrap=True, parent=self)
        self._box = QRectF()
        theme.changed.connect(self.update)

    @property
    def text(self) -> str:
        """What it says."""
        return self.label.text()

    def say(self, text: str, meaning: str) -> None:
        """Name the strangers; `meaning` is told on asking."""
        self.label.setText(text)
        self.setToolTip(meaning)
        self.setAccessibleName(text)
        self.setAccessibleDescription(meaning)

    def fit(self, width: int) -> int:
        """Lay out for a width; returns the height this takes, both in logical px."""
        theme = self._theme
        pad, icon = theme.scaled(_PAD), theme.scaled(_ICON)
        x = pad + icon + Space.SMALL
        whole = QFontMetrics(self.label.font()).horizontalAdvance(self.text) + 2
        inner = max(1, min(whole, width - x - pad))
        needed = self.label.heightForWidth(inner)
        height = max(theme.scaled(Size.CHIP), needed + 2 * Space.TINY)
        self.label.setGeometry(x, (height - needed) // 2, inner, needed)
        line = self.label.fontMetrics().height()
        first = self.label.y() + (line - icon) // 2
        self._icon.setGeometry(pad, first, icon, icon)
        self._box = QRectF(0, 0, x + inner + pad, height)
        return height

    @override
    def paintEvent(self, event: QPaintEvent) -> None:
        del event
        theme = self._theme
        line = theme.color("warn") if theme.colors.is_high_contrast else None
        radius = min(self._box.height() / 2, float(Radius.CARD))
        draw_box(QPainter(self), self._box, radius, fill=theme.color("warn_soft"), line=line)

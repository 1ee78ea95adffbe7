"""How far something is."""

from __future__ import annotations

from PySide6.QtCore import QRectF, QSize
from PySide6.QtGui import QPainter, QPaintEvent
from PySide6.QtWidgets import QProgressBar, QSizePolicy, QWidget
from typing_extensions import override

from ui.controls.painting import draw_box
from ui.theme.theme import Theme


class Progress(QProgressBar):
    """A thin bar that fills up; screen readers hear its percentage.

    Args:
        theme: the look.
        name: what goes on.
        parent: the widget it lives in.
    """

    def __init__(self, theme: Theme, name: str, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._theme = theme
        self.setAccessibleName(name)
        self.setRange(0, 1000)
        self.setTextVisible(False)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        theme.changed.connect(self.update)

    def set_fraction(self, fraction: float) -> None:
        """Show 0.0 (nothing yet) to 1.0 (done)."""
        self.setValue(round(1000 * min(1.0, max(0.0, fraction))))

    @override
    def sizeHint(self) -> QSize:
        return QSize(120, self._theme.scaled(6))

    @override
    def minimumSizeHint(self) -> QSize:
        return QSize(40, self._theme.scaled(6))

    @override
    def paintEvent(self, event: QPaintEvent) -> None:
        del event
        painter = QPainter(self)
        rect = QRectF(self.rect())
        radius = rect.height() / 2
        line = self._theme.color("edge") if self._theme.colors.is_high_contrast else None
        draw_box(painter, rect, radius, fill=self._theme.color("track"), line=line)
        rect.setWidth(max(rect.height(), rect.width() * self.value() / 1000))
        if self.value():
            draw_box(painter, rect, radius, fill=self._theme.color("accent"))

"""What the messages of a conversation lie on."""

from __future__ import annotations

from PySide6.QtGui import QPalette
from PySide6.QtWidgets import QWidget

from ui.theme.theme import Theme


class Canvas(QWidget):
    """An opaque ground, so that Qt can scroll it by copying.

    Args:
        theme: the look.
    """

    def __init__(self, theme: Theme) -> None:
        super().__init__()
        self._theme = theme
        self.setAutoFillBackground(True)
        theme.changed.connect(self._take_colors)
        self._take_colors()

    def _take_colors(self) -> None:
        palette = self.palette()
        palette.setColor(QPalette.ColorRole.Window, self._theme.color("bg"))
        self.setPalette(palette)

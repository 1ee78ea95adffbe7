"""Buttons beside each other, in more rows where there is no room."""

from __future__ import annotations

from PySide6.QtCore import QSize
from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import QSizePolicy, QWidget
from typing_extensions import override

from ui.chat.permissions.placing import place_in_rows
from ui.theme.theme import Theme


class ButtonRow(QWidget):
    """Hold buttons; hidden ones take no room.

    Args:
        theme: the look.
        buttons: from left to right.
    """

    def __init__(self, theme: Theme, *buttons: QWidget) -> None:
        super().__init__()
        self._buttons = buttons
        for button in buttons:
            button.setParent(self)
        policy = QSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        policy.setHeightForWidth(True)
        self.setSizePolicy(policy)
        theme.changed.connect(self.arrange)

    def arrange(self) -> None:
        """Lay out anew: another button is shown."""
        self._place(self.width())
        self.updateGeometry()

    @override
    def hasHeightForWidth(self) -> bool:
        return True

    @override
    def heightForWidth(self, width: int) -> int:
        return self._place(width)

    @override
    def sizeHint(self) -> QSize:
        width = max(self.width(), self.minimumSizeHint().width())
        return QSize(width, self._place(width))

    @override
    def minimumSizeHint(self) -> QSize:
        shown = [one.sizeHint() for one in self._buttons if not one.isHidden()]
        return QSize(
            max((size.width() for size in shown), default=0),
            max((size.height() for size in shown), default=0),
        )

    @override
    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self._place(self.width())

    def _place(self, width: int) -> int:
        shown = [one for one in self._buttons if not one.isHidden()]
        return place_in_rows(shown, 0, 0, width) if shown else 0

"""The sign that the open chat is kept in memory only, and what can be done about that."""

from __future__ import annotations

from PySide6.QtCore import QPoint, Signal
from PySide6.QtWidgets import QMenu, QWidget

from app.words import Words
from ui.controls.pressable_chip import PressableChip
from ui.theme.theme import Theme
from ui.theme.tokens import Space


class PrivateSign(PressableChip):
    """A chip in the top bar; its menu offers to keep the chat.

    Signals:
        keep_requested: the chat is to become one of the history.
    """

    keep_requested = Signal()

    def __init__(self, theme: Theme, words: Words, parent: QWidget | None = None) -> None:
        super().__init__(
            theme,
            words("Private"),
            icon="eye-off",
            tone="accent",
            tooltip=words(
                "Nothing of this chat is written to the disk. It is gone when Sotto is closed."
            ),
            parent=parent,
        )
        self._words = words
        self.can_keep = False
        """Whether there is anything to keep yet."""
        self.clicked.connect(self.open_menu)
        self.hide()

    def open_menu(self) -> QMenu:
        """Show what can be done, below the sign."""
        menu = QMenu(self)
        keep = menu.addAction(self._words("Keep this chat"))
        keep.setEnabled(self.can_keep)
        keep.triggered.connect(self.keep_requested)
        menu.aboutToHide.connect(menu.deleteLater)
        menu.popup(self.mapToGlobal(QPoint(0, self.height() + Space.TINY)))
        menu.setActiveAction(keep)
        return menu

"""The line in a long conversation above which the model no longer reads."""

from __future__ import annotations

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QWidget

from app.words import Words
from ui.controls.label import Label
from ui.controls.signs import Hairline
from ui.theme.theme import Theme
from ui.theme.tokens import Space, TypeSize


class LeftOutLine(QWidget):
    """Says how many messages above it the model does not read, between two fine lines.

    Args:
        theme: the look.
        words: the user's language.
        parent: the message below.
    """

    def __init__(self, theme: Theme, words: Words, parent: QWidget) -> None:
        super().__init__(parent)
        self._words = words
        self._lines = (Hairline(theme, parent=self), Hairline(theme, parent=self))
        self.label = Label(theme, size=TypeSize.SMALL, role="muted", wrap=True, parent=self)
        self.label.setAlignment(Qt.AlignmentFlag.AlignHCenter)

    def show_count(self, messages: int) -> None:
        """Say that so many messages are left out."""
        words = self._words
        if messages == 1:
            text = words("The model no longer reads what stands above. 1 message left out.")
        else:
            text = words(
                "The model no longer reads what stands above. {count} messages left out.",
                count=f"{messages:,}",
            )
        self.label.setText(text)
        self.label.setToolTip(
            words(
                "The chat is longer than the model's context. Nothing is deleted, and with a "
                "larger context in the settings the model reads more of it again."
            )
        )

    def fit(self, width: int) -> int:
        """Lay out for a width; returns the height this takes, both in logical px."""
        ideal = self.label.fontMetrics().horizontalAdvance(self.label.text()) + Space.TINY
        room = min(ideal, width)
        height = self.label.heightForWidth(room)
        left = (width - room) // 2
        self.label.setGeometry(left, 0, room, height)
        for line, x in zip(self._lines, (0, left + room + Space.PAD), strict=True):
            line.setVisible(left > 2 * Space.PAD)
            line.setGeometry(x, height // 2, max(0, left - Space.PAD), 1)
        return height

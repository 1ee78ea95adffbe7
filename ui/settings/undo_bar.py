"""What was just done in a section of the settings, and the way back."""

from __future__ import annotations

from PySide6.QtWidgets import QHBoxLayout, QWidget

from app.words import Words
from ui.controls.button import TextButton
from ui.controls.label import Label
from ui.theme.theme import Theme
from ui.theme.tokens import Space


class UndoBar(QWidget):
    """A sentence with Undo at its right; hidden until something was done."""

    def __init__(self, theme: Theme, words: Words) -> None:
        super().__init__()
        self.said = Label(theme, role="muted", wrap=True)
        self.undo = TextButton(theme, words("Undo"), icon="undo-2", compact=True)
        bar = QHBoxLayout(self)
        bar.setContentsMargins(0, 0, 0, 0)
        bar.setSpacing(Space.ROOM)
        bar.addWidget(self.said, stretch=1)
        bar.addWidget(self.undo)
        self.hide()

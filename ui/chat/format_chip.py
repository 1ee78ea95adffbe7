"""By the composer: what the answers of the chat are bound to, and the way to change it."""

from __future__ import annotations

from typing import Final

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QHBoxLayout, QSizePolicy, QWidget

from app.words import Words
from engine.harmony.messages import ResponseFormat
from ui.chat.schema_dialog import SchemaDialog
from ui.controls.button import IconButton
from ui.controls.chip import Chip
from ui.theme.theme import Theme
from ui.theme.tokens import Space

_BUTTON: Final = 28
_WIDEST: Final = 180


class FormatChip(QWidget):
    """An icon that opens the dialog; with a schema its name and an x beside it.

    Signals:
        chosen: (response_format: ResponseFormat | None) what the user wants answers bound to.

    Args:
        theme: the look.
        words: the user's language.
        parent: the composer.
    """

    chosen = Signal(object)

    def __init__(self, theme: Theme, words: Words, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._theme = theme
        self._words = words
        self.response_format: ResponseFormat | None = None
        self.button = IconButton(
            theme, "file-text", words("Answer as JSON…"), size=_BUTTON, parent=self
        )
        self.chip = Chip(theme, "", tone="accent", parent=self)
        self.chip.setMaximumWidth(theme.scaled(_WIDEST))
        self.remove_button = IconButton(
            theme, "x", words("Answer freely again"), size=_BUTTON, parent=self
        )
        self.setSizePolicy(QSizePolicy.Policy.Maximum, QSizePolicy.Policy.Fixed)
        row = QHBoxLayout(self)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(Space.TINY)
        for part in (self.button, self.chip, self.remove_button):
            row.addWidget(part)
        self.button.clicked.connect(self._ask)
        self.remove_button.clicked.connect(lambda: self.chosen.emit(None))
        self.show_format(None)

    def show_format(self, response_format: ResponseFormat | None) -> None:
        """Show what the answers are bound to; None is nothing."""
        self.response_format = response_format
        is_bound = response_format is not None
        if response_format is not None:
            tip = self._words("Answers are JSON of the schema {name}", name=response_format.name)
            self.chip.set_look(response_format.name, icon="", tone="accent", tooltip=tip)
        self.button.setCheckable(is_bound)
        self.button.setChecked(is_bound)
        self.chip.setVisible(is_bound)
        self.remove_button.setVisible(is_bound)

    def _ask(self) -> None:
        self.button.setChecked(self.response_format is not None)  # a press is no switch
        dialog = SchemaDialog(self._theme, self._words, self.response_format, self.window())
        dialog.chosen.connect(self.chosen)
        dialog.open()

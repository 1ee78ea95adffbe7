"""Stop, with as much of its words as there is room for."""

from __future__ import annotations

from typing import Final

from PySide6.QtWidgets import QWidget

from app.words import Words
from ui.actions import ActionId, key_hint
from ui.controls.button import ButtonKind, TextButton
from ui.theme.theme import Theme


class StopButton(TextButton):
    """End the answer that is being written.

    Args:
        theme: the look.
        words: the user's language.
        parent: the composer's row.
    """

    WHOLE: Final = 0
    WITHOUT_KEY: Final = 1
    ICON: Final = 2

    def __init__(self, theme: Theme, words: Words, parent: QWidget | None = None) -> None:
        self._name = words("Stop")
        self._form = self.WHOLE
        key = key_hint(ActionId.STOP)
        super().__init__(theme, self._name, icon="stop", key_hint=key, parent=parent)
        self.setToolTip(words("Stop the answer; what is there stays"))

    def set_form(self, form: int) -> None:
        """Show the icon with word and key, without the key, or alone."""
        if form != self._form:
            self._form = form
            text = "" if form == self.ICON else self._name
            key = key_hint(ActionId.STOP) if form == self.WHOLE else ""
            self.set_look(text, "stop", ButtonKind.SECONDARY, key)
            self.setAccessibleName(self._name)

"""Asks for a new passphrase, twice."""

from __future__ import annotations

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QWidget

from ui.controls.button import ButtonKind, TextButton
from ui.controls.dialog import PlainDialog
from ui.controls.label import Label
from ui.settings.desk import SettingsDesk
from ui.unlock.passphrase_field import PassphraseField
from ui.unlock.strength import MIN_CHARACTERS


class NewPassphraseDialog(PlainDialog):
    """Two fields that have to agree.

    Signals:
        chosen: (passphrase: str) the user has chosen one.

    Args:
        desk: look and language.
        title: what it is for.
        about: what it does.
        parent: the page.
    """

    chosen = Signal(str)

    def __init__(self, desk: SettingsDesk, title: str, about: str, parent: QWidget) -> None:
        super().__init__(desk.theme, title, parent)
        words = self._words = desk.words
        self.first = PassphraseField(desk.theme, words, words("Passphrase"))
        self.second = PassphraseField(desk.theme, words, words("The same again"))
        cancel = TextButton(desk.theme, words("Cancel"))
        self.go = TextButton(desk.theme, words("Set"), kind=ButtonKind.PRIMARY)
        self.lay_out(
            (Label(desk.theme, about, role="muted", wrap=True), self.first, self.second),
            (cancel, self.go),
        )
        cancel.clicked.connect(self.reject)
        self.go.clicked.connect(self._choose)
        self.first.return_pressed.connect(self.second.select_all)
        self.second.return_pressed.connect(self._choose)
        self.first.setFocus()

    def _choose(self) -> None:
        words = self._words
        if len(self.first.text) < MIN_CHARACTERS:
            self.say(words("At least {count} characters.", count=MIN_CHARACTERS), is_wrong=True)
            self.first.select_all()
        elif self.first.text != self.second.text:
            self.say(words("The two are not the same."), is_wrong=True)
            self.second.select_all()
        else:
            self.chosen.emit(self.first.text)
            self.accept()

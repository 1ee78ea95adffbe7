"""Opens a backup with its passphrase, says what is in it, and puts it in place."""

from __future__ import annotations

from pathlib import Path

from PySide6.QtWidgets import QWidget
from shiboken6 import isValid

from app.archive.sentences import count_line
from app.archive.telling import stamp
from app.backup.making import Backup
from app.chats.values import Problem
from ui.archive.export_dialog import told
from ui.controls.button import ButtonKind, TextButton
from ui.controls.dialog import PlainDialog
from ui.controls.label import Label
from ui.settings.desk import SettingsDesk
from ui.unlock.passphrase_field import PassphraseField


class RestoreDialog(PlainDialog):
    """First the passphrase, then what is in it, then the wish.

    Args:
        desk: of the page.
        file: the backup.
        parent: the page.
    """

    def __init__(self, desk: SettingsDesk, file: Path, parent: QWidget) -> None:
        super().__init__(desk.theme, desk.words("Restore a backup"), parent)
        words = self._words = desk.words
        self._backup, self._file = desk.privacy.backup, file
        self._is_known = False
        self.about = Label(desk.theme, file.name, wrap=True)
        self.field = PassphraseField(desk.theme, words, words("Passphrase of the backup"))
        self.cancel = TextButton(desk.theme, words("Cancel"))
        self.go = TextButton(desk.theme, words("Open"), kind=ButtonKind.PRIMARY)
        self.lay_out((self.about, self.field), (self.cancel, self.go))
        self.cancel.clicked.connect(self.reject)
        self.go.clicked.connect(self._go_on)
        self.field.return_pressed.connect(self._go_on)
        self.field.setFocus()

    def _go_on(self) -> None:
        if not self.go.isEnabled() or not self.field.text:
            return
        self.go.setEnabled(False)
        self.say(self._words("Looking through the backup…"))
        if self._is_known:
            self._backup.stage(self._file, self.field.text, self._restart, self._fail)
        else:
            self._backup.look(self._file, self.field.text, self._show, self._fail)

    def _show(self, found: Backup) -> None:
        if not isValid(self):
            return
        words, facts = self._words, found.facts
        what = count_line(words, facts.chats, facts.messages)
        self._is_known = True
        self.field.hide()
        self.about.setText(
            words("A backup of {time}: {what}", time=stamp(found.made_ms), what=what)
        )
        self.say(
            words(
                "Sotto starts anew with these chats. Those of now are kept aside, and can be "
                "brought back here."
            )
        )
        self.go.set_look(words("Restore and start anew"), "", ButtonKind.PRIMARY)
        self.go.setEnabled(True)
        self.go.setFocus()

    def _restart(self) -> None:
        if isValid(self):
            self.accept()
        self._backup.restart()

    def _fail(self, problem: Problem) -> None:
        if isValid(self):
            self.go.setEnabled(True)
            self.say(told(self._words, problem), is_wrong=True)
            self.field.select_all()

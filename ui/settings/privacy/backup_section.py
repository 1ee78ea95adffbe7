"""Whole copies of the chats: made, restored, and what was there before."""

from __future__ import annotations

from datetime import date
from pathlib import Path

from PySide6.QtWidgets import QVBoxLayout, QWidget
from shiboken6 import isValid

from app.archive.sentences import count_line
from app.archive.telling import stamp
from app.backup.making import Backup
from app.chats.values import Problem
from ui.archive.export_dialog import told
from ui.controls.announcing import announce
from ui.controls.button import ButtonKind, TextButton
from ui.controls.label import Label
from ui.controls.setting_row import SettingRow
from ui.settings.desk import SettingsDesk
from ui.settings.section import SettingsSection
from ui.theme.tokens import Space


class BackupSection(QWidget):
    """Rows of backups."""

    def __init__(self, desk: SettingsDesk) -> None:
        super().__init__()
        self._desk, self._backup = desk, desk.privacy.backup
        words, theme = desk.words, desk.theme
        self.make = TextButton(theme, words("Back up…"), icon="download", compact=True)
        self.restore = TextButton(theme, words("Restore…"), icon="rotate-ccw", compact=True)
        self.bring_back = TextButton(theme, words("Bring back"), icon="undo-2", compact=True)
        self.remove = TextButton(
            theme, words("Remove"), icon="trash-2", compact=True, kind=ButtonKind.DANGER
        )
        self.before = SettingRow(
            theme, words("Your chats before the restore"), "", self.bring_back, self.remove
        )
        self.said = Label(theme, role="muted", wrap=True)
        self.said.hide()
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(Space.GAP)
        column.addWidget(
            SettingsSection(
                theme,
                words("Backup"),
                words("Encrypted, with a passphrase of its own."),
                SettingRow(
                    theme,
                    words("Back up all chats"),
                    words("One file that any computer with Sotto can open by its passphrase."),
                    self.make,
                ),
                SettingRow(
                    theme,
                    words("Restore a backup"),
                    words("You see first what is in it; your present chats are kept aside."),
                    self.restore,
                ),
            )
        )
        self.before_section = SettingsSection(theme, words("Before the restore"), "", self.before)
        column.addWidget(self.before_section)
        column.addWidget(self.said)
        self.make.clicked.connect(self._on_make)
        self.restore.clicked.connect(self._on_restore)
        self.bring_back.clicked.connect(self._on_bring_back)
        self.remove.clicked.connect(self._on_remove)
        self.refresh()

    def refresh(self) -> None:
        """Look whether there is a history that was replaced."""
        aside = self._backup.aside
        self.before_section.setVisible(bool(aside))
        if aside:
            self.before.set_hint(
                self._desk.words("Replaced on {time}; still encrypted.", time=stamp(aside[0][1]))
            )

    def _on_make(self) -> None:
        from ui.settings.privacy.passphrase_dialog import (  # noqa: PLC0415 - when it is wanted
            NewPassphraseDialog,
        )

        words = self._desk.words
        dialog = NewPassphraseDialog(
            self._desk,
            words("A passphrase for the backup"),
            words("Without it nobody can open the backup, you included. Sotto does not keep it."),
            self,
        )
        dialog.chosen.connect(self._ask_where)
        dialog.open()

    def _ask_where(self, passphrase: str) -> None:
        name = f"sotto-{date.today().isoformat()}.sotto-backup"
        target = self._desk.choose_target(self, self._desk.words, name)
        if target:
            self._tell(self._desk.words("Writing the backup and reading it again…"))
            self.make.setEnabled(False)
            self._backup.make(
                Path(target), passphrase, lambda made: self._tell_made(target, made), self._fail
            )

    def _tell_made(self, target: str, made: Backup) -> None:
        words, facts = self._desk.words, made.facts
        what = count_line(words, facts.chats, facts.messages)
        name = Path(target).name
        self._tell(words("Backed up and checked: {what}, in {file}.", what=what, file=name))

    def _on_restore(self) -> None:
        from ui.settings.privacy.restore_dialog import RestoreDialog  # noqa: PLC0415 - as above

        words = self._desk.words
        path = self._desk.choose_backup(self, words, words("Restore a backup"))
        if path:
            RestoreDialog(self._desk, Path(path), self).open()

    def _on_bring_back(self) -> None:
        if self._backup.aside:
            self._backup.bring_back(self._backup.aside[0][0])

    def _on_remove(self) -> None:
        """The first press asks, the second removes: this is the one thing without a way back."""
        words = self._desk.words
        if self.remove.text() != words("Remove for good"):
            self.remove.set_look(words("Remove for good"), "trash-2", ButtonKind.DANGER)
            return
        self.remove.set_look(words("Remove"), "trash-2", ButtonKind.DANGER)
        for aside, _ in self._backup.aside:
            self._backup.remove(aside)
        self._tell(words("The chats from before the restore are removed."))
        self.refresh()

    def _fail(self, problem: Problem) -> None:
        self._tell(told(self._desk.words, problem), is_wrong=True)

    def _tell(self, text: str, *, is_wrong: bool = False) -> None:
        if isValid(self):
            self.make.setEnabled(True)
            self.said.set_role("danger" if is_wrong else "muted")
            self.said.setText(text)
            self.said.show()
            announce(self, text)

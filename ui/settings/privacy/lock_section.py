"""When the window locks itself, and what opens it."""

from __future__ import annotations

from typing import Final

from PySide6.QtWidgets import QVBoxLayout, QWidget

from app.locking import LockWay
from app.settings import Settings
from ui.controls.button import TextButton
from ui.controls.choice_button import ChoiceButton
from ui.controls.setting_row import SettingRow
from ui.controls.switch import Switch
from ui.settings.desk import SettingsDesk
from ui.settings.section import SettingsSection

MINUTES: Final = (0, 1, 5, 15, 30, 60)


class LockSection(QWidget):
    """Rows of the lock; they hold at once."""

    def __init__(self, desk: SettingsDesk) -> None:
        super().__init__()
        self._desk = desk
        words, theme = desk.words, desk.theme
        times = [words("Never"), words("After 1 minute")]
        times += [words("After {count} minutes", count=count) for count in MINUTES[2:]]
        self.minutes = ChoiceButton(theme, words("Lock by itself"), times)
        self.with_desktop = Switch(theme, words("Lock with the desktop"))
        self.passphrase = TextButton(theme, words("Set a passphrase…"), compact=True)
        self.passphrase_row = SettingRow(
            theme, words("Passphrase of the lock"), "", self.passphrase
        )
        section = SettingsSection(
            theme,
            words("Lock"),
            words("It hides your chats in the window; it is no second encryption."),
            SettingRow(
                theme,
                words("Lock by itself"),
                words("When nobody has touched keyboard or mouse in Sotto for so long."),
                self.minutes,
            ),
            SettingRow(
                theme,
                words("Lock with the desktop"),
                words("Also when the screen is locked or the computer goes to sleep."),
                self.with_desktop,
            ),
            self.passphrase_row,
        )
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.addWidget(section)
        self.minutes.chosen.connect(lambda index: desk.change(lock_minutes=MINUTES[index]))
        self.with_desktop.toggled.connect(lambda is_on: desk.change(lock_with_desktop=is_on))
        self.passphrase.clicked.connect(self._on_passphrase)
        desk.current.subscribe(self._show)
        self._show(desk.current.value)

    def _show(self, settings: Settings) -> None:
        words, way = self._desk.words, self._desk.privacy.keeper.way()
        known = settings.lock_minutes if settings.lock_minutes in MINUTES else 0
        self.minutes.set_index(MINUTES.index(known))
        self.with_desktop.setChecked(settings.lock_with_desktop)
        self.passphrase.setVisible(way is not LockWay.KEY)
        self.passphrase.set_look(
            words("Remove it") if settings.lock_check else words("Set a passphrase…"),
            "",
            self.passphrase.kind,
        )
        self.passphrase_row.set_hint(
            {
                LockWay.KEY: words("The passphrase of your chats opens it."),
                LockWay.OWN: words("Needed to open the lock. It does not encrypt anything."),
                LockWay.KEYRING: words(
                    "None: while the keyring of this computer is open, anybody here can open it."
                ),
                LockWay.FREE: words("None: anybody here can open it."),
            }[way]
        )

    def _on_passphrase(self) -> None:
        if self._desk.current.value.lock_check:
            self._desk.change(lock_check="")
            return
        from ui.settings.privacy.passphrase_dialog import (  # noqa: PLC0415 - when it is wanted
            NewPassphraseDialog,
        )

        words = self._desk.words
        dialog = NewPassphraseDialog(
            self._desk,
            words("A passphrase for the lock"),
            words("Sotto asks for it after locking. If you forget it, close Sotto and start it."),
            self,
        )
        dialog.chosen.connect(self._keep)
        dialog.open()

    def _keep(self, passphrase: str) -> None:
        from app.passphrase_check import made_check  # noqa: PLC0415 - when it is wanted

        self._desk.chores.run(
            lambda: made_check(passphrase), lambda check: self._desk.change(lock_check=check)
        )

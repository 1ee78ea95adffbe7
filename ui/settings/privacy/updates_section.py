"""Whether Sotto looks for newer versions, and what it found."""

from __future__ import annotations

from PySide6.QtWidgets import QVBoxLayout, QWidget

from app.updates.desk import UpdateStatus
from ui.controls.announcing import announce
from ui.controls.button import TextButton
from ui.controls.setting_row import SettingRow
from ui.controls.switch import Switch
from ui.settings.desk import SettingsDesk
from ui.settings.section import SettingsSection
from ui.settings.tools.rows import sentence
from ui.updates.sentences import state_sentence


class UpdatesSection(QWidget):
    """Two rows: the daily look, and the version that is here."""

    def __init__(self, desk: SettingsDesk) -> None:
        super().__init__()
        self._words, self._door = desk.words, desk.privacy.updates
        self._updates = self._door.open()
        words, theme = desk.words, desk.theme
        self.daily = Switch(theme, words("Look for newer versions"))
        self.daily_row = SettingRow(
            theme,
            words("Look for newer versions"),
            words(
                "Once a day Sotto asks one address, which tells nothing about you. "
                "It installs nothing."
            ),
            self.daily,
        )
        self.look = TextButton(theme, words("Look now"), icon="refresh-cw", compact=True)
        self.page = TextButton(theme, words("See what is new"), icon="external-link", compact=True)
        self.version_row = SettingRow(theme, words("Version"), "", self.page, self.look)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.addWidget(
            SettingsSection(theme, words("Updates"), "", self.daily_row, self.version_row)
        )
        self.daily.clicked.connect(
            lambda is_on: desk.change(update_checks="on" if is_on else "off")
        )
        self.look.clicked.connect(self._updates.look_now)
        self.page.clicked.connect(self._show_page)
        unsubscribe = self._updates.subscribe(self._follow)
        self.destroyed.connect(unsubscribe)
        self._show(self._updates.status)

    def _follow(self, status: UpdateStatus) -> None:
        """Take a change, and say it to those who cannot see it if it is in view."""
        said = self.version_row.hint.text()
        self._show(status)
        if self.isVisible() and self.version_row.hint.text() != said:
            announce(self, self.version_row.hint.text())

    def _show(self, status: UpdateStatus) -> None:
        is_possible = status.conditions.is_possible
        self.daily.setChecked(status.answer == "on" and is_possible)
        self.daily.setEnabled(is_possible)
        self.look.setEnabled(is_possible and not status.is_looking)
        self.look.setVisible(is_possible)
        self.page.setVisible(status.newer is not None)
        self.version_row.set_hint(state_sentence(self._words, status))
        if status.problem is not None:
            self.version_row.complain(sentence(self._words, status.problem))

    def _show_page(self) -> None:
        newer = self._updates.status.newer
        if newer is not None:
            self._door.show_page(newer)

"""Privacy and data: the lock, chats to files and from files, backups, updates."""

from __future__ import annotations

from ui.controls.button import TextButton
from ui.controls.setting_row import SettingRow
from ui.settings.desk import SettingsDesk
from ui.settings.page import SettingsPage
from ui.settings.privacy.backup_section import BackupSection
from ui.settings.privacy.lock_section import LockSection
from ui.settings.privacy.updates_section import UpdatesSection
from ui.settings.section import SettingsSection


class PrivacyPage(SettingsPage):
    """What protects the chats, and how they get out and in."""

    def __init__(self, desk: SettingsDesk) -> None:
        super().__init__(desk, desk.words("Privacy and data"))
        words, theme, archive = desk.words, desk.theme, desk.privacy.archive
        self.lock = LockSection(desk)
        self.export = TextButton(theme, words("Export…"), icon="download", compact=True)
        self.bring_in = TextButton(theme, words("Import…"), icon="folder", compact=True)
        self.add(self.lock)
        self.add(
            SettingsSection(
                theme,
                words("Files of chats"),
                words("They are not encrypted."),
                SettingRow(
                    theme,
                    words("Export all chats"),
                    words("As Markdown, as one HTML page, or as JSON, which can come in again."),
                    self.export,
                ),
                SettingRow(
                    theme,
                    words("Import chats"),
                    words("From a ChatGPT export or Sotto's JSON; you see first what would come."),
                    self.bring_in,
                ),
            )
        )
        self.backup = BackupSection(desk)
        self.add(self.backup)
        self.updates = UpdatesSection(desk)
        self.add(self.updates)
        self.export.clicked.connect(lambda: archive.export(self))
        self.bring_in.clicked.connect(lambda: archive.bring_in(self))

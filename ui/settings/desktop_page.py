"""What Sotto does on the desktop around its window: notices, tray, quick ask."""

from __future__ import annotations

from typing import Final

from app.settings import Settings
from ui.controls.choice_button import ChoiceButton
from ui.controls.setting_row import SettingRow
from ui.settings.default_hint import follow_default
from ui.settings.desk import SettingsDesk
from ui.settings.key_row import QuickKeyRow
from ui.settings.page import SettingsPage
from ui.settings.section import SettingsSection
from ui.settings.tools.rows import SwitchRow

NOTICES: Final = ("off", "title", "text")


class DesktopPage(SettingsPage):
    """All of it holds at once."""

    def __init__(self, desk: SettingsDesk) -> None:
        super().__init__(desk, desk.words("Desktop"))
        words, theme = desk.words, desk.theme
        names = [words("Nothing"), words("Title only"), words("Title and text")]
        self.notices = ChoiceButton(theme, words("Notices"), names)
        notices = SettingRow(
            theme,
            words("Notices"),
            words(
                "What the desktop shows when an answer that took long is ready, or a call waits "
                "for you, while you are elsewhere. Others may see it."
            ),
            self.notices,
        )
        follow_default(desk, notices, "notices", lambda one: names[NOTICES.index(one)])
        self.rests = SwitchRow(
            desk,
            "rests_in_tray",
            words("Keep running in the tray"),
            words("Closing the window then hides it; the tray's menu ends Sotto."),
        )
        self.key = QuickKeyRow(desk)
        self.add(SettingsSection(theme, words("While you are elsewhere"), "", notices, self.rests))
        remark = words("A command does it too: sotto quick.")
        self.add(SettingsSection(theme, words("Quick ask"), remark, self.key))
        self.notices.chosen.connect(lambda at: desk.change(notices=NOTICES[at]))
        desk.current.subscribe(self._show_settings)
        self._show_settings(desk.current.value)

    def _show_settings(self, settings: Settings) -> None:
        self.notices.set_index(NOTICES.index(settings.notices))

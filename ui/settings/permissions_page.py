"""What may run without a question, and what ran."""

from __future__ import annotations

from typing import Final

from typing_extensions import override

from app.permissions.strictness import Strictness
from app.settings import Settings
from ui.controls.choice_button import ChoiceButton
from ui.controls.setting_row import SettingRow
from ui.settings.default_hint import follow_default
from ui.settings.desk import SettingsDesk
from ui.settings.page import SettingsPage
from ui.settings.permissions.record_section import RecordSection
from ui.settings.permissions.rules_section import RulesSection
from ui.settings.section import SettingsSection

_STRICTNESS: Final = tuple(Strictness)


class PermissionsPage(SettingsPage):
    """Rules to look at and to end, how careful to be with strangers' content, and the record."""

    def __init__(self, desk: SettingsDesk) -> None:
        super().__init__(desk, desk.words("Permissions"))
        words, theme = desk.words, desk.theme
        self.rules = RulesSection(desk)
        self.strictness = ChoiceButton(
            theme, words("Care with what was read"), [words("Normal"), words("Strict")]
        )
        self.strictness_row = SettingRow(theme, words("How careful"), "", self.strictness)
        follow_default(desk, self.strictness_row, "strictness", lambda _: words("Normal"))
        self.record = RecordSection(desk)
        self.add(self.rules)
        self.add(
            SettingsSection(
                theme,
                words("Calls that follow from what was read"),
                words("Pages and files can hold orders; such calls ask although a rule exists."),
                self.strictness_row,
            )
        )
        self.add(self.record)
        self.strictness.chosen.connect(lambda at: desk.change(strictness=_STRICTNESS[at]))
        self.rules.resized.connect(self.settle)
        self.rules.changed.connect(self.record.refresh)
        self.record.resized.connect(self.settle)
        desk.current.subscribe(self._show_settings)
        self._show_settings(desk.current.value)

    @override
    def refresh(self) -> None:
        self.rules.forget_undo()
        self.rules.refresh()
        self.record.say("")
        self.record.refresh()

    def _show_settings(self, settings: Settings) -> None:
        words, is_strict = self._words, settings.strictness is Strictness.STRICT
        self.strictness.set_index(_STRICTNESS.index(settings.strictness))
        self.strictness_row.set_hint(
            words("Everything read in the chat counts, and every call asks again.")
            if is_strict
            else words(
                "What was read for the same answer counts, for calls that leave this computer or"
                " change something."
            )
        )
        self.settle()

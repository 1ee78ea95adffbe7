"""How Sotto looks: colours, size of text, motion, language."""

from __future__ import annotations

from typing import Final

from shiboken6 import isValid

from app.settings import Settings
from app.spelling import Availability
from ui.controls.choice_button import ChoiceButton
from ui.controls.label import Label
from ui.controls.setting_row import SettingRow
from ui.controls.switch import Switch
from ui.controls.theme_menu import theme_name
from ui.settings.default_hint import follow_default
from ui.settings.desk import SettingsDesk
from ui.settings.page import SettingsPage
from ui.settings.section import SettingsSection
from ui.settings.tools.rows import SwitchRow
from ui.spelling_door import availability_text
from ui.theme.theme import Density, ThemeMode
from ui.theme.tokens import Space, TypeSize

TEXT_PERCENTS: Final = (85, 100, 125, 150, 200)
LANGUAGES: Final = ("system", "en", "ko")
_MODES: Final = tuple(ThemeMode)
_DENSITIES: Final = tuple(Density)


class AppearancePage(SettingsPage):
    """Looks hold at once, another language from the next start on."""

    def __init__(self, desk: SettingsDesk) -> None:
        super().__init__(desk, desk.words("Appearance"))
        words, theme = desk.words, desk.theme
        self._shown = desk.current.value
        looks = [theme_name(words, mode) for mode in _MODES]
        self.look = ChoiceButton(theme, words("Look"), looks)
        percents = [f"{percent} %" for percent in TEXT_PERCENTS]
        self.text_size = ChoiceButton(theme, words("Size of text"), percents)
        densities = [words("Roomy"), words("Compact")]
        self.density = ChoiceButton(theme, words("Distances"), densities)
        self.motion = Switch(theme, words("Keep still"))
        languages = [words("Like the system"), "English", "한국어"]
        self.language = ChoiceButton(theme, words("Language"), languages)
        self.language_row = SettingRow(
            theme,
            words("Language"),
            words("Holds from the next start on."),
            self.language,
        )
        self.look_row = SettingRow(theme, words("Colours"), "", self.look)
        size_row = SettingRow(theme, words("Size of text"), "", self.text_size)
        hint = words("How close messages, lines and chats stand.")
        density_row = SettingRow(theme, words("Distances"), hint, self.density)
        follow_default(desk, density_row, "density", lambda _: densities[0])
        follow_default(desk, size_row, "text_percent", lambda one: f"{one} %")
        follow_default(desk, self.language_row, "language", lambda _: languages[0])
        self.motion.setToolTip(words("Default: {value}", value=words("off")))
        self.add(
            SettingsSection(
                theme,
                words("Look"),
                "",
                self.look_row,
                size_row,
                density_row,
                SettingRow(
                    theme, words("Keep still"), words("Nothing on the screen moves."), self.motion
                ),
            )
        )
        self.add(SettingsSection(theme, words("Language"), "", self.language_row))
        hint = words("Marks misspelt words in your messages. No word leaves this computer.")
        self.spelling = SwitchRow(desk, "checks_spelling", words("Check spelling"), hint)
        self.languages = Label(theme, size=TypeSize.CODE, role="muted", wrap=True)
        self.languages.setMargin(Space.PAD)
        self.add(SettingsSection(theme, words("Writing"), "", self.spelling, self.languages))
        desk.spelling.ask_availability(self._show_languages)
        self.look.chosen.connect(lambda index: theme.set_mode(_MODES[index]))
        self.text_size.chosen.connect(lambda index: desk.change(text_percent=TEXT_PERCENTS[index]))
        self.density.chosen.connect(lambda index: desk.change(density=_DENSITIES[index].value))
        self.motion.toggled.connect(lambda is_on: desk.change(reduced_motion=is_on or None))
        self.language.chosen.connect(lambda index: desk.change(language=LANGUAGES[index]))
        theme.changed.connect(self._show_look)
        desk.current.subscribe(self._show_settings)
        self._show_settings(desk.current.value)
        self._show_look()

    def _show_languages(self, found: Availability) -> None:
        if isValid(self):
            self.languages.setText(availability_text(self._words, found))
            self.settle()

    def _show_look(self) -> None:
        self.look.set_index(_MODES.index(self._theme.mode))
        words, name = self._words, self.look_row.name.text()
        told = words("Default: {value}", value=theme_name(words, ThemeMode.SYSTEM))
        is_default = self._theme.mode is ThemeMode.SYSTEM
        back = words("Back to the default of “{name}”", name=name)
        self.look_row.show_default(told, back, None if is_default else self._reset_look)

    def _reset_look(self) -> None:
        self._theme.set_mode(ThemeMode.SYSTEM)

    def _show_settings(self, settings: Settings) -> None:
        nearest = min(TEXT_PERCENTS, key=lambda one: abs(one - settings.text_percent))
        self.text_size.set_index(TEXT_PERCENTS.index(nearest))
        self.density.set_index(_DENSITIES.index(Density(settings.density)))
        self.motion.setChecked(settings.reduced_motion is True)
        self.language.set_index(LANGUAGES.index(settings.language))
        before, self._shown = self._shown, settings
        if before.text_percent != settings.text_percent:
            self._theme.set_text_scale(settings.text_percent / 100)
        if before.reduced_motion != settings.reduced_motion:
            self._theme.set_reduced_motion(settings.reduced_motion)
        if before.density != settings.density:
            self._theme.set_density(settings.density)

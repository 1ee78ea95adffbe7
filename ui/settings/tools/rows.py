"""Rows that the pages of tools share."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtWidgets import QVBoxLayout, QWidget

from app.chats.values import Problem
from app.settings import Settings
from app.words import Words
from ui.controls.label import Label
from ui.controls.row_card import PlainRows
from ui.controls.setting_row import SettingRow
from ui.controls.switch import Switch
from ui.settings.default_hint import default_of
from ui.settings.desk import SettingsDesk
from ui.theme.theme import Theme
from ui.theme.tokens import Space


def sentence(words: Words, problem: Problem) -> str:
    """What is wrong and what to do, in one line."""
    said = [words(problem.title, **problem.fields)]
    if problem.hint:
        said.append(words(problem.hint, **problem.fields))
    return " ".join(said)


class SwitchRow(SettingRow):
    """A switch that goes straight into the settings.

    Args:
        desk: what the page works with.
        setting: name of the setting, true or false.
        name: what is switched.
        hint: one plain sentence.
    """

    def __init__(self, desk: SettingsDesk, setting: str, name: str, hint: str) -> None:
        self.switch = Switch(desk.theme, name)
        super().__init__(desk.theme, name, hint, self.switch)
        self._setting = setting
        self.switch.clicked.connect(lambda is_on: desk.change(**{setting: is_on}))
        is_on = desk.words("on") if default_of(setting) else desk.words("off")
        self.switch.setToolTip(desk.words("Default: {value}", value=is_on))
        desk.current.subscribe(self.show_settings)
        self.show_settings(desk.current.value)

    def show_settings(self, settings: Settings) -> None:
        """Show what holds."""
        self.switch.setChecked(bool(getattr(settings, self._setting)))


class ChangingRows(QWidget):
    """Rows of a card that come and go; a sentence where there are none.

    Args:
        theme: the look.
    """

    def __init__(self, theme: Theme) -> None:
        super().__init__()
        self._theme = theme
        self._column = QVBoxLayout(self)
        self._column.setContentsMargins(0, 0, 0, 0)

    def show_rows(self, rows: Sequence[QWidget], none: str) -> None:
        """Show these in place of those before."""
        while (item := self._column.takeAt(0)) is not None:
            old = item.widget()
            if old is not None:
                old.hide()
                old.deleteLater()
        shown = list(rows) or [note(self._theme, none)]
        self._column.addWidget(PlainRows(self._theme, *shown))


def note(theme: Theme, text: str) -> Label:
    """A sentence as a row of a card."""
    label = Label(theme, text, role="muted", wrap=True)
    label.setMargin(Space.PAD)
    return label

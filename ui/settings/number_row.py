"""A row whose number goes straight into the settings."""

from __future__ import annotations

from typing import Final

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QWidget

from app.settings import Settings
from ui.controls.number_field import NumberField, NumberRange
from ui.controls.setting_row import SettingRow
from ui.controls.slider import Slider
from ui.settings.default_hint import follow_default
from ui.settings.desk import SettingsDesk

SHORT: Final = 5
LONG: Final = 16
"""Digits that a field has room for: enough for an automatic value, so that all are alike."""


class NumberRow(SettingRow):
    """A number with a name and a sentence, perhaps with a slider beside it.

    Args:
        desk: what the page works with.
        setting: name of the setting.
        name: what is set.
        hint: one plain sentence.
        allowed: what may be filled in.
        empty: what the setting is when nothing is filled in.
        slider_steps: steps of a slider from the least to the most number; 0 for none.
    """

    def __init__(
        self,
        desk: SettingsDesk,
        setting: str,
        name: str,
        hint: str,
        allowed: NumberRange,
        *,
        empty: int | None = None,
        slider_steps: int = 0,
    ) -> None:
        self.field = NumberField(desk.theme, name, allowed, digits=SHORT if slider_steps else LONG)
        self.slider = Slider(desk.theme, name, slider_steps) if slider_steps else None
        controls: list[QWidget] = [self.field]
        if self.slider is not None:
            controls.insert(0, self.slider)
        super().__init__(desk.theme, name, hint, *controls)
        self._desk = desk
        self._setting = setting
        self._empty = empty
        self.field.changed.connect(self._set)
        self.field.marked.connect(self._on_marked)
        if self.slider is not None:
            self.slider.valueChanged.connect(self._on_slid)
            self.slider.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.show_settings(desk.current.value)
        follow_default(desk, self, setting, self._say)

    def _say(self, value: float | None) -> str:
        """An empty field says itself what it stands for."""
        is_empty = value is None or (self.field.allowed.can_be_empty and value == self._empty)
        return "" if value is None or is_empty else self.field.allowed.written(value)

    def show_settings(self, settings: Settings) -> None:
        """Show what holds."""
        value = getattr(settings, self._setting)
        is_empty = self.field.allowed.can_be_empty and value == self._empty
        self.field.set_number(None if is_empty else value)
        if self.slider is not None:
            self.slider.blockSignals(True)
            self.slider.setValue(round((value - self._least) / self._span * self.slider.maximum()))
            self.slider.blockSignals(False)

    def set_automatic(self, value: str) -> None:
        """Say what an empty field stands for."""
        self.field.setPlaceholderText(self._desk.words("Automatic ({value})", value=value))

    @property
    def _least(self) -> float:
        return float(self.field.allowed.least)

    @property
    def _span(self) -> float:
        return float(self.field.allowed.most) - self._least

    def _on_slid(self, step: int) -> None:
        allowed = self.field.allowed
        most = self.slider.maximum() if self.slider is not None else 1
        value = round(self._least + self._span * step / most, allowed.decimals)
        self._set(min(allowed.most, max(allowed.least, value)))

    def _set(self, number: float | None) -> None:
        self._desk.change(**{self._setting: self._empty if number is None else number})

    def _on_marked(self, wrong: bool) -> None:
        allowed = self.field.allowed
        least, most = allowed.written(allowed.least), allowed.written(allowed.most)
        said = self._desk.words("A number from {least} to {most}.", least=least, most=most)
        self.complain(said if wrong else "")

"""A row in which keys are pressed rather than typed."""

from __future__ import annotations

from typing import Final

from PySide6.QtGui import QKeySequence
from PySide6.QtWidgets import QKeySequenceEdit, QLineEdit

from app.settings import Settings
from ui.controls.button import IconButton
from ui.controls.setting_row import SettingRow
from ui.settings.desk import SettingsDesk
from ui.theme.tokens import Size

_LEAST: Final = 120


class QuickKeyRow(SettingRow):
    """The keys of the quick ask; says in place of its sentence why they do nothing.

    Args:
        desk: what the page works with.
    """

    def __init__(self, desk: SettingsDesk) -> None:
        words = desk.words
        self.field = QKeySequenceEdit()
        self.field.setMaximumSequenceLength(1)
        self.field.setMinimumWidth(_LEAST)
        self.field.setMaximumWidth(desk.theme.scaled(170))
        self.field.setMinimumHeight(desk.theme.scaled(Size.FIELD))
        line = self.field.findChild(QLineEdit)
        if line is not None:
            line.setProperty("look", "field")
            line.setPlaceholderText(words("Press keys"))
            line.setAccessibleName(words("Keys for quick ask"))
        self.clear = IconButton(desk.theme, "x", words("No keys"), size=Size.CHIP)
        super().__init__(
            desk.theme,
            words("Keys for quick ask"),
            words("They bring a small window from anywhere. Press them here."),
            self.clear,
            self.field,
        )
        self._desk = desk
        self.clear.setAccessibleName(words("No keys"))
        self.field.editingFinished.connect(self._keep)
        self.clear.clicked.connect(lambda: desk.change(quick_key=""))
        desk.quick_key.changed.connect(self._say)
        desk.current.subscribe(self._show)
        self._show(desk.current.value)
        self._say()

    def _keep(self) -> None:
        keys = self.field.keySequence().toString(QKeySequence.SequenceFormat.PortableText)
        self._desk.change(quick_key=keys)

    def _show(self, settings: Settings) -> None:
        portable = QKeySequence.SequenceFormat.PortableText
        self.field.setKeySequence(QKeySequence(settings.quick_key, portable))
        self.clear.setEnabled(bool(settings.quick_key))

    def _say(self) -> None:
        self.complain(self._desk.quick_key.problem)

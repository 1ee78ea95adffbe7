"""One LoRA adapter over the model, with its strength."""

from __future__ import annotations

from pathlib import Path
from typing import Final

from PySide6.QtCore import Signal

from app.adapters import AdapterChoice
from engine.adapters import MAX_SCALE, AdapterFacts
from ui.controls.button import ButtonKind, TextButton
from ui.controls.label import Label, breakable
from ui.controls.number_field import NumberField, NumberRange
from ui.controls.setting_row import SettingRow
from ui.settings.desk import SettingsDesk
from ui.settings.number_row import SHORT
from ui.theme.tokens import TypeSize

_SCALES: Final = NumberRange(0.0, MAX_SCALE, decimals=2, step=0.1)


class AdapterRow(SettingRow):
    """A file; its strength can be set and it can be taken out.

    Signals:
        scaled: (path: str, scale: float) it is to act so strongly.
        removed: (path: str) take it out.
        resized: its sentence is another, perhaps a longer one.

    Args:
        desk: what the page works with.
        choice: the adapter of the settings.
    """

    scaled = Signal(str, float)
    removed = Signal(str)
    resized = Signal()

    def __init__(self, desk: SettingsDesk, choice: AdapterChoice) -> None:
        words, file = desk.words, Path(choice.path)
        strength = words("Strength of {name}", name=file.name)
        self.scale = NumberField(desk.theme, strength, _SCALES, digits=SHORT)
        self.remove = TextButton(desk.theme, words("Remove"), kind=ButtonKind.DANGER, compact=True)
        said = Label(desk.theme, words("Strength"), size=TypeSize.CODE, role="muted")
        said.setAccessibleName(said.text())
        super().__init__(
            desk.theme,
            breakable(file.stem),
            breakable(choice.path),
            said,
            self.scale,
            self.remove,
        )
        self.scale.setToolTip(words("Strength: 1 is as trained, 0 is none at all."))
        self.remove.setAccessibleName(words("Remove {name}", name=file.name))
        self.choice = choice
        self._words = words
        self._problem = ""
        self.scale.set_number(choice.scale)
        self.scale.changed.connect(lambda scale: self.scaled.emit(choice.path, float(scale)))
        self.scale.marked.connect(self._on_marked)
        self.remove.clicked.connect(lambda: self.removed.emit(choice.path))

    def show_choice(self, choice: AdapterChoice) -> None:
        """Show the strength that holds."""
        self.choice = choice
        self.scale.set_number(choice.scale)

    def show_facts(self, facts: AdapterFacts) -> None:
        """It fits the model."""
        self.name.setText(breakable(facts.name))
        self.show_problem("")

    def show_unused(self) -> None:
        """No model file is chosen, so that it rests."""
        self.show_problem(self._words("Not in use: choose a model file first."))

    def show_problem(self, said: str) -> None:
        """Say why it cannot be used; "" when it can."""
        self._problem = said
        self._complain(said)

    def _on_marked(self, wrong: bool) -> None:
        least, most = _SCALES.written(_SCALES.least), _SCALES.written(_SCALES.most)
        said = self._words("A number from {least} to {most}.", least=least, most=most)
        self._complain(said if wrong else self._problem)

    def _complain(self, text: str) -> None:
        self.complain(breakable(text))
        self.resized.emit()

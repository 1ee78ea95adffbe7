"""The dialog in which a preset of the user's own is written."""

from __future__ import annotations

from typing import Final

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QWidget

from app.instructions.presets import MAX_NAME_CHARACTERS, Preset
from app.words import Words
from ui.controls.button import ButtonKind, TextButton
from ui.controls.dialog import PlainDialog
from ui.controls.field import Field
from ui.instructions.doors import InstructionDoors
from ui.instructions.editor import InstructionsEditor
from ui.theme.theme import Theme

_BOX: Final = 170


class PresetForm(PlainDialog):
    """A name and a text.

    Signals:
        written: (name: str, text: str) the user wants it so; neither is blank.

    Args:
        theme: the look.
        words: the user's language.
        preset: the one to change; None for a new one.
        doors: presets to begin with, and counting.
        parent: the page.
    """

    written = Signal(str, str)

    def __init__(
        self,
        theme: Theme,
        words: Words,
        preset: Preset | None,
        doors: InstructionDoors,
        parent: QWidget,
    ) -> None:
        super().__init__(theme, words("Edit preset") if preset else words("New preset"), parent)
        self._can_be_used = False
        self.name = Field(theme, words("Name"), placeholder=words("Name"))
        self.name.setMaxLength(MAX_NAME_CHARACTERS)
        self.editor = InstructionsEditor(theme, words, words("Instructions"), doors, _BOX)
        self.editor.save.setMaximumWidth(0)  # this dialog has its own way to save
        self.keep = TextButton(theme, words("Save"), kind=ButtonKind.PRIMARY)
        cancel = TextButton(theme, words("Cancel"), kind=ButtonKind.GHOST)
        self.lay_out((self.name, self.editor), (cancel, self.keep))
        self.name.textChanged.connect(self._show_button)
        self.editor.edited.connect(self._on_edited)
        self.editor.judged.connect(self._on_judged)
        self.keep.clicked.connect(self._on_keep)
        cancel.clicked.connect(self.reject)
        if preset is not None:
            self.name.setText(preset.name)
        self.editor.set_text(preset.text if preset else "")

    def _on_edited(self) -> None:
        self._can_be_used = False
        self._show_button()

    def _on_judged(self, text: str, can_be_used: bool) -> None:
        self._can_be_used = can_be_used and bool(text.strip())
        self._show_button()

    def _show_button(self) -> None:
        self.keep.setEnabled(self._can_be_used and bool(self.name.text().strip()))

    def _on_keep(self) -> None:
        self.written.emit(self.name.text().strip(), self.editor.text.strip())
        self.accept()

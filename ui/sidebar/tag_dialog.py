"""Asks for a new tag."""

from __future__ import annotations

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QWidget

from app.chats.shelves import MOST_TAG_CHARACTERS, tag_name
from app.words import Words
from ui.controls.button import ButtonKind, TextButton
from ui.controls.dialog import PlainDialog
from ui.controls.field import Field
from ui.controls.label import Label
from ui.theme.theme import Theme
from ui.theme.tokens import TypeSize


class TagDialog(PlainDialog):
    """One line for a tag.

    Signals:
        chosen: (tag: str) never blank; the dialog closes.
    """

    chosen = Signal(str)

    def __init__(self, theme: Theme, words: Words, parent: QWidget) -> None:
        super().__init__(theme, words("New tag"), parent)
        said = words("A word for what the chat is about. Tags can be searched: tag:work")
        about = Label(theme, said, size=TypeSize.CODE, role="muted", wrap=True)
        self.field = Field(theme, words("Tag"), placeholder=words("work"))
        self.field.setMaxLength(MOST_TAG_CHARACTERS)
        cancel = TextButton(theme, words("Cancel"))
        self.add_button = TextButton(theme, words("Add tag"), kind=ButtonKind.PRIMARY)
        self.add_button.setEnabled(False)
        self.lay_out((about, self.field), (cancel, self.add_button))
        self.field.textChanged.connect(lambda text: self.add_button.setEnabled(_is_tag(text)))
        self.field.returnPressed.connect(self._choose)
        self.add_button.clicked.connect(self._choose)
        cancel.clicked.connect(self.reject)
        self.field.setFocus()

    def _choose(self) -> None:
        if tag := tag_name(self.field.text()):
            self.accept()
            self.chosen.emit(tag)


def _is_tag(text: str) -> bool:
    return bool(tag_name(text))

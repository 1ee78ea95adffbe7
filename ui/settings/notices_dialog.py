"""The notices of third parties, to be read and copied."""

from __future__ import annotations

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QPlainTextEdit, QWidget

from app.words import Words
from ui.controls.button import ButtonKind, TextButton
from ui.controls.dialog import PlainDialog, text_box
from ui.controls.label import Label
from ui.theme.theme import Theme

_HEIGHT = 420


class NoticesDialog(PlainDialog):
    """Shows the text of the package, or says that there is none here.

    Args:
        theme: the look.
        words: the user's language.
        text: the notices; "" where no package brought any.
        parent: the page.
    """

    def __init__(self, theme: Theme, words: Words, text: str, parent: QWidget) -> None:
        title = words("Third-party notices")
        super().__init__(theme, title, parent)
        self.text: QPlainTextEdit | None = None
        self.note = Label(theme, wrap=True)
        if text:
            self.text = text_box(theme, title, text, _HEIGHT)
            self.text.setReadOnly(True)
            by = Qt.TextInteractionFlag
            self.text.setTextInteractionFlags(
                by.TextSelectableByMouse | by.TextSelectableByKeyboard
            )
            said = words("What others wrote and comes with Sotto, with its licences.")
        else:
            said = words(
                "The notices come with Sotto's packages. This Sotto runs from its source code."
            )
        self.note.setText(said)
        self.close_button = TextButton(theme, words("Close"), kind=ButtonKind.PRIMARY)
        self.close_button.clicked.connect(self.accept)
        self.lay_out([self.note, *([self.text] if self.text else [])], [self.close_button])
        (self.text or self.close_button).setFocus()

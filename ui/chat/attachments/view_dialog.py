"""What the model got of a file, to be read."""

from __future__ import annotations

from typing import Final

from PySide6.QtWidgets import QPlainTextEdit, QWidget

from app.attachments.values import AttachedFile
from app.words import Words
from ui.chat.attachments.wording import details, name_of
from ui.controls.button import TextButton
from ui.controls.dialog import PlainDialog, text_box
from ui.controls.label import Label
from ui.theme.theme import Theme
from ui.theme.tokens import TypeSize

_HEIGHT: Final = 380
_LEFT: Final = 260
"""Of the window's height, for what stands around the text."""


def reading_box(theme: Theme, name: str, text: str, height: int) -> QPlainTextEdit:
    """Lines to read; they can be selected and copied."""
    box = text_box(theme, name, text, height)
    box.setReadOnly(True)
    box.setUndoRedoEnabled(False)
    return box


class ViewDialog(PlainDialog):
    """Show the text of a file; it cannot be changed any more.

    Args:
        theme: the look.
        words: the user's language.
        file: of a message, or one that waits.
        parent: the window.

    Attributes:
        box: the text.
    """

    def __init__(self, theme: Theme, words: Words, file: AttachedFile, parent: QWidget) -> None:
        super().__init__(theme, name_of(words, file), parent)
        about = Label(theme, details(words, file), size=TypeSize.CODE, role="muted", wrap=True)
        note = Label(
            theme,
            words("This is what the model reads of the file."),
            size=TypeSize.CODE,
            role="muted",
            wrap=True,
        )
        height = min(_HEIGHT, max(120, parent.window().height() - _LEFT))
        self.box = reading_box(theme, words("Text of the file"), file.text, height)
        close = TextButton(theme, words("Close"))
        self.lay_out((about, note, self.box), (close,))
        close.clicked.connect(self.accept)

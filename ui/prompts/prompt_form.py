"""The dialog in which a prompt is written."""

from __future__ import annotations

from typing import Final

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QWidget

from app.prompts.blanks import blanks_of
from app.prompts.values import MAX_CHARACTERS, MAX_NAME_CHARACTERS, tidy_name, tidy_text
from app.words import Words
from ui.controls.button import ButtonKind, TextButton
from ui.controls.dialog import PlainDialog, text_box
from ui.controls.field import Field
from ui.controls.label import Label
from ui.theme.theme import Theme
from ui.theme.tokens import TypeSize

_BOX: Final = 190


class PromptForm(PlainDialog):
    """A name and a text with blanks.

    Signals:
        written: (name: str, text: str) the user wants it so; neither is blank.

    Args:
        theme: the look.
        words: the user's language.
        name: at first; "" for a new one.
        text: at first.
        parent: the page, or the composer.
    """

    written = Signal(str, str)

    def __init__(self, theme: Theme, words: Words, name: str, text: str, parent: QWidget) -> None:
        super().__init__(theme, words("Edit prompt") if name else words("New prompt"), parent)
        self._words = words
        self.name = Field(theme, words("Name"), placeholder=words("Name"))
        self.name.setMaxLength(MAX_NAME_CHARACTERS)
        self.name.setText(name)
        self.box = text_box(theme, words("Text of the prompt"), text, _BOX)
        self.box.setFont(theme.fonts.text(TypeSize.CONTROL))
        shown = examples(words)
        self.box.setPlaceholderText(
            words("For example: Translate into {language}: {passage}", **shown)
        )
        about = words(
            "Double braces are blanks: {language} is asked for. {clipboard} and {date} are filled "
            "in.",
            **shown,
        )
        self.about = Label(theme, about, size=TypeSize.CODE, role="muted", wrap=True)
        self.keep = TextButton(theme, words("Save"), kind=ButtonKind.PRIMARY)
        cancel = TextButton(theme, words("Cancel"), kind=ButtonKind.GHOST)
        self.lay_out((self.name, self.box, self.about), (cancel, self.keep))
        self.name.textChanged.connect(self._show_state)
        self.box.textChanged.connect(self._show_state)
        self.keep.clicked.connect(self._on_keep)
        cancel.clicked.connect(self.reject)
        self._show_state()
        first = self.box if name else self.name
        first.setFocus(Qt.FocusReason.OtherFocusReason)

    def _show_state(self) -> None:
        words, text = self._words, self.box.toPlainText()
        blanks = ", ".join(blanks_of(text))
        if len(text) > MAX_CHARACTERS:
            most = f"{MAX_CHARACTERS:,}"
            self.say(words("{most} characters are the most.", most=most), is_wrong=True)
        else:
            self.say(words("Asks for: {names}", names=blanks) if blanks else "")
        is_whole = bool(tidy_name(self.name.text()) and tidy_text(text))
        self.keep.setEnabled(is_whole and len(text) <= MAX_CHARACTERS)

    def _on_keep(self) -> None:
        self.written.emit(tidy_name(self.name.text()), tidy_text(self.box.toPlainText()))
        self.accept()


def examples(words: Words) -> dict[str, str]:
    """Blanks as the user would write them, for texts that explain them."""
    return {
        "language": f"{{{{{words('language')}}}}}",
        "passage": f"{{{{{words('text')}}}}}",
        "clipboard": f"{{{{{words('clipboard')}}}}}",
        "date": f"{{{{{words('date')}}}}}",
    }

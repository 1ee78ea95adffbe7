"""The way from the composer to the prompt library, by "/" and by a button."""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING, Final

from PySide6.QtCore import QDate, QLocale, QObject, Qt, Signal
from PySide6.QtGui import QGuiApplication
from PySide6.QtWidgets import QWidget
from shiboken6 import isValid

from app.prompts.blanks import Given, blanks_of, filled
from app.prompts.library import PromptLibrary
from app.prompts.values import Prompt
from app.words import Words
from ui.chat.composer import Composer
from ui.controls.button import IconButton
from ui.theme.theme import Theme

if TYPE_CHECKING:
    from ui.prompts.blanks_form import BlanksForm
    from ui.prompts.picker import PromptPicker
    from ui.prompts.prompt_form import PromptForm

_BUTTON: Final = 28
_MOST_CLIPBOARD: Final = 200_000
"""Characters."""


class PromptDoor(QObject):
    """Lets the user choose a prompt, asks for its blanks and puts it into the composer.

    Signals:
        settings_requested: show the page of prompts.

    Args:
        theme: the look.
        words: the user's language.
        composer: where the prompts go; owns this.
        library: where they come from.

    Attributes:
        button: opens the list.
        picker: the list that was opened last.
        form: the dialog that was opened last.
    """

    settings_requested = Signal()

    def __init__(
        self, theme: Theme, words: Words, composer: Composer, library: PromptLibrary
    ) -> None:
        super().__init__(composer)
        self._theme = theme
        self._words = words
        self._composer = composer
        self._library = library
        self.button = IconButton(
            theme, "square-slash", words("Prompts"), key_hint="/", size=_BUTTON, parent=composer
        )
        self.picker: PromptPicker | None = None
        self.form: BlanksForm | PromptForm | None = None
        composer.row.options.add(self.button)
        composer.edit.slash_pressed.connect(self._open_typed)
        composer.edit.takes_slash = True
        self.button.clicked.connect(self.open)
        self._unsubscribe = library.subscribe(self._on_read)
        self.destroyed.connect(self._unsubscribe)

    def open(self) -> None:
        """Show the list over the button."""
        self._open_over(self._composer.row.options.anchor_of(self.button))

    def _open_typed(self) -> None:
        """Opened by "/", which the composer gets back where nothing is chosen."""
        picker = self._open_over(self._composer)
        picker.given_up.connect(lambda typed: self._insert(f"/{typed}"))

    def _open_over(self, anchor: QWidget) -> PromptPicker:
        from ui.prompts.picker import PromptPicker as Picker  # noqa: PLC0415 - not before the first frame

        self._library.refresh()
        prompts = self._library.all
        self.picker = picker = Picker(self._theme, self._words, prompts, self._composer)
        picker.chosen.connect(self.use)
        picker.new_requested.connect(self._write_new)
        picker.settings_requested.connect(self.settings_requested)
        picker.open_over(anchor)
        return picker

    def use(self, prompt: Prompt) -> None:
        """Insert a prompt; its blanks are asked for first."""
        names = blanks_of(prompt.text)
        if not names:
            self._insert(filled(prompt.text, {}, self._given))
            return

        def ask(last: dict[str, str]) -> None:
            if not isValid(self):
                return
            from ui.prompts.blanks_form import BlanksForm  # noqa: PLC0415 - as the list

            self.form = form = BlanksForm(
                self._theme, self._words, prompt.name, names, last, self._composer
            )
            form.filled.connect(lambda values: self._fill(prompt, values))
            form.open()

        self._library.find_values(prompt, ask)

    def _fill(self, prompt: Prompt, values: dict[str, str]) -> None:
        self._library.keep_values(prompt, values)
        self._insert(filled(prompt.text, values, self._given))

    def _insert(self, text: str) -> None:
        """At the caret, as if it had been typed: one undo takes it back."""
        self._composer.edit.insertPlainText(text)
        self._composer.edit.ensureCursorVisible()
        self._composer.edit.setFocus(Qt.FocusReason.OtherFocusReason)

    def _write_new(self) -> None:
        from ui.prompts.prompt_form import PromptForm  # noqa: PLC0415 - as the list

        typed = self._composer.text
        self.form = form = PromptForm(self._theme, self._words, "", typed, self._composer)
        form.written.connect(self._library.add)
        form.open()

    def _given(self, kind: Given) -> str:
        if kind is Given.CLIPBOARD:
            return QGuiApplication.clipboard().text()[:_MOST_CLIPBOARD]
        today = date.today()
        long = QLocale.FormatType.LongFormat
        shown = QDate(today.year, today.month, today.day)
        return QLocale(self._words.language).toString(shown, long)

    def _on_read(self) -> None:
        if self.picker is not None and isValid(self.picker) and self.picker.isVisible():
            self.picker.show_prompts(self._library.all)

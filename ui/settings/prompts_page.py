"""The page of prompts: the user's own, those that ship, and files of them."""

from __future__ import annotations

from pathlib import Path

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QFileDialog, QHBoxLayout, QVBoxLayout, QWidget
from shiboken6 import isValid
from typing_extensions import override

from app.prompts.values import MAX_PROMPTS, Prompt
from ui.controls.announcing import announce
from ui.controls.button import IconButton, TextButton
from ui.controls.label import Label
from ui.controls.setting_row import SettingRow
from ui.prompts.prompt_form import PromptForm, examples
from ui.settings.desk import SettingsDesk
from ui.settings.page import SettingsPage
from ui.settings.section import SettingsSection
from ui.settings.tools.rows import ChangingRows
from ui.settings.undo_bar import UndoBar
from ui.theme.tokens import Size, Space

_SHOWN = 120


class PromptRow(SettingRow):
    """One prompt: what it is called, how it begins, and what can be done with it.

    Args:
        desk: what the page works with.
        prompt: what is shown.
        copies: it ships with Sotto, and a copy of it is what can be changed.
    """

    def __init__(self, desk: SettingsDesk, prompt: Prompt, *, copies: bool) -> None:
        words, theme, name = desk.words, desk.theme, prompt.name
        self.prompt = prompt
        compact = Size.BUTTON_COMPACT
        if copies:
            self.edit = IconButton(theme, "copy", words("Copy and edit"), size=compact)
            self.edit.setAccessibleName(words("Copy and edit the prompt {name}", name=name))
            controls: tuple[IconButton, ...] = (self.edit,)
        else:
            self.edit = IconButton(theme, "pencil", words("Edit"), size=compact)
            self.edit.setAccessibleName(words("Edit the prompt {name}", name=name))
            self.delete = IconButton(theme, "trash-2", words("Delete"), size=compact)
            self.delete.setAccessibleName(words("Delete the prompt {name}", name=name))
            controls = (self.edit, self.delete)
        first = " ".join(prompt.text.split())
        shown = first if len(first) <= _SHOWN else f"{first[: _SHOWN - 1].rstrip()}…"
        super().__init__(theme, name, shown, *controls)


class OwnPrompts(QWidget):
    """The user's prompts.

    Signals:
        resized: it needs another height.

    Args:
        desk: what the page works with.
    """

    resized = Signal()

    def __init__(self, desk: SettingsDesk) -> None:
        super().__init__()
        words, theme = desk.words, desk.theme
        self._desk = desk
        self._library = desk.prompts
        self._deleted: Prompt | None = None
        self._shown: tuple[Prompt, ...] | None = None
        self.rows: tuple[PromptRow, ...] = ()
        self.form: PromptForm | None = None
        self.new = TextButton(theme, words("New…"), icon="plus", compact=True)
        self.load = TextButton(theme, words("Import…"), compact=True)
        self.save = TextButton(theme, words("Export…"), compact=True)
        self._listed = ChangingRows(theme)
        remark = words("Kept encrypted with your chats. “/” in an empty message finds them.")
        self.section = SettingsSection(
            theme, words("Your prompts"), remark, self._listed, action=self.new
        )
        self._undo_bar = UndoBar(theme, words)
        self.said, self.undo = self._undo_bar.said, self._undo_bar.undo
        self._lay_out()
        self.new.clicked.connect(lambda: self.open_form("", "", None))
        self.load.clicked.connect(self._on_import)
        self.save.clicked.connect(self._on_export)
        self.undo.clicked.connect(self._on_undo)
        unsubscribe = self._library.subscribe(self.show_prompts)
        self.destroyed.connect(unsubscribe)
        self.show_prompts()

    def show_prompts(self) -> None:
        """Show what there is now."""
        own = self._library.own
        if own == self._shown or not isValid(self):
            return
        self._shown = own
        self.rows = tuple(PromptRow(self._desk, one, copies=False) for one in own)
        for row in self.rows:
            one = row.prompt
            row.edit.clicked.connect(
                lambda _=False, one=one: self.open_form(one.name, one.text, one)
            )
            row.delete.clicked.connect(lambda _=False, one=one: self._delete(one))
        self._listed.show_rows(self.rows, self._desk.words("None yet."))
        is_full = len(own) >= MAX_PROMPTS
        self.new.setEnabled(not is_full)
        why = self._desk.words("There are as many prompts as there can be.") if is_full else ""
        self.new.setToolTip(why)
        self.save.setEnabled(bool(own))
        self.resized.emit()

    def forget_undo(self) -> None:
        """The page is opened anew: what was deleted before stays so."""
        self._deleted = None
        self._undo_bar.hide()

    def open_form(self, name: str, text: str, prompt: Prompt | None) -> None:
        """Open the form over a prompt; None makes a new one of it."""
        self.form = form = PromptForm(self._desk.theme, self._desk.words, name, text, self)

        def keep(name: str, text: str) -> None:
            if prompt is None:
                self._library.add(name, text)
            else:
                self._library.change(prompt, name, text)

        form.written.connect(keep)
        form.open()

    def _delete(self, prompt: Prompt) -> None:
        self._deleted = prompt
        self._library.remove(prompt)
        self._say(self._desk.words("The prompt “{name}” is deleted.", name=prompt.name))
        self.undo.show()
        self.undo.setFocus()

    def _on_undo(self) -> None:
        deleted = self._deleted
        self.forget_undo()
        if deleted is not None:
            self._library.put_back(deleted)

    def _on_import(self) -> None:
        words = self._desk.words
        path, _ = QFileDialog.getOpenFileName(
            self, words("Import prompts"), str(Path.home()), words("JSON files (*.json)")
        )
        if path:
            self.read(Path(path))

    def read(self, file: Path) -> None:
        """Add the prompts of a file."""
        words = self._desk.words

        def told(count: int) -> None:
            if count == 1:
                self._say(words("1 prompt was added."))
            else:
                self._say(words("{count} prompts were added.", count=count))

        self._library.import_from(file, told)

    def _on_export(self) -> None:
        target = self._desk.choose_target(self, self._desk.words, "sotto-prompts.json")
        if target:
            self._library.export_to(Path(target), lambda _: self._tell_saved(target))

    def _tell_saved(self, target: str) -> None:
        self._say(self._desk.words("Saved as {file}.", file=Path(target).name))

    def _say(self, text: str) -> None:
        """Tell what was done; only what was deleted can be undone here."""
        if isValid(self):
            self.said.setText(text)
            self.undo.hide()
            self._undo_bar.show()
            announce(self, text)
            self.resized.emit()

    def _lay_out(self) -> None:
        files = QHBoxLayout()
        files.setSpacing(Space.GAP)
        files.addWidget(self.load)
        files.addWidget(self.save)
        files.addStretch(1)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(Space.GAP)
        column.addWidget(self.section)
        column.addLayout(files)
        column.addWidget(self._undo_bar)


class PromptsPage(SettingsPage):
    """All prompts."""

    def __init__(self, desk: SettingsDesk) -> None:
        super().__init__(desk, desk.words("Prompts"))
        words, theme = desk.words, desk.theme
        about = words(
            "Texts that you send often, with blanks: {language} is asked for when you choose the "
            "prompt, {clipboard} and {date} are filled in.",
            **examples(words),
        )
        self.add(Label(theme, about, wrap=True))
        self.own = OwnPrompts(desk)
        self.add(self.own)
        self.shipped = tuple(PromptRow(desk, one, copies=True) for one in desk.prompts.shipped)
        for row in self.shipped:
            one = row.prompt
            row.edit.clicked.connect(
                lambda _=False, one=one: self.own.open_form(one.name, one.text, None)
            )
        self.add(SettingsSection(theme, words("Made by Sotto"), "", *self.shipped))
        self.own.resized.connect(self.settle)

    @override
    def refresh(self) -> None:
        self.own.forget_undo()
        self._desk.prompts.refresh()

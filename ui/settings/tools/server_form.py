"""The dialog in which a server of tools is added or changed."""

from __future__ import annotations

from typing import Final

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QVBoxLayout, QWidget

from app.chats.values import Problem
from app.tools.mcp.servers import ServerEntry
from app.words import Words
from ui.controls.button import ButtonKind, TextButton
from ui.controls.dialog import PlainDialog, text_box
from ui.controls.field import Field
from ui.controls.label import Label
from ui.controls.segmented import SegmentedControl
from ui.settings.tools.rows import sentence
from ui.settings.tools.server_text import Typed, TypedError, entry_of, typed_of
from ui.theme.theme import Theme
from ui.theme.tokens import Space, TypeSize

_LINES: Final = 76


class ServerForm(PlainDialog):
    """Fields of one server.

    Signals:
        filled_in: (entry: ServerEntry, secrets: ServerSecrets, replacing: str) the user wants
            it so; `say_problem` or `accept` must follow.

    Args:
        theme: the look.
        words: the user's language.
        entry: the server to change; None for a new one.
        parent: the page.
    """

    filled_in = Signal(object, object, str)

    def __init__(
        self, theme: Theme, words: Words, entry: ServerEntry | None, parent: QWidget
    ) -> None:
        title = words("Edit a server") if entry else words("Add a server")
        super().__init__(theme, title, parent)
        self._words = words
        self._before = entry
        typed = typed_of(entry) if entry else Typed()
        self.name = Field(theme, words("Name"), placeholder="files")
        self.kind = SegmentedControl(
            theme, words("What it is"), (words("Program"), words("Address")), 0
        )
        self.command = Field(
            theme, words("Program"), placeholder="npx -y @modelcontextprotocol/server-filesystem ~"
        )
        self.folder = Field(theme, words("Folder it starts in"), placeholder="~")
        self.url = Field(theme, words("Address"), placeholder="https://tools.example.org/mcp")
        self.values = text_box(theme, words("Values"), typed.values, _LINES)
        self.secrets = text_box(theme, words("Secrets"), typed.secrets, _LINES)
        for field, text in (
            (self.name, typed.name),
            (self.command, typed.command),
            (self.folder, typed.folder),
            (self.url, typed.url),
        ):
            field.setText(text)
        self.save = TextButton(theme, words("Save"), kind=ButtonKind.PRIMARY)
        cancel = TextButton(theme, words("Cancel"), kind=ButtonKind.GHOST)
        warning = words("A program you add runs with all your rights. Only add those you trust.")
        self._program = self._named(self.command, self.folder)
        self._address = self._named(self.url)
        values = words("Variables or headers, one in a line: NAME=value")
        secrets = words("Secrets, kept in the keyring: NAME=value; NAME alone keeps it")
        self.lay_out(
            (
                self._named(self.name),
                self.kind,
                self._program,
                self._address,
                self._titled(values, self.values),
                self._titled(secrets, self.secrets),
                Label(theme, warning, size=TypeSize.CODE, role="muted", wrap=True),
            ),
            (cancel, self.save),
        )
        self.kind.chosen.connect(lambda _: self._show_kind())
        self.save.clicked.connect(self._on_save)
        cancel.clicked.connect(self.reject)
        self.kind.set_index(1 if typed.url else 0)
        self._show_kind()
        self.name.setFocus(Qt.FocusReason.OtherFocusReason)

    def say_problem(self, problem: Problem) -> None:
        """The server could not be kept."""
        self.save.setEnabled(True)
        self.say(sentence(self._words, problem), is_wrong=True)

    def _show_kind(self) -> None:
        self._program.setVisible(self.kind.index == 0)
        self._address.setVisible(self.kind.index == 1)

    def _on_save(self) -> None:
        is_program = self.kind.index == 0
        typed = Typed(
            self.name.text(),
            self.command.text() if is_program else "",
            self.folder.text() if is_program else "",
            "" if is_program else self.url.text(),
            self.values.toPlainText(),
            self.secrets.toPlainText(),
        )
        try:
            entry, secrets = entry_of(typed, self._before)
        except TypedError as error:
            self.say(self._words(str(error)), is_wrong=True)
            return
        self.save.setEnabled(False)
        self.say(self._words("Being saved…"))
        self.filled_in.emit(entry, secrets, self._before.name if self._before else "")

    def _named(self, *fields: Field) -> QWidget:
        held = QWidget()
        column = QVBoxLayout(held)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(Space.TINY)
        for field in fields:
            column.addWidget(self._caption(field.accessibleName()))
            column.addWidget(field)
        return held

    def _titled(self, title: str, box: QWidget) -> QWidget:
        held = QWidget()
        column = QVBoxLayout(held)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(Space.TINY)
        column.addWidget(self._caption(title))
        column.addWidget(box)
        return held

    def _caption(self, text: str) -> Label:
        return Label(self._theme, text, size=TypeSize.SMALL, role="muted", wrap=True)

"""The dialog in which a JSON schema is pasted or opened, to bind a chat's answers to it."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Final

from PySide6.QtCore import Qt, QTimer, Signal
from PySide6.QtGui import QPalette
from PySide6.QtWidgets import (
    QDialog,
    QFileDialog,
    QHBoxLayout,
    QPlainTextEdit,
    QVBoxLayout,
    QWidget,
)

from app.schema_file import read_schema_file
from app.words import Words
from engine.errors import UserFacingError
from engine.harmony.messages import ResponseFormat
from engine.structured.format import read_response_format
from ui.controls.button import ButtonKind, TextButton
from ui.controls.label import Label
from ui.theme.theme import Theme
from ui.theme.tokens import Space, TypeSize

_WIDTH: Final = 560
_NARROWEST: Final = 300
_EDITOR_HEIGHT: Final = 240
_CHECK_MS: Final = 250
"""After the last key, so that typing is never held up by a large schema."""


class SchemaDialog(QDialog):
    """Take a JSON schema; it is checked while it is typed.

    Signals:
        chosen: (response_format: ResponseFormat) the user wants answers of this schema.

    Args:
        theme: the look.
        words: the user's language.
        current: what the answers are bound to now.
        parent: the window.
        ask_file: asks for a file; "" when there is none.
    """

    chosen = Signal(object)

    def __init__(
        self,
        theme: Theme,
        words: Words,
        current: ResponseFormat | None,
        parent: QWidget | None = None,
        *,
        ask_file: Callable[[QWidget], str] | None = None,
    ) -> None:
        super().__init__(parent)
        self._words = words
        self._ask_file = ask_file or self._ask_native
        self._name = current.name if current else ""
        self._format: ResponseFormat | None = None
        self.setWindowTitle(words("Answer as JSON"))
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        self.setWindowModality(Qt.WindowModality.WindowModal)
        self.editor = _editor(theme, words)
        self.message = Label(theme, size=TypeSize.CODE, role="muted", wrap=True)
        self.file_button = TextButton(theme, words("Open file…"), icon="folder")
        self.cancel_button = TextButton(theme, words("Cancel"), kind=ButtonKind.GHOST)
        self.use_button = TextButton(theme, words("Use schema"), kind=ButtonKind.PRIMARY)
        self._check_later = QTimer(self, singleShot=True, interval=_CHECK_MS)
        self._lay_out(theme)
        room = parent.width() - 2 * Space.WIDE if parent is not None else theme.scaled(_WIDTH)
        self.setMinimumWidth(min(theme.scaled(_WIDTH), max(_NARROWEST, room)))
        self.editor.textChanged.connect(self._on_edited)
        self._check_later.timeout.connect(self.check)
        self.file_button.clicked.connect(self._on_file)
        self.cancel_button.clicked.connect(self.reject)
        self.use_button.clicked.connect(self._on_use)
        if current is not None:
            self.editor.setPlainText(_indented(current.schema))
        self.check()

    def check(self) -> None:
        """Say whether the schema can be used."""
        text = self.editor.toPlainText()
        self._format = None
        if not text.strip():
            self._say(self._words("Every answer of this chat will be JSON of this schema."))
        else:
            try:
                self._format = read_response_format(text, self._name)
            except UserFacingError as error:
                self._say_error(error)
            else:
                name = self._format.name
                self._say(self._words("This schema can be used. Name: {name}", name=name))
        self.use_button.setEnabled(self._format is not None)

    def _lay_out(self, theme: Theme) -> None:
        title = Label(
            theme, self._words("Answer as JSON"), size=TypeSize.CARD_TITLE, bold=True, wrap=True
        )
        note = Label(
            theme,
            self._words("Paste a JSON schema. Thoughts stay free; the answer cannot leave it."),
            size=TypeSize.CODE,
            role="muted",
            wrap=True,
        )
        row = QHBoxLayout()
        row.setSpacing(Space.GAP)
        row.addWidget(self.file_button)
        row.addStretch(1)
        row.addWidget(self.cancel_button)
        row.addWidget(self.use_button)
        column = QVBoxLayout(self)
        column.setContentsMargins(Space.WIDE, Space.WIDE, Space.WIDE, Space.PAD)
        column.setSpacing(Space.ROOM)
        for part in (title, note, self.editor, self.message):
            column.addWidget(part)
        column.addLayout(row)

    def _say(self, text: str) -> None:
        self.message.set_role("muted")
        self.message.setText(text)

    def _say_error(self, error: UserFacingError) -> None:
        parts = [self._words(error.title, **error.fields)]
        if error.hint:
            parts.append(self._words(error.hint, **error.fields))
        self.message.set_role("danger")
        self.message.setText(" ".join(parts))

    def _on_edited(self) -> None:
        self.use_button.setEnabled(False)
        self._check_later.start()

    def _on_file(self) -> None:
        path = self._ask_file(self)
        if not path:
            return
        try:
            wanted = read_schema_file(Path(path))
        except UserFacingError as error:
            self._say_error(error)
            return
        self._name = wanted.name
        self.editor.setPlainText(_indented(wanted.schema))
        self._check_later.stop()
        self.check()

    def _ask_native(self, parent: QWidget) -> str:
        kinds = self._words("JSON files (*.json)")
        return QFileDialog.getOpenFileName(parent, self._words("Open file…"), "", kinds)[0]

    def _on_use(self) -> None:
        if self._format is not None:
            self.chosen.emit(self._format)
            self.accept()


def _editor(theme: Theme, words: Words) -> QPlainTextEdit:
    editor = QPlainTextEdit()
    editor.setAccessibleName(words("JSON schema"))
    editor.setPlaceholderText('{"type": "object", "properties": {…}}')
    editor.setFont(theme.fonts.code(TypeSize.CODE))
    editor.setTabChangesFocus(True)
    editor.setMinimumHeight(theme.scaled(_EDITOR_HEIGHT))
    palette = editor.palette()
    palette.setColor(QPalette.ColorRole.Base, theme.color("surface"))
    palette.setColor(QPalette.ColorRole.Text, theme.color("text"))
    editor.setPalette(palette)
    return editor


def _indented(schema: str) -> str:
    return json.dumps(json.loads(schema), ensure_ascii=False, indent=2)

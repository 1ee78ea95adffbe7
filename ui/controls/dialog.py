"""What dialogs have in common: a title, parts, a sentence and buttons."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QDialog, QHBoxLayout, QPlainTextEdit, QVBoxLayout, QWidget

from ui.controls.button import TextButton
from ui.controls.label import Label
from ui.theme.theme import Theme
from ui.theme.tokens import Space, TypeSize

_WIDTH: Final = 560
_NARROWEST: Final = 300


class PlainDialog(QDialog):
    """A window-modal dialog.

    Args:
        theme: the look.
        title: of the window, and above its parts.
        parent: the page.
    """

    def __init__(self, theme: Theme, title: str, parent: QWidget) -> None:
        super().__init__(parent.window())
        self._theme = theme
        self.setWindowTitle(title)
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        self.setWindowModality(Qt.WindowModality.WindowModal)
        self.said = Label(theme, size=TypeSize.CODE, role="muted", wrap=True)
        self._column = QVBoxLayout(self)
        self._column.setContentsMargins(Space.WIDE, Space.WIDE, Space.WIDE, Space.PAD)
        self._column.setSpacing(Space.ROOM)
        self._column.addWidget(Label(theme, title, size=TypeSize.CARD_TITLE, bold=True, wrap=True))
        room = parent.window().width() - 2 * Space.WIDE
        self.setMinimumWidth(min(theme.scaled(_WIDTH), max(_NARROWEST, room)))

    def lay_out(self, parts: Sequence[QWidget], buttons: Sequence[TextButton]) -> None:
        """Put the parts below each other and the buttons at the right."""
        for part in parts:
            self._column.addWidget(part)
        self._column.addWidget(self.said)
        self._column.addStretch(1)  # what is left over does not part what belongs together
        row = QHBoxLayout()
        row.setSpacing(Space.GAP)
        row.addStretch(1)
        for button in buttons:
            row.addWidget(button)
        self._column.addLayout(row)
        self.say("")

    def say(self, text: str, *, is_wrong: bool = False) -> None:
        """Say something over the buttons; "" for nothing."""
        self.said.set_role("danger" if is_wrong else "muted")
        self.said.setText(text)
        self.said.setVisible(bool(text))


def text_box(theme: Theme, name: str, text: str, height: int) -> QPlainTextEdit:
    """Some lines to type into."""
    box = QPlainTextEdit()
    box.setProperty("look", "report")
    box.setAccessibleName(name)
    box.setTabChangesFocus(True)
    box.setFont(theme.fonts.code(TypeSize.CODE))
    box.setPlainText(text)
    box.setFixedHeight(theme.scaled(height))
    return box

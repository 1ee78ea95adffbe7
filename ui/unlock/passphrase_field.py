"""A field for a passphrase, hidden as it is typed, with a button that shows it."""

from __future__ import annotations

from PySide6.QtCore import Signal
from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import QLineEdit, QSizePolicy, QVBoxLayout, QWidget
from typing_extensions import override

from app.words import Words
from ui.controls.button import IconButton
from ui.controls.field import Field
from ui.controls.label import Label
from ui.theme.theme import Theme
from ui.theme.tokens import Space, TypeSize


class PassphraseField(QWidget):
    """A named field with a button that shows what was typed.

    Signals:
        changed: the text is another one.
        return_pressed: the user wants to go on.

    Args:
        theme: the look.
        words: the user's language.
        name: stands above the field and names it for screen readers.
        parent: the widget it lives in.
    """

    changed = Signal()
    return_pressed = Signal()

    def __init__(
        self, theme: Theme, words: Words, name: str, parent: QWidget | None = None
    ) -> None:
        super().__init__(parent)
        self._words = words
        self.field = Field(theme, name)
        self.field.setEchoMode(QLineEdit.EchoMode.Password)
        self.show_button = IconButton(
            theme, "eye", words("Show what I type"), size=28, parent=self.field
        )
        label = Label(theme, name, size=TypeSize.CODE)
        label.setBuddy(self.field)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(Space.TINY)
        layout.addWidget(label)
        layout.addWidget(self.field)
        self.setFocusProxy(self.field)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        self.show_button.clicked.connect(self._toggle)
        self.field.textChanged.connect(lambda _: self.changed.emit())
        self.field.returnPressed.connect(self.return_pressed)

    @property
    def text(self) -> str:
        """What was typed."""
        return self.field.text()

    def select_all(self) -> None:
        """Ready to be typed over."""
        self.field.setFocus()
        self.field.selectAll()

    @override
    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        size = self.show_button.sizeHint()
        gap = max(1, (self.field.height() - size.height()) // 2)
        self.show_button.setGeometry(
            self.field.width() - size.width() - gap, gap, size.width(), size.height()
        )
        self.field.setTextMargins(0, 0, size.width(), 0)

    def _toggle(self) -> None:
        hidden = self.field.echoMode() is QLineEdit.EchoMode.Password
        mode = QLineEdit.EchoMode.Normal if hidden else QLineEdit.EchoMode.Password
        self.field.setEchoMode(mode)
        name = self._words("Hide what I type") if hidden else self._words("Show what I type")
        self.show_button.set_look("eye-off" if hidden else "eye", name)

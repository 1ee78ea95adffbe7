"""What stands in the window while it is locked."""

from __future__ import annotations

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QHBoxLayout, QVBoxLayout, QWidget

from app.locking import LockWay
from app.words import Words
from ui.controls.button import ButtonKind, TextButton
from ui.controls.label import Label
from ui.controls.signs import Logo
from ui.theme.theme import Theme
from ui.theme.tokens import Space, TypeSize
from ui.unlock.passphrase_field import PassphraseField

_WIDTH = 360


class LockPage(QWidget):
    """A sentence, a field where a passphrase is needed, and one button.

    Signals:
        unlock_wanted: (passphrase: str) somebody wants in.
    """

    unlock_wanted = Signal(str)

    def __init__(self, theme: Theme, words: Words) -> None:
        super().__init__()
        self._theme, self._words = theme, words
        self.setAccessibleName(words("Sotto is locked"))
        self.heading = Label(theme, words("Sotto is locked"), size=TypeSize.TITLE, bold=True)
        self.text = Label(theme, "", role="muted", wrap=True)
        self.field = PassphraseField(theme, words, words("Passphrase"))
        self.message = Label(theme, "", size=TypeSize.CODE, role="danger", wrap=True)
        self.button = TextButton(theme, words("Unlock"), icon="lock-open", kind=ButtonKind.PRIMARY)
        self._lay_out()
        self.field.return_pressed.connect(self._want)
        self.button.clicked.connect(self._want)

    def show_way(self, way: LockWay) -> None:
        """Ask for what opens the lock."""
        words = self._words
        self.text.setText(
            {
                LockWay.KEY: words("Type the passphrase of your chats to go on."),
                LockWay.OWN: words("Type the passphrase of the lock to go on."),
                LockWay.KEYRING: words("The keyring of this computer opens it, and may ask."),
                LockWay.FREE: words("No passphrase is set, so anybody here can open it."),
            }[way]
        )
        self.field.setVisible(way in (LockWay.KEY, LockWay.OWN))
        self.field.field.clear()
        self.say("")
        self.set_working(is_working=False)

    def set_working(self, *, is_working: bool) -> None:
        """Let nothing be pressed while the passphrase is looked at."""
        self.field.setEnabled(not is_working)
        self.button.setEnabled(not is_working)
        if not is_working:
            self.focus()

    def focus(self) -> None:
        """Put the caret where one goes on."""
        target = self.button if self.field.isHidden() else self.field
        target.setFocus(Qt.FocusReason.OtherFocusReason)

    def say(self, text: str) -> None:
        """Say why it stays locked; "" for nothing."""
        self.message.setText(text)
        self.message.setVisible(bool(text))
        if text:
            self.field.select_all()

    def _want(self) -> None:
        if self.button.isEnabled():
            self.unlock_wanted.emit(self.field.text)

    def _lay_out(self) -> None:
        column = QVBoxLayout()
        column.setSpacing(Space.ROOM)
        for widget in (Logo(self._theme, 44), self.heading, self.text, self.field, self.message):
            column.addWidget(widget)
        column.addWidget(self.button, alignment=Qt.AlignmentFlag.AlignLeft)
        box = QWidget()
        box.setLayout(column)
        box.setMaximumWidth(self._theme.scaled(_WIDTH))
        row = QHBoxLayout()
        row.addStretch(1)
        row.addWidget(box, stretch=100)
        row.addStretch(1)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(Space.PAD, Space.WIDE, Space.PAD, Space.WIDE)
        layout.addStretch(1)
        layout.addLayout(row)
        layout.addStretch(2)

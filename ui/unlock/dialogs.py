"""The three questions: choose a passphrase, type it, and keep chats unencrypted."""

from __future__ import annotations

import threading
from collections.abc import Callable

from PySide6.QtGui import QCloseEvent
from PySide6.QtWidgets import QDialog, QHBoxLayout, QWidget
from typing_extensions import override

from app.secrets import DatabaseKey
from app.words import Words
from engine.errors import UserFacingError
from ui.bridge.dispatcher import Dispatcher
from ui.controls.button import ButtonKind, TextButton
from ui.controls.chip import Chip
from ui.controls.label import Label
from ui.controls.signs import IconSign
from ui.theme.theme import Theme
from ui.theme.tokens import Role, Size, Space, TypeSize
from ui.unlock.card import CardDialog
from ui.unlock.passphrase_field import PassphraseField
from ui.unlock.strength import MIN_CHARACTERS, Strength, strength_of

MakeKey = Callable[[str], DatabaseKey]
"""Turns a passphrase into the key; takes about half a second, so it runs on its own thread."""


class _KeyDialog(CardDialog):
    """A question that ends with a key.

    Attributes:
        key: the answer; None while there is none.
    """

    def __init__(self, theme: Theme, words: Words, title: str, text: str) -> None:
        super().__init__(theme, title, text)
        self.words = words
        self.key: DatabaseKey | None = None
        self._dispatcher = Dispatcher(self)
        self._thread: threading.Thread | None = None

    @property
    def is_working(self) -> bool:
        """Whether a key is being computed."""
        return self._thread is not None

    def work(self, make_key: MakeKey, passphrase: str) -> None:
        """Compute the key in the background, then close, or say what is wrong."""

        def run() -> None:
            try:
                key = make_key(passphrase)
            except UserFacingError as error:
                failed = error  # `error` itself is gone when the other thread looks at it
                self._dispatcher.post(lambda: self._end(None, failed))
            else:
                self._dispatcher.post(lambda: self._end(key, None))

        self.say("")
        self._thread = threading.Thread(target=run, name="passphrase")
        self.show_working(is_working=True)
        self._thread.start()

    def show_working(self, *, is_working: bool) -> None:
        """Let nothing be pressed while the key is being computed."""
        raise NotImplementedError

    def tell_failure(self, error: UserFacingError) -> None:
        """Say why there is no key."""
        said = [self.words(error.title, **error.fields)]
        if error.hint:
            said.append(self.words(error.hint, **error.fields))
        self.say(" ".join(said))

    def _end(self, key: DatabaseKey | None, error: UserFacingError | None) -> None:
        if self._thread is not None:
            self._thread.join()
        self._thread = None
        self.show_working(is_working=False)
        if error is not None:
            self.tell_failure(error)
        else:
            self.key = key
            self.accept()

    @override
    def reject(self) -> None:
        if not self.is_working:
            super().reject()

    @override
    def closeEvent(self, event: QCloseEvent) -> None:
        if self.is_working:
            event.ignore()
        else:
            super().closeEvent(event)


class PassphraseDialog(_KeyDialog):
    """Ask for the passphrase that was chosen before; a wrong one may be tried again."""

    def __init__(self, theme: Theme, words: Words, open_key: MakeKey) -> None:
        super().__init__(
            theme,
            words,
            words("Your chats are locked"),
            words("Type your passphrase to open them."),
        )
        self._open_key = open_key
        self.passphrase = PassphraseField(theme, words, words("Passphrase"))
        self.unlock_button = TextButton(theme, words("Unlock"), kind=ButtonKind.PRIMARY)
        self.quit_button = TextButton(theme, words("Quit"), kind=ButtonKind.GHOST)
        self.body.addWidget(self.passphrase)
        self.add_button(self.quit_button)
        self.add_button(self.unlock_button)
        self.unlock_button.setEnabled(False)
        self.passphrase.changed.connect(self._on_changed)
        self.passphrase.return_pressed.connect(self.unlock_button.click)
        self.unlock_button.clicked.connect(lambda: self.work(open_key, self.passphrase.text))
        self.quit_button.clicked.connect(self.reject)
        self.passphrase.setFocus()

    @override
    def show_working(self, *, is_working: bool) -> None:
        self.passphrase.setEnabled(not is_working)
        self.quit_button.setEnabled(not is_working)
        self.unlock_button.setEnabled(not is_working and bool(self.passphrase.text))
        text = self.words("Unlocking…") if is_working else self.words("Unlock")
        self.unlock_button.set_look(text, "", ButtonKind.PRIMARY)

    @override
    def tell_failure(self, error: UserFacingError) -> None:
        super().tell_failure(error)
        self.passphrase.select_all()

    def _on_changed(self) -> None:
        self.unlock_button.setEnabled(bool(self.passphrase.text))


class FirstStartDialog(_KeyDialog):
    """Choose a passphrase for a new history where the system keeps no keys.

    Attributes:
        wants_no_encryption: the user left by the other door.
    """

    def __init__(self, theme: Theme, words: Words, create_key: MakeKey) -> None:
        super().__init__(
            theme,
            words,
            words("Choose a passphrase for your chats"),
            words(
                "Sotto keeps your chats encrypted. No keyring of this computer holds the key, so "
                "you will be asked for the passphrase at every start."
            ),
        )
        self.wants_no_encryption = False
        self.passphrase = PassphraseField(theme, words, words("Passphrase"))
        self.again = PassphraseField(theme, words, words("The same again"))
        self.strength = Chip(theme, "", tone="neutral")
        self.create_button = TextButton(theme, words("Set passphrase"), kind=ButtonKind.PRIMARY)
        self.plain_button = TextButton(
            theme, words("Continue without encryption"), kind=ButtonKind.GHOST
        )
        self.body.addWidget(self.passphrase)
        self.body.addWidget(self.strength)
        self.body.addWidget(self.again)
        self.body.addSpacing(Space.TINY)
        self.body.addWidget(_Warning(theme, words))
        self.add_button(self.plain_button, at_left=True)
        self.add_button(self.create_button)
        self.passphrase.changed.connect(self._on_changed)
        self.again.changed.connect(self._on_changed)
        self.passphrase.return_pressed.connect(self.again.setFocus)
        self.again.return_pressed.connect(self.create_button.click)
        self.create_button.clicked.connect(lambda: self.work(create_key, self.passphrase.text))
        self.plain_button.clicked.connect(self._leave_plain)
        self._on_changed()
        self.passphrase.setFocus()

    @override
    def show_working(self, *, is_working: bool) -> None:
        for widget in (self.passphrase, self.again, self.plain_button):
            widget.setEnabled(not is_working)
        text = self.words("Setting…") if is_working else self.words("Set passphrase")
        self.create_button.set_look(text, "", ButtonKind.PRIMARY)
        self.create_button.setEnabled(not is_working)

    def _leave_plain(self) -> None:
        self.wants_no_encryption = True
        self.reject()

    def _on_changed(self) -> None:
        """Say how strong it is, and why it cannot be set yet."""
        text, strength = self.passphrase.text, strength_of(self.passphrase.text)
        said, icon, tone = {
            Strength.SHORT: (self._too_short(), "info", "neutral"),
            Strength.WEAK: (self.words("Easy to guess. Try more words."), "triangle-alert", "warn"),
            Strength.FAIR: (self.words("Fair"), "check", "neutral"),
            Strength.STRONG: (self.words("Hard to guess"), "shield-check", "accent"),
        }[strength]
        self.strength.set_look(said, icon=icon, tone=tone)  # type: ignore[arg-type] # a Tone
        self.strength.setAccessibleName(said)
        why = ""
        if strength is Strength.SHORT:
            why = self._too_short()
        elif self.again.text != text:
            why = self.words("The two are not the same yet.")
        self.create_button.setEnabled(not why)
        self.create_button.setToolTip(why)
        differs = bool(self.again.text) and not text.startswith(self.again.text)
        self.say(self.words("The two are not the same.") if differs else "")

    def _too_short(self) -> str:
        return self.words("At least {count} characters", count=MIN_CHARACTERS)


class _Warning(QWidget):
    """That a lost passphrase cannot be recovered, said before it is chosen."""

    def __init__(self, theme: Theme, words: Words) -> None:
        super().__init__()
        role: Role = "warn"
        row = QHBoxLayout(self)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(Space.GAP)
        row.addWidget(IconSign(theme, "triangle-alert", role, Size.ICON_SMALL))
        text = words("If you forget it, nobody can bring your chats back. There is no second key.")
        row.addWidget(Label(theme, text, size=TypeSize.CODE, wrap=True), stretch=1)


class PlainDialog(CardDialog):
    """Make sure that chats are to be kept unencrypted.  Accepted: yes."""

    def __init__(self, theme: Theme, words: Words) -> None:
        super().__init__(
            theme,
            words("Keep your chats unencrypted?"),
            words(
                "Whoever can read the files of this user account, or takes the disk out, can then "
                "read your chats. This cannot be changed later."
            ),
        )
        self.back_button = TextButton(theme, words("Go back"))
        self.plain_button = TextButton(theme, words("Do not encrypt"), kind=ButtonKind.DANGER)
        self.add_button(self.plain_button, at_left=True)
        self.add_button(self.back_button)
        self.back_button.clicked.connect(self.reject)
        self.plain_button.clicked.connect(self.accept)
        self.back_button.setFocus()


class ProblemDialog(CardDialog):
    """Say why Sotto cannot start.

    Attributes:
        wants_retry: the user has done something about it.
    """

    def __init__(self, theme: Theme, words: Words, error: UserFacingError) -> None:
        hint = words(error.hint, **error.fields) if error.hint else ""
        super().__init__(theme, words(error.title, **error.fields), hint)
        self.quit_button = TextButton(theme, words("Quit"), kind=ButtonKind.PRIMARY)
        self.retry_button = TextButton(theme, words("Try again"))
        self.wants_retry = False
        self.add_button(self.retry_button)
        self.add_button(self.quit_button)
        self.retry_button.clicked.connect(self._retry)
        self.quit_button.clicked.connect(self.accept)
        self.quit_button.setFocus()

    def _retry(self) -> None:
        self.wants_retry = True
        self.accept()


def is_accepted(dialog: QDialog) -> bool:
    """Run a dialog until it is answered."""
    return dialog.exec() == QDialog.DialogCode.Accepted

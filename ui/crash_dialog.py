"""What went wrong inside Sotto, in one sentence, with a report to read and copy."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Final

from PySide6.QtGui import QGuiApplication
from PySide6.QtWidgets import QWidget

from app.words import Words
from ui.controls.announcing import announce
from ui.controls.button import ButtonKind, TextButton
from ui.controls.dialog import PlainDialog, text_box
from ui.controls.label import Label
from ui.theme.theme import Theme
from ui.theme.tokens import TypeSize

_REPORT_HEIGHT: Final = 220


@dataclass(frozen=True, slots=True)
class Failure:
    """What is told.

    Attributes:
        title: what happened, in the user's language.
        text: what that means.
        report: in English, for people who mend Sotto.
    """

    title: str
    text: str
    report: str


class CrashDialog(PlainDialog):
    """Shows a failure; sends nothing.

    Args:
        theme: the look.
        words: the user's language.
        failure: what is told.
        parent: the window.
        restart: starts Sotto anew; None where that helps nobody.
    """

    def __init__(
        self,
        theme: Theme,
        words: Words,
        failure: Failure,
        parent: QWidget,
        restart: Callable[[], None] | None = None,
    ) -> None:
        super().__init__(theme, failure.title, parent)
        self._words = words
        self.text = Label(theme, failure.text, wrap=True)
        self.report = text_box(theme, words("Report"), failure.report.rstrip(), _REPORT_HEIGHT)
        self.report.setReadOnly(True)
        self.note = Label(
            theme,
            words(
                "Nothing is sent. If you tell somebody of this, the report helps; "
                "nothing you or the model wrote is in it."
            ),
            size=TypeSize.CODE,
            role="muted",
            wrap=True,
        )
        self.copy = TextButton(theme, words("Copy the report"), icon="copy")
        self.close_button = TextButton(theme, words("Close"), kind=ButtonKind.PRIMARY)
        self.restart = TextButton(theme, words("Restart Sotto"), icon="rotate-ccw")
        buttons = (self.copy, self.restart, self.close_button)
        self.lay_out(
            (self.text, self.report, self.note),
            buttons if restart is not None else (self.copy, self.close_button),
        )
        self.copy.clicked.connect(self._copy)
        self.close_button.clicked.connect(self.accept)
        if restart is None:
            self.restart.setParent(self)
            self.restart.hide()
        else:
            self.restart.clicked.connect(self.accept)
            self.restart.clicked.connect(lambda _=False: restart())
        self.close_button.setFocus()

    def _copy(self) -> None:
        QGuiApplication.clipboard().setText(self.report.toPlainText())
        said = self._words("Copied")
        self.copy.set_look(said, "check", self.copy.kind)
        announce(self.copy, said)

"""The dialog in which a summary of a file is made, read and edited before it is attached."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import Final, Protocol

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QWidget

from app.attachments.parts import FileChoice, attached
from app.attachments.summary import Progress
from app.chats.values import Problem
from app.words import Words
from ui.chat.attachments.wording import scope_text
from ui.chat.wording import hint_of, title_of
from ui.controls.button import ButtonKind, TextButton
from ui.controls.dialog import PlainDialog, text_box
from ui.controls.label import Label
from ui.theme.theme import Theme
from ui.theme.tokens import TypeSize

_HEIGHT: Final = 260
_LEFT: Final = 300


class Making(Protocol):
    """A summary on its way (`app.attachments.summary.FileSummary`)."""

    @property
    def total(self) -> int:
        """How many steps it takes."""
        ...

    def begin(self) -> None:
        """Make it, or go on."""
        ...

    def stop(self) -> None:
        """End it."""
        ...


MakeSummary = Callable[[FileChoice, Callable[[Progress], None], Callable[[Problem], None]], Making]
"""Begins nothing yet; the callbacks come on the UI thread."""


class SummaryDialog(PlainDialog):
    """Make a summary step by step; it can be edited once it is there, or was stopped.

    Signals:
        chosen: (choice: FileChoice) with the summary that is to go with the message.
        parts_wanted: the user would rather choose parts.

    Args:
        theme: the look.
        words: the user's language.
        choice: the parts; with a summary, that is shown to be edited.
        make: makes it; None where there is no model that could.
        parent: the window.

    Attributes:
        box: the summary.
    """

    chosen = Signal(object)
    parts_wanted = Signal()

    def __init__(
        self,
        theme: Theme,
        words: Words,
        choice: FileChoice,
        make: MakeSummary | None,
        parent: QWidget,
    ) -> None:
        name = choice.file.name or words("Pasted text")
        super().__init__(theme, words("Summary of {name}", name=name), parent)
        self._words = words
        self._choice = choice
        scope = scope_text(words, attached(choice.file, choice.chosen))
        about = words("Made by the model of {what}. Read it, and change what is wrong.", what=scope)
        intro = Label(theme, about, size=TypeSize.CODE, role="muted", wrap=True)
        height = min(_HEIGHT, max(100, parent.window().height() - _LEFT))
        self.box = text_box(theme, words("Summary"), choice.summary, height)
        self.box.setFont(theme.fonts.text(TypeSize.CONTROL))
        self.parts_button = TextButton(theme, words("Parts…"))
        self.stop_button = TextButton(theme, words("Stop"))
        self.retry_button = TextButton(theme, words("Go on"))
        cancel = TextButton(theme, words("Cancel"), kind=ButtonKind.GHOST)
        self.attach_button = TextButton(theme, words("Attach"), kind=ButtonKind.PRIMARY)
        buttons = (self.parts_button, self.stop_button, self.retry_button)
        self.lay_out((intro, self.box), (*buttons, cancel, self.attach_button))
        self._making = None
        if make is not None and not choice.summary:
            self._making = make(choice, self._on_progress, self._on_failed)
        self.box.textChanged.connect(self._on_edited)
        self.parts_button.clicked.connect(self._on_parts)
        self.stop_button.clicked.connect(self._on_stop)
        self.retry_button.clicked.connect(self.begin)
        cancel.clicked.connect(self.reject)
        self.attach_button.clicked.connect(self._on_attach)
        self.finished.connect(self._on_finished)
        self._set_running(is_running=False)
        self.retry_button.hide()

    def begin(self) -> None:
        """Have it made, or go on."""
        if self._making is not None:
            self._set_running(is_running=True)
            if not self.box.toPlainText():
                self._tell(0)
            self._making.begin()

    def _tell(self, done: int) -> None:
        assert self._making is not None  # noqa: S101 - somebody told of progress
        count, total = f"{done + 1:,}", f"{self._making.total:,}"
        self.say(self._words("The model reads part {count} of {total}…", count=count, total=total))

    def _on_progress(self, progress: Progress) -> None:
        self.box.setPlainText(progress.text)
        if progress.done == progress.total:
            self.say("")
            self._set_running(is_running=False)
            self.retry_button.hide()
            self.box.setFocus()
        else:
            self._tell(progress.done)

    def _on_failed(self, problem: Problem) -> None:
        said = (title_of(self._words, problem), hint_of(self._words, problem))
        self.say(" ".join(said), is_wrong=True)
        self._set_running(is_running=False)

    def _on_stop(self) -> None:
        if self._making is not None:
            self._making.stop()
        self.say(self._words("Stopped. What is there can be edited and attached."))
        self._set_running(is_running=False)

    def _on_finished(self, _result: int) -> None:
        if self._making is not None:
            self._making.stop()

    def _set_running(self, *, is_running: bool) -> None:
        self.box.setReadOnly(is_running)
        self.stop_button.setVisible(is_running)
        self.retry_button.setVisible(not is_running and self._making is not None)
        self.parts_button.setVisible(not is_running)
        self._is_running = is_running
        self._on_edited()

    def _on_edited(self) -> None:
        self.attach_button.setEnabled(not self._is_running and bool(self.box.toPlainText().strip()))

    def _on_parts(self) -> None:
        self.parts_wanted.emit()
        self.accept()

    def _on_attach(self) -> None:
        self.chosen.emit(replace(self._choice, summary=self.box.toPlainText().strip() + "\n"))
        self.accept()

"""One earlier run: what it was, and what can be done with it."""

from __future__ import annotations

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QVBoxLayout, QWidget

from app.lab.values import Evaluation, Run
from app.words import Words
from ui.controls.button import ButtonKind, TextButton
from ui.controls.setting_row import SettingRow
from ui.lab.wording import run_facts
from ui.theme.theme import Theme


class RunRow(QWidget):
    """A run in the list of runs.

    Signals:
        show_wanted, resume_wanted, delete_wanted: (run: Run) what the user wants of it.
        resized: it may need another height.

    Args:
        theme: the look.
        words: the user's language.
        evaluation: what was run.
        run: the run.
    """

    show_wanted = Signal(object)
    resume_wanted = Signal(object)
    delete_wanted = Signal(object)
    resized = Signal()

    def __init__(self, theme: Theme, words: Words, evaluation: Evaluation, run: Run) -> None:
        super().__init__()
        self._words = words
        self.run = run
        title = evaluation.title.of(words.language)
        self.open = TextButton(theme, words("Show"), icon="chart-line", compact=True)
        self.resume = TextButton(theme, words("Resume"), icon="play", compact=True)
        danger = ButtonKind.DANGER
        self.delete = TextButton(theme, words("Delete…"), kind=danger, compact=True)
        self.delete_now = TextButton(theme, words("Delete results"), kind=danger, compact=True)
        self.keep = TextButton(theme, words("Keep"), compact=True)
        self._usual = (self.open, self.resume, self.delete)
        self._asking = (self.delete_now, self.keep)
        self.row = SettingRow(theme, title, "", *self._usual, *self._asking)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.addWidget(self.row)
        self.open.clicked.connect(lambda: self.show_wanted.emit(self.run))
        self.resume.clicked.connect(lambda: self.resume_wanted.emit(self.run))
        self.delete.clicked.connect(lambda: self._ask(is_asking=True))
        self.keep.clicked.connect(lambda: self._ask(is_asking=False))
        self.delete_now.clicked.connect(lambda: self.delete_wanted.emit(self.run))
        self._is_asking = False
        self.show_run(run, is_at_work=False)

    def show_run(self, run: Run, *, is_at_work: bool) -> None:
        """Show how far it is now; while the lab is at work nothing can begin or go."""
        self.run = run
        facts = run_facts(self._words, run)
        self.row.set_hint(facts)
        why_not = self._words("Another run is at work.") if is_at_work else ""
        for button in (self.resume, self.delete, self.delete_now):
            button.setEnabled(not is_at_work)
            button.setToolTip(why_not)
        for button in (*self._usual, *self._asking):
            button.setAccessibleDescription(f"{self.row.name.text()}, {facts}")
        self._show_buttons()

    def _ask(self, *, is_asking: bool) -> None:
        self._is_asking = is_asking
        self._show_buttons()
        (self.keep if is_asking else self.delete).setFocus()
        self.resized.emit()

    def _show_buttons(self) -> None:
        for button in self._usual:
            is_apt = button is not self.resume or not self.run.is_complete
            button.setVisible(is_apt and not self._is_asking)
        for button in self._asking:
            button.setVisible(self._is_asking)

"""The list of earlier runs, the newest first."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QVBoxLayout, QWidget

from app.lab.values import Evaluation, EvaluationId, Run, RunId
from app.words import Words
from ui.controls.button import TextButton
from ui.controls.label import Label
from ui.controls.row_card import RowCard
from ui.lab.run_row import RunRow
from ui.lab.telling import tell
from ui.theme.theme import Theme
from ui.theme.tokens import Space, TypeSize

PAGE_RUNS: Final = 6
_LEFT: Final = Qt.AlignmentFlag.AlignLeft


class RunsSection(QWidget):
    """Runs of every model, a few at first.

    Signals:
        show_wanted, resume_wanted, delete_wanted: (run: Run) what the user wants of one.
        export_wanted: all of them are to be written.
        resized: it may need another height.

    Args:
        theme: the look.
        words: the user's language.
        evaluations: by their ids.
    """

    show_wanted = Signal(object)
    resume_wanted = Signal(object)
    delete_wanted = Signal(object)
    export_wanted = Signal()
    resized = Signal()

    def __init__(
        self, theme: Theme, words: Words, evaluations: dict[EvaluationId, Evaluation]
    ) -> None:
        super().__init__()
        self._theme = theme
        self._words = words
        self._evaluations = evaluations
        self._runs: tuple[Run, ...] = ()
        self._shown: tuple[RunId, ...] = ()
        self._room = PAGE_RUNS
        self._is_at_work = False
        self.rows: list[RunRow] = []
        self.title = Label(theme, words("Runs so far"), size=TypeSize.HEADING, bold=True)
        self.nothing = Label(theme, words("Nothing was run yet."), role="muted", wrap=True)
        self.more = TextButton(theme, words("Show older runs"), icon="chevron-down", compact=True)
        self.export = TextButton(theme, words("Export all as JSON…"), icon="download", compact=True)
        self.said = Label(theme, size=TypeSize.CODE, wrap=True)
        self._cards = QVBoxLayout()
        self._cards.setContentsMargins(0, 0, 0, 0)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(Space.GAP)
        column.addWidget(self.title)
        column.addWidget(self.nothing)
        column.addLayout(self._cards)
        column.addWidget(self.more)
        column.addWidget(self.export)
        column.addWidget(self.said)
        self.said.hide()
        column.setAlignment(self.more, _LEFT)
        column.setAlignment(self.export, _LEFT)
        self.more.clicked.connect(self._show_more)
        self.export.clicked.connect(self.export_wanted)
        self.show_runs(())

    def tell(self, text: str, *, is_wrong: bool = False) -> None:
        """Say what came of what was asked for here; "" for nothing."""
        tell(self.said, text, is_wrong=is_wrong)
        self.resized.emit()

    def show_runs(self, runs: Sequence[Run], *, is_at_work: bool | None = None) -> None:
        """Show these runs; rows of runs that stay keep their place and their focus."""
        self._runs = tuple(runs)
        if is_at_work is not None:
            self._is_at_work = is_at_work
        shown = self._runs[: self._room]
        ids = tuple(run.id for run in shown)
        if ids != self._shown:
            self._shown = ids
            self._fill(shown)
        for row, run in zip(self.rows, shown, strict=True):
            row.show_run(run, is_at_work=self._is_at_work)
        self.nothing.setVisible(not runs)
        self.more.setVisible(len(self._runs) > len(shown))
        self.export.setVisible(bool(runs))
        self.resized.emit()

    def show_at_work(self, run: Run | None) -> None:
        """Tell the rows whether the lab is at work, and how far the run is that it works at."""
        runs = [run if run is not None and run.id == one.id else one for one in self._runs]
        self.show_runs(runs, is_at_work=run is not None)

    def _show_more(self) -> None:
        self._room += PAGE_RUNS
        first_new = len(self.rows)
        self.show_runs(self._runs)
        self.rows[first_new].open.setFocus()

    def _fill(self, runs: Sequence[Run]) -> None:
        while (item := self._cards.takeAt(0)) is not None:
            old = item.widget()
            if old is not None:
                old.hide()
                old.deleteLater()
        self.rows = []
        if not runs:
            return
        card = RowCard(self._theme)
        for run in runs:
            row = RunRow(self._theme, self._words, self._evaluations[run.evaluation], run)
            row.show_wanted.connect(self.show_wanted)
            row.resume_wanted.connect(self.resume_wanted)
            row.delete_wanted.connect(self.delete_wanted)
            row.resized.connect(self.resized)
            self.rows.append(row)
            card.add(row)
        self._cards.addWidget(card)

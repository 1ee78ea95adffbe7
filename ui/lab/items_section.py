"""Question by question: all of them, or those that went wrong."""

from __future__ import annotations

from typing import Final

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QVBoxLayout, QWidget

from app.lab.values import Evaluation, Outcome, RunId, RunResult
from app.words import Words
from ui.controls.button import TextButton
from ui.controls.label import Label
from ui.controls.row_card import RowCard
from ui.controls.segmented import SegmentedControl
from ui.lab.item_row import ItemRow
from ui.theme.theme import Theme
from ui.theme.tokens import Space, TypeSize

PAGE_ITEMS: Final = 20
_LEFT: Final = Qt.AlignmentFlag.AlignLeft


class ItemsSection(QWidget):
    """The outcomes of a run, a page of them at a time.

    Signals:
        resized: it may need another height.

    Args:
        theme: the look.
        words: the user's language.
    """

    resized = Signal()

    def __init__(self, theme: Theme, words: Words) -> None:
        super().__init__()
        self._theme = theme
        self._words = words
        self._evaluation: Evaluation | None = None
        self._run: RunId | None = None
        self._outcomes: tuple[Outcome, ...] = ()
        self._card: RowCard | None = None
        self.rows: list[ItemRow] = []
        title = words("Question by question")
        self.title = Label(theme, title, size=TypeSize.HEADING, bold=True)
        self.filter = SegmentedControl(
            theme, words("Which questions"), [words("All"), words("Wrong only")]
        )
        self.counted = Label(theme, size=TypeSize.CODE, role="muted", wrap=True)
        self.more = TextButton(theme, words("Show more"), icon="chevron-down", compact=True)
        self._cards = QVBoxLayout()
        self._cards.setContentsMargins(0, 0, 0, 0)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(Space.GAP)
        column.addWidget(self.title)
        column.addWidget(self.filter)
        column.addWidget(self.counted)
        column.addLayout(self._cards)
        column.addWidget(self.more)
        column.setAlignment(self.filter, _LEFT)
        column.setAlignment(self.more, _LEFT)
        self.filter.chosen.connect(lambda _: self._begin())
        self.more.clicked.connect(self._on_more)

    @property
    def chosen(self) -> tuple[Outcome, ...]:
        """The outcomes that the filter lets through."""
        if self.filter.index == 0:
            return self._outcomes
        return tuple(one for one in self._outcomes if not one.is_passed)

    def show_result(self, evaluation: Evaluation, result: RunResult) -> None:
        """Show a run; one that was shown already only gets longer."""
        is_same = self._run == result.run.id and result.outcomes[: len(self._outcomes)] == (
            self._outcomes
        )
        self._evaluation, self._run = evaluation, result.run.id
        before = len(self.rows)
        self._outcomes = result.outcomes
        if not is_same:
            self._begin()
        elif before < PAGE_ITEMS:
            self._fill(PAGE_ITEMS)
        else:
            self._fill(before)

    def _begin(self) -> None:
        while (item := self._cards.takeAt(0)) is not None:
            old = item.widget()
            if old is not None:
                old.hide()
                old.deleteLater()
        self.rows = []
        self._card = None
        self._fill(PAGE_ITEMS)

    def _on_more(self) -> None:
        self._fill(len(self.rows) + PAGE_ITEMS)

    def _fill(self, count: int) -> None:
        """Have so many rows, or as many as there are."""
        chosen = self.chosen
        for outcome in chosen[len(self.rows) : count]:
            self._add(outcome)
        words = self._words
        self.counted.setText(
            words("{shown} of {count} shown", shown=len(self.rows), count=len(chosen))
            if chosen
            else words("None went wrong.")
            if self._outcomes
            else words("Nothing was asked yet.")
        )
        self.more.setVisible(len(self.rows) < len(chosen) and self.more.parent() is not None)
        self.resized.emit()

    def _add(self, outcome: Outcome) -> None:
        if self._evaluation is None:
            return
        if self._card is None:
            self._card = RowCard(self._theme)
            self._cards.addWidget(self._card)
        row = ItemRow(self._theme, self._words, self._evaluation, outcome)
        row.resized.connect(self.resized)
        self.rows.append(row)
        self._card.add(row)

"""One question of a run: what would be right, what was answered, and the verdict."""

from __future__ import annotations

from typing import Final

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QHBoxLayout, QVBoxLayout, QWidget

from app.lab.values import Evaluation, Outcome
from app.words import Words
from ui.chat.permissions.visible import visible
from ui.controls.button import ButtonKind, TextButton
from ui.controls.chip import Chip
from ui.controls.label import Label
from ui.lab.wording import finding_text, outcome_facts
from ui.theme.theme import Theme
from ui.theme.tokens import Space, TypeSize

LONGEST: Final = 360
"""So many characters of a question or an answer are shown at first."""


class ItemRow(QWidget):
    """A question with its answer.  Thoughts are not in it: only their length is known.

    Signals:
        resized: it may need another height.

    Args:
        theme: the look.
        words: the user's language.
        evaluation: what was run.
        outcome: what came of the question.
    """

    resized = Signal()

    def __init__(
        self, theme: Theme, words: Words, evaluation: Evaluation, outcome: Outcome
    ) -> None:
        super().__init__()
        self._words = words
        self.outcome = outcome
        self.question = Label(theme, wrap=True)
        expected = visible(outcome.expected)
        self.expected = Label(
            theme, words("Expected: {answer}", answer=expected), size=TypeSize.CODE, wrap=True
        )
        self.answer = Label(theme, size=TypeSize.CODE, wrap=True)
        self.answer.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
        facts = outcome_facts(words, evaluation, outcome)
        self.facts = Label(theme, facts, size=TypeSize.SMALL, role="muted", wrap=True)
        self.verdict = Chip(
            theme,
            finding_text(words, outcome.finding),
            icon="check" if outcome.is_passed else "x",
            tone="accent" if outcome.is_passed else "danger",
        )
        self.all = TextButton(theme, words("Show all"), kind=ButtonKind.GHOST, compact=True)
        self._lay_out()
        self._show_texts(LONGEST)
        self.all.clicked.connect(self._on_all)
        self.setAccessibleName(
            f"{self.question.text()}. {self.verdict.text()}. {self.answer.text()}. {facts}"
        )

    def _lay_out(self) -> None:
        head = QHBoxLayout()
        head.setSpacing(Space.ROOM)
        head.addWidget(self.question, stretch=1)
        head.addWidget(self.verdict, alignment=Qt.AlignmentFlag.AlignTop)
        column = QVBoxLayout(self)
        column.setContentsMargins(Space.PAD, Space.ROOM - 2, Space.PAD, Space.ROOM - 2)
        column.setSpacing(Space.TINY)
        column.addLayout(head)
        for part in (self.expected, self.answer, self.facts, self.all):
            column.addWidget(part)
        column.setAlignment(self.all, Qt.AlignmentFlag.AlignLeft)

    def _show_texts(self, longest: int) -> None:
        words, outcome = self._words, self.outcome
        question, answer = visible(outcome.question), visible(outcome.answer)
        self.question.setText(_cut(question, longest))
        if answer:
            said = words("Answered: {answer}", answer=_cut(answer, longest))
        elif outcome.problem:
            said = words("No answer: {why}", why=outcome.problem)
        else:
            said = words("No answer")
        if outcome.note:
            said = f"{said}  ({outcome.note})"
        self.answer.setText(said)
        self.all.setVisible(max(len(question), len(answer)) > longest)

    def _on_all(self) -> None:
        self._show_texts(max(len(self.outcome.question), len(self.outcome.answer)) * 16)
        self.resized.emit()


def _cut(text: str, longest: int) -> str:
    return text if len(text) <= longest else f"{text[: longest - 1].rstrip()}…"

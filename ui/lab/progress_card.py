"""The run at work: how far it is, why it waits, and the way to stop it."""

from __future__ import annotations

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QHBoxLayout, QVBoxLayout, QWidget

from app.lab.values import Evaluation, EvaluationId, RunProgress
from app.words import Words
from ui.controls.announcing import announce
from ui.controls.button import TextButton
from ui.controls.label import ElidedLabel, Label
from ui.controls.progress import Progress
from ui.controls.row_card import RowCard
from ui.lab.wording import pause_text, progress_text
from ui.theme.theme import Theme
from ui.theme.tokens import Space, TypeSize


class ProgressCard(QWidget):
    """Shown while the lab is at work.

    Signals:
        stop_wanted: the user wants it to stop.

    Args:
        theme: the look.
        words: the user's language.
        evaluations: by their ids.
    """

    stop_wanted = Signal()

    def __init__(
        self, theme: Theme, words: Words, evaluations: dict[EvaluationId, Evaluation]
    ) -> None:
        super().__init__()
        self._words = words
        self._evaluations = evaluations
        self._pause = ""
        self.said = Label(theme, bold=True, wrap=True)
        self.question = ElidedLabel(theme, size=TypeSize.CODE, role="muted")
        self.waiting = Label(theme, size=TypeSize.CODE, role="warn", wrap=True)
        self.bar = Progress(theme, words("Evaluation"))
        self.stop = TextButton(theme, words("Stop"), icon="stop")
        self.stop.clicked.connect(self.stop_wanted)
        inner = QWidget()
        column = QVBoxLayout(inner)
        column.setContentsMargins(Space.PAD, Space.ROOM, Space.PAD, Space.PAD)
        column.setSpacing(Space.SMALL)
        head = QHBoxLayout()
        head.setSpacing(Space.ROOM)
        head.addWidget(self.said, stretch=1)
        head.addWidget(self.stop)
        column.addLayout(head)
        column.addWidget(self.question)
        column.addWidget(self.waiting)
        column.addWidget(self.bar)
        around = QVBoxLayout(self)
        around.setContentsMargins(0, 0, 0, 0)
        around.addWidget(RowCard(theme, inner))

    def show_progress(self, progress: RunProgress) -> None:
        """Show how far it is."""
        words = self._words
        title = ""
        if progress.run is not None:
            title = self._evaluations[progress.run.evaluation].title.of(words.language)
        self.said.setText(progress_text(words, progress, title))
        task = progress.task
        self.question.setText(" ".join(task.item.user.split()) if task else "")
        pause = pause_text(words, progress)
        self.waiting.setText(pause)
        self.waiting.setVisible(bool(pause))
        if pause and pause != self._pause:
            announce(self, pause)
        self._pause = pause
        self.bar.set_fraction(progress.done / progress.total if progress.total else 0.0)

"""Long work on a model's files: how far it is, and a way to end it."""

from __future__ import annotations

from PySide6.QtWidgets import QHBoxLayout, QVBoxLayout, QWidget

from app.words import Words
from ui.controls.button import ButtonKind, TextButton
from ui.controls.label import Label
from ui.controls.progress import Progress
from ui.theme.theme import Theme
from ui.theme.tokens import Space, TypeSize


class WorkLine(QWidget):
    """A bar, a sentence with the percentage, and Stop; hidden while nothing is done.

    Args:
        theme: the look.
        words: the user's language.
    """

    def __init__(self, theme: Theme, words: Words) -> None:
        super().__init__()
        self.progress = Progress(theme, "")
        self.said = Label(theme, size=TypeSize.CODE, role="muted", wrap=True)
        self.stop = TextButton(theme, words("Stop"), kind=ButtonKind.GHOST, compact=True)
        row = QHBoxLayout()
        row.setSpacing(Space.GAP)
        row.addWidget(self.said, stretch=1)
        row.addWidget(self.stop)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(Space.TINY)
        column.addWidget(self.progress)
        column.addLayout(row)
        self.hide()

    def show_work(self, said: str, done_bytes: int, total_bytes: int) -> None:
        """Show how far it is."""
        fraction = done_bytes / total_bytes if total_bytes else 0.0
        self.progress.setAccessibleName(said)
        self.progress.set_fraction(fraction)
        self.said.setText(f"{said} {round(100 * fraction)} %")
        self.show()

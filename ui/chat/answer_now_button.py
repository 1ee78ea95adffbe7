"""The quiet button beside the thinking line that has the answer come at once."""

from __future__ import annotations

from PySide6.QtWidgets import QWidget

from app.words import Words
from ui.actions import ActionId, spec_of
from ui.controls.button import ButtonKind, TextButton
from ui.theme.theme import Theme
from ui.theme.tokens import Space


class AnswerNowButton(TextButton):
    """Stands behind the line; it moves right as the seconds get longer, and never back.

    Args:
        theme: the look.
        words: the user's language.
        parent: the panel of the thoughts.
    """

    def __init__(self, theme: Theme, words: Words, parent: QWidget) -> None:
        super().__init__(
            theme, words("Answer now"), kind=ButtonKind.GHOST, compact=True, parent=parent
        )
        key = spec_of(ActionId.ANSWER_NOW).shown_key
        self.setToolTip(words("Answer with what has been thought so far ({key})", key=key))
        self.hide()

    def stand_behind(self, line: QWidget, width: int) -> None:
        """Take its place in a panel of this width."""
        own_width = self.sizeHint().width()
        x = max(line.geometry().right() + 1 + Space.GAP, self.x() if self.isVisible() else 0)
        self.setGeometry(min(x, width - own_width), line.y(), own_width, line.height())

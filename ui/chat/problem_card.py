"""An error where it happened: what went wrong and what to do."""

from __future__ import annotations

from typing import Final

from PySide6.QtCore import QRectF
from PySide6.QtGui import QPainter, QPaintEvent
from PySide6.QtWidgets import QWidget
from typing_extensions import override

from app.chats.values import Problem
from app.words import Words
from ui.chat.wording import hint_of, title_of
from ui.controls.label import Label
from ui.controls.painting import draw_box
from ui.controls.signs import IconSign
from ui.theme.theme import Theme
from ui.theme.tokens import Radius, Size, TypeSize

_PAD_X: Final = 14
_PAD_Y: Final = 10
_GAP: Final = 12


class ProblemCard(QWidget):
    """An icon, the problem's title and its hint.

    Args:
        theme: the look.
        words: the user's language.
        parent: the answer.
    """

    def __init__(self, theme: Theme, words: Words, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._theme = theme
        self._words = words
        self._icon = IconSign(theme, "circle-x", "danger", Size.ICON, self)
        self.title = Label(theme, size=TypeSize.CONTROL, wrap=True, parent=self)
        self.hint = Label(theme, size=TypeSize.CODE, role="muted", wrap=True, parent=self)
        theme.changed.connect(self.update)

    def show_problem(self, problem: Problem) -> None:
        """Say what went wrong."""
        self.title.setText(title_of(self._words, problem))
        self.hint.setText(hint_of(self._words, problem))
        self.setAccessibleName(f"{self.title.text()} {self.hint.text()}".strip())

    def fit(self, width: int) -> int:
        """Lay out for a width; returns the height this takes, both in logical px."""
        icon = self._icon.sizeHint().width()
        x = _PAD_X + icon + _GAP
        inner = max(1, width - x - _PAD_X)
        y = _PAD_Y
        first_line = self.title.fontMetrics().height()
        self._icon.setGeometry(_PAD_X, y + (first_line - icon) // 2, icon, icon)
        for label in (self.title, self.hint):
            label.setVisible(bool(label.text()))
            if label.text():
                height = label.heightForWidth(inner)
                label.setGeometry(x, y, inner, height)
                y += height + 2
        return y + _PAD_Y - 2

    @override
    def paintEvent(self, event: QPaintEvent) -> None:
        del event
        theme = self._theme
        line = theme.color("danger") if theme.colors.is_high_contrast else None
        fill = theme.color("danger_soft")
        draw_box(QPainter(self), QRectF(self.rect()), Radius.CARD, fill=fill, line=line)

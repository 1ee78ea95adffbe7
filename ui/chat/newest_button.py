"""The button that leads to the newest words."""

from __future__ import annotations

from PySide6.QtWidgets import QScrollArea

from ui.controls.button import TextButton
from ui.markdown.context import MarkdownContext
from ui.theme.tokens import Space


class NewestButton(TextButton):
    """Floats at the lower edge of a view that is scrolled away from its end.

    Args:
        context: theme and words.
        view: what it floats over.
    """

    def __init__(self, context: MarkdownContext, view: QScrollArea) -> None:
        words = context.words
        super().__init__(
            context.theme, words("Newest"), icon="arrow-down", compact=True, parent=view
        )
        self._view = view
        self.hide()

    def show_if(self, is_away: bool) -> None:
        """Be there while the view `is_away` from its end, and in its place."""
        self.setVisible(is_away)
        size = self.sizeHint()
        x = (self._view.width() - size.width()) // 2
        y = self._view.height() - size.height() - Space.GAP
        self.setGeometry(x, y, size.width(), size.height())
        self.raise_()

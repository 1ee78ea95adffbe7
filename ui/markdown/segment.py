"""One part of a rendered text: a document, a code block, a table, a formula, a rule."""

from __future__ import annotations

from abc import abstractmethod

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QWidget

from ui.markdown.specs import Spec


class Segment(QWidget):
    """A widget of the column.

    Signals:
        height_changed: it needs another height at the same width.
    """

    height_changed = Signal()

    @abstractmethod
    def show_spec(self, spec: Spec) -> bool:
        """Show something else of the same kind; False when this widget cannot."""

    def whole_text(self) -> str:
        """What a selection takes of it, where it can only be selected whole; else ""."""
        return ""

    def whole_html(self) -> str:
        """The same as HTML."""
        return ""

    def mark_whole(self, *, is_marked: bool) -> None:
        """A selection passes through it, or no longer."""

    @abstractmethod
    def fit(self, width: int) -> int:
        """Lay out for a width; returns the height this takes, both in logical px."""

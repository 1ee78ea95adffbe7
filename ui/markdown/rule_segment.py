"""A horizontal rule."""

from __future__ import annotations

from PySide6.QtGui import QPainter, QPaintEvent
from PySide6.QtWidgets import QWidget
from typing_extensions import override

from ui.markdown.blocks import RuleBlock
from ui.markdown.context import MarkdownContext
from ui.markdown.segment import Segment
from ui.markdown.specs import Spec


class RuleSegment(Segment):
    """A hairline with a little room.

    Args:
        context: shared with all segments.
        parent: the column.
    """

    def __init__(self, context: MarkdownContext, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._theme = context.theme
        self._theme.changed.connect(self.update)

    @override
    def show_spec(self, spec: Spec) -> bool:
        return isinstance(spec, RuleBlock)

    @override
    def fit(self, width: int) -> int:
        del width
        return 9

    @override
    def paintEvent(self, event: QPaintEvent) -> None:
        del event
        color = self._theme.color("border")
        QPainter(self).fillRect(0, self.height() // 2, self.width(), 1, color)

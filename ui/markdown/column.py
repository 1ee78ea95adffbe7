"""A rendered Markdown text: a column of segments, of which only what changed is drawn again."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtCore import QRect, Qt, Signal
from PySide6.QtGui import QTextCursor
from PySide6.QtWidgets import QWidget

from ui.markdown.blocks import Block, CodeBlock, FormulaBlock, TableBlock
from ui.markdown.code_segment import CodeSegment
from ui.markdown.context import MarkdownContext
from ui.markdown.distances import INDENT
from ui.markdown.formula_segment import FormulaSegment
from ui.markdown.parser import MarkdownParser
from ui.markdown.rule_segment import RuleSegment
from ui.markdown.segment import Segment
from ui.markdown.specs import Spec, TextSpec, gap, group, indent_of
from ui.markdown.stream import MarkdownStream
from ui.markdown.table_segment import TableSegment
from ui.markdown.text_segment import TextSegment
from ui.theme.tokens import Role, TypeSize


class MarkdownColumn(QWidget):
    """Show Markdown, whole or growing.

    Signals:
        height_changed: it needs another height at the same width (formulas came, code unfolded).

    Args:
        context: shared with all columns.
        parser: shared with all columns.
        role: colour of running text.
        size: of running text.
        parent: the message it lives in.
    """

    height_changed = Signal()

    def __init__(
        self,
        context: MarkdownContext,
        parser: MarkdownParser,
        *,
        role: Role = "text",
        size: int = TypeSize.BODY,
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(parent)
        self._context = context
        self._parser = parser
        self._role: Role = role
        self._size = size
        self._stream: MarkdownStream | None = None
        self._specs: tuple[Spec, ...] = ()
        self._heights: list[int] = []
        self._width = -1
        self.segments: list[Segment] = []
        """The widgets, from top to bottom."""
        self.rewrite: Callable[[tuple[Block, ...]], tuple[Block, ...]] = lambda blocks: blocks
        """Has the last word on what is shown, e.g. to make links of citations."""
        # Queued: the segments, which are made later, must have taken the new fonts by then.
        context.theme.changed.connect(self._on_theme_changed, Qt.ConnectionType.QueuedConnection)

    @property
    def is_empty(self) -> bool:
        """Whether there is nothing to see."""
        return not self.segments

    def set_markdown(self, text: str) -> None:
        """Show a finished text."""
        self._stream = None
        self.show_blocks(self._parser.blocks(text))

    def add(self, text: str) -> None:
        """Take more of a growing text; `flush` shows it."""
        if self._stream is None:
            self._stream = MarkdownStream(self._parser)
        self._stream.add(text)

    def flush(self) -> None:
        """Show what was added; `fit` must follow."""
        if self._stream is not None:
            self.show_blocks(self._stream.blocks())

    def finish(self, whole: str) -> None:
        """The text is complete: show it as a reader of the stored chat would see it."""
        self.set_markdown(whole)

    def fit(self, width: int) -> int:
        """Lay out for a width; returns the height this takes, both in logical px."""
        if width != self._width:
            self._width = width
            self._heights = [-1] * len(self.segments)
        y = 0
        for number, segment in enumerate(self.segments):
            if number:
                y += self._context.theme.distance(gap(self._specs[number - 1], self._specs[number]))
            x = indent_of(self._specs[number]) * INDENT
            if self._heights[number] < 0:
                self._heights[number] = segment.fit(max(1, width - x))
            segment.setGeometry(x, y, max(1, width - x), self._heights[number])
            y += self._heights[number]
        return y

    def place_at(self, y: int) -> Callable[[], int]:
        """What stands `y` px below the top, told as where it stands whenever it is asked later."""
        above = [number for number, one in enumerate(self.segments) if one.y() <= y]
        if not above:
            return lambda: y
        number = above[-1]
        inside = y - self.segments[number].y()

        def stands() -> int:
            return self.segments[number].y() + inside if number < len(self.segments) else y

        return stands

    def end_of_text(self) -> QRect | None:
        """Where the next letter will stand, in this column; None where there is no text."""
        last = self.segments[-1] if self.segments else None
        if not isinstance(last, TextSegment | CodeSegment):
            return None
        view = last.text
        cursor = QTextCursor(view.document())
        cursor.movePosition(QTextCursor.MoveOperation.End)
        place = view.cursorRect(cursor)
        is_inside = place.right() < view.width()
        corner = view.viewport().mapTo(self, place.topLeft())
        return QRect(corner, place.size()) if is_inside else None

    def show_blocks(self, blocks: tuple[Block, ...]) -> None:
        """Show blocks that were made elsewhere; `fit` must follow."""
        specs = group(self.rewrite(blocks))
        for number, spec in enumerate(specs):
            if number >= len(self.segments):
                self._insert(number, spec)
            elif spec != self._specs[number]:
                self._replace(number, spec)
        while len(self.segments) > len(specs):
            self._remove(len(self.segments) - 1)
        self._specs = specs

    def _insert(self, number: int, spec: Spec) -> None:
        segment = self._make(spec)
        segment.show_spec(spec)
        segment.height_changed.connect(lambda: self._on_height_changed(segment))
        self.segments.insert(number, segment)
        self._heights.insert(number, -1)
        segment.show()

    def _replace(self, number: int, spec: Spec) -> None:
        if self.segments[number].show_spec(spec):
            self._heights[number] = -1
        else:
            self._remove(number)
            self._insert(number, spec)

    def _remove(self, number: int) -> None:
        segment = self.segments.pop(number)
        self._heights.pop(number)
        segment.hide()
        segment.deleteLater()

    def _make(self, spec: Spec) -> Segment:
        if isinstance(spec, TextSpec):
            return TextSegment(self._context, self._role, self._size, self)
        if isinstance(spec, CodeBlock):
            return CodeSegment(self._context, self)
        if isinstance(spec, TableBlock):
            return TableSegment(self._context, self)
        if isinstance(spec, FormulaBlock):
            return FormulaSegment(self._context, self)
        return RuleSegment(self._context, self)

    def _on_height_changed(self, segment: Segment) -> None:
        if segment in self.segments:
            self._heights[self.segments.index(segment)] = -1
            self.height_changed.emit()

    def _on_theme_changed(self) -> None:
        self._heights = [-1] * len(self.segments)
        self.height_changed.emit()

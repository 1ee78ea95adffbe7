"""Running text: paragraphs, headings, lists and quotes in one document."""

from __future__ import annotations

from PySide6.QtWidgets import QWidget
from typing_extensions import override

from ui.markdown.context import MarkdownContext
from ui.markdown.rich_text import RichText
from ui.markdown.segment import Segment
from ui.markdown.specs import Spec, TextSpec
from ui.theme.tokens import Role, TypeSize


class _Text(RichText):
    def __init__(self, context: MarkdownContext, role: Role, size: int, owner: Segment) -> None:
        super().__init__(context, role=role, size=size, parent=owner)
        self._owner = owner

    @override
    def formulas_placed(self) -> None:
        self._owner.height_changed.emit()


class TextSegment(Segment):
    """A text document as high as its text.

    Args:
        context: shared with all segments.
        role: colour of the text.
        size: of the text.
        parent: the column.
    """

    def __init__(
        self,
        context: MarkdownContext,
        role: Role = "text",
        size: int = TypeSize.BODY,
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(parent)
        self.text = _Text(context, role, size, self)
        """The document's view."""

    @override
    def show_spec(self, spec: Spec) -> bool:
        if not isinstance(spec, TextSpec):
            return False
        self.text.set_html(spec.html)
        return True

    @override
    def fit(self, width: int) -> int:
        height = self.text.fit(width)
        self.text.resize(width, height)
        return height

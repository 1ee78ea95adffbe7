"""The texts of a message as they are read, with or without widgets, in the same order."""

from __future__ import annotations

import re
from html import unescape
from typing import Final

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QTextEdit, QWidget

from app.chats.values import Message, MessageRole
from ui.chat.first_message import answer_of, bubble_of
from ui.markdown.blocks import CodeBlock, TableBlock
from ui.markdown.inline_html import THIN_SPACE
from ui.markdown.parser import MarkdownParser
from ui.markdown.segment import Segment
from ui.markdown.specs import Spec, TextSpec, group

_BREAK: Final = re.compile(r"<br>|</(?:p|li|h[1-6]|tr|td|div|blockquote|ul|ol)>")
_TAG: Final = re.compile(r"<[^>]*>")


def shown_texts(message: Message, parser: MarkdownParser) -> tuple[str, ...]:
    """What is read of a message, without thoughts and calls."""
    if message.role is MessageRole.USER:
        return (message.text,)
    from ui.chat.answer_flow import pieces_of  # noqa: PLC0415 - see `ui.chat.first_message`

    found: list[str] = []
    for piece in pieces_of(message):
        if isinstance(piece, tuple):
            found.extend(map(_plain, group(parser.blocks(piece[1]))))
    return tuple(found)


def text_views(widget: QWidget) -> list[QTextEdit]:
    """The views of these texts in a message's widget, from top to bottom."""
    if (bubble := bubble_of(widget)) is not None:
        return [bubble.text]
    if (answer := answer_of(widget)) is None:
        return []
    from ui.markdown.column import MarkdownColumn  # noqa: PLC0415 - see `ui.chat.first_message`

    direct = Qt.FindChildOption.FindDirectChildrenOnly
    columns = [
        one
        for one in answer.flow.findChildren(MarkdownColumn, options=direct)
        if not one.isHidden()
    ]
    columns.sort(key=lambda one: one.y())
    views = (_view(segment) for column in columns for segment in column.segments)
    return [view for view in views if view is not None]


def unfold(widget: QWidget, view: QTextEdit) -> None:
    """Have all of a text shown that is folded."""
    from ui.markdown.code_segment import CodeSegment  # noqa: PLC0415 - see `ui.chat.first_message`

    if (bubble := bubble_of(widget)) is not None:
        bubble.unfold()
    elif isinstance(segment := view.parentWidget(), CodeSegment):
        segment.unfold()


def _plain(spec: Spec) -> str:
    if isinstance(spec, TextSpec):
        return _text(spec.html)
    if isinstance(spec, CodeBlock):
        return spec.code
    if isinstance(spec, TableBlock):
        return "\n".join(_text(cell) for row in (spec.header, *spec.rows) for cell in row)
    return ""


def _text(html: str) -> str:
    return unescape(_TAG.sub("", _BREAK.sub("\n", html))).replace(THIN_SPACE, "")


def _view(segment: Segment) -> QTextEdit | None:
    from ui.markdown.code_segment import CodeSegment  # noqa: PLC0415 - see `ui.chat.first_message`
    from ui.markdown.table_segment import TableSegment  # noqa: PLC0415 - as above
    from ui.markdown.text_segment import TextSegment  # noqa: PLC0415 - as above

    if isinstance(segment, TextSegment | CodeSegment):
        return segment.text
    return segment.cells if isinstance(segment, TableSegment) else None

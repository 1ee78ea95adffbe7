"""What the user wrote, word for word, in a bubble at the right."""

from __future__ import annotations

from html import escape
from math import ceil
from typing import Final

from PySide6.QtCore import QRectF
from PySide6.QtGui import QPainter, QPaintEvent
from PySide6.QtWidgets import QWidget
from typing_extensions import override

from app.attachments.values import Files
from ui.chat.attachments.message_files import MessageFiles
from ui.chat.left_out_line import LeftOutLine
from ui.chat.message_widget import MessageWidget
from ui.controls.button import ButtonKind, TextButton
from ui.controls.painting import draw_box
from ui.markdown.context import MarkdownContext
from ui.markdown.rich_text import RichText
from ui.theme.tokens import Radius, Size, Space

_PAD_X: Final = 16
_PAD_Y: Final = 10
_WIDEST_PART: Final = 0.9
_LONG_CHARACTERS: Final = 3000
_LONG_LINES: Final = 30
_SHOWN_LINES: Final = 20
_SHOWN_CHARACTERS: Final = 2000


class UserBubble(MessageWidget):
    """Show a user's message; very long ones begin folded.

    Args:
        context: shared with all messages.
        text: exactly what the user wrote; never read as Markdown or HTML.
        parent: the conversation.
        files: what went with it.
    """

    def __init__(
        self,
        context: MarkdownContext,
        text: str,
        parent: QWidget | None = None,
        files: Files = (),
    ) -> None:
        super().__init__(parent)
        self._context = context
        self._full = text
        self._bubble = QRectF()
        self.setAccessibleName(context.words("You wrote"))
        self.text = RichText(context, parent=self)
        self.text.setAccessibleName(context.words("You wrote"))
        self.files = MessageFiles(context, files, self) if files else None
        self.text.setVisible(bool(text.strip()) or not files)
        short = _shortened(text)
        self.more_button: TextButton | None = None
        if short != text:
            self.more_button = TextButton(
                context.theme,
                context.words("Show the whole message"),
                kind=ButtonKind.GHOST,
                icon="chevron-down",
                compact=True,
                parent=self,
            )
            self.more_button.clicked.connect(self._show_all)
        self.left_out: LeftOutLine | None = None
        self._show(short)
        context.theme.changed.connect(self.update)

    def set_left_out(self, messages: int) -> None:
        """Say above the message that the model reads from here on; 0 is no more.  `fit` follows."""
        if self.left_out is None and messages:
            self.left_out = LeftOutLine(self._context.theme, self._context.words, self)
        if self.left_out is not None:
            self.left_out.show_count(messages)
            self.left_out.setVisible(messages > 0)

    @override
    def fit(self, width: int) -> int:
        top = 0
        if self.left_out is not None and not self.left_out.isHidden():
            top = self.left_out.fit(width)
            self.left_out.setGeometry(0, 0, width, top)
            top += Space.PAD
        if self.files is not None:
            height = self.files.fit(width)
            self.files.setGeometry(0, top, width, height)
            top += height
            if self.text.isHidden():
                self._bubble = QRectF()
                return top
            top += Space.GAP
        pad_x, pad_y = _PAD_X, _PAD_Y
        widest = min(self._context.theme.scaled(Size.BUBBLE_MAX), int(width * _WIDEST_PART))
        room = max(1, widest - 2 * pad_x)
        self.text.fit(room)
        ideal = min(room, ceil(self.text.document().idealWidth()) + 1)
        height = self.text.fit(ideal)
        left = width - ideal - 2 * pad_x
        self.text.setGeometry(left + pad_x, top + pad_y, ideal, height)
        self._bubble = QRectF(left, top, ideal + 2 * pad_x, height + 2 * pad_y)
        total = top + height + 2 * pad_y
        if self.more_button is not None and not self.more_button.isHidden():
            size = self.more_button.sizeHint()
            x = max(0, width - size.width())
            self.more_button.setGeometry(x, total + Space.TINY, size.width(), size.height())
            total += Space.TINY + size.height()
        return total

    @override
    def paintEvent(self, event: QPaintEvent) -> None:
        del event
        if self._bubble.isEmpty():
            return
        theme = self._context.theme
        line = theme.color("border") if theme.colors.is_high_contrast else None
        fill = theme.color("bubble")
        draw_box(QPainter(self), self._bubble, Radius.BUBBLE, fill=fill, line=line)

    def _show(self, text: str) -> None:
        lines = escape(text).replace("\n", "<br>")
        self.text.set_html(f'<p style="white-space:pre-wrap;margin:0">{lines}</p>')

    def unfold(self) -> None:
        """Show all of a long message."""
        if self.more_button is not None and not self.more_button.isHidden():
            self._show_all()

    def _show_all(self) -> None:
        if self.more_button is not None:
            self.more_button.hide()
        self._show(self._full)
        self.height_changed.emit(True)


def _shortened(text: str) -> str:
    lines = text.split("\n")
    if len(text) <= _LONG_CHARACTERS and len(lines) <= _LONG_LINES:
        return text
    return "\n".join(lines[:_SHOWN_LINES])[:_SHOWN_CHARACTERS].rstrip() + " …"

"""What a call gave back: plain text, as high as it is up to a limit, then it scrolls."""

from __future__ import annotations

from math import ceil
from typing import Final

from PySide6.QtCore import QRectF, Qt, QTimer
from PySide6.QtGui import QPainter, QPaintEvent, QPalette, QTextOption, QWheelEvent
from PySide6.QtWidgets import QFrame, QPlainTextEdit, QWidget
from typing_extensions import override

from ui.chat.tools.wording import plain
from ui.controls.button import IconButton
from ui.controls.label import Label
from ui.controls.painting import draw_box
from ui.markdown.context import MarkdownContext
from ui.theme.tokens import Radius, TypeSize

HIGHEST: Final = 260
"""Of the text, in logical px at 100 %; what is longer scrolls."""
_PAD: Final = 14
_HEAD: Final = 36
_BOTTOM: Final = 10
_BUTTON: Final = 28
_COPIED_MS: Final = 1500


class _Text(QPlainTextEdit):
    """Read-only lines in one width of letters; scrolls only while there is somewhere to go."""

    def __init__(self, context: MarkdownContext, parent: QWidget) -> None:
        super().__init__(parent)
        self._context = context
        self.setReadOnly(True)
        self.setUndoRedoEnabled(False)
        self.setFrameShape(QFrame.Shape.NoFrame)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setTabChangesFocus(True)
        self.setWordWrapMode(QTextOption.WrapMode.WrapAtWordBoundaryOrAnywhere)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.viewport().setAutoFillBackground(False)
        self.document().setDocumentMargin(0)
        context.theme.changed.connect(self._follow_theme)
        self._follow_theme()

    @override
    def wheelEvent(self, event: QWheelEvent) -> None:
        bar = self.verticalScrollBar()
        down = event.angleDelta().y() < 0
        has_way = bar.value() < bar.maximum() if down else bar.value() > bar.minimum()
        if has_way and self.hasFocus():  # else the conversation scrolls, as a reader expects
            super().wheelEvent(event)
        else:
            event.ignore()

    def _follow_theme(self) -> None:
        theme = self._context.theme
        palette = self.palette()
        palette.setColor(QPalette.ColorRole.Base, Qt.GlobalColor.transparent)
        palette.setColor(QPalette.ColorRole.Text, theme.color("text"))
        palette.setColor(QPalette.ColorRole.Highlight, theme.color("accent"))
        palette.setColor(QPalette.ColorRole.HighlightedText, theme.color("on_accent"))
        self.setPalette(palette)
        self.setFont(theme.fonts.code(TypeSize.CODE))


class ResultBox(QWidget):
    """A heading, a copy button and the text.

    Args:
        context: shared with all messages.
        parent: the card.
    """

    def __init__(self, context: MarkdownContext, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._context = context
        self._text = ""
        self.label = Label(context.theme, size=TypeSize.SMALL, role="muted", parent=self)
        self.copy_button = IconButton(
            context.theme, "copy", context.words("Copy the result"), size=_BUTTON, parent=self
        )
        self.view = _Text(context, self)
        self._copied = QTimer(self, singleShot=True, interval=_COPIED_MS)
        self._copied.timeout.connect(self._show_copy)
        self.copy_button.clicked.connect(self._on_copy)
        context.theme.changed.connect(self.update)

    @property
    def text(self) -> str:
        """What is shown."""
        return self._text

    def show_text(self, name: str, text: str) -> None:
        """Show a text; where it only grew, what the reader looks at stays.

        Args:
            name: what it is, e.g. "Result".
            text: anybody's; shown as letters, never as anything else.
        """
        self.label.setText(name)
        self.view.setAccessibleName(name)
        shown = plain(text).removesuffix("\n")
        if shown == self._text:
            return
        bar = self.view.verticalScrollBar()
        value, was_at_end = bar.value(), bar.value() >= bar.maximum()
        self._text = shown
        self.view.setPlainText(shown)
        bar.setValue(bar.maximum() if was_at_end and value else value)

    def fit(self, width: int) -> int:
        """Lay out for a width; returns the height this takes, both in logical px."""
        theme = self._context.theme
        head, button = theme.scaled(_HEAD), theme.scaled(_BUTTON)
        self.copy_button.setGeometry(width - button - 6, 4, button, button)
        self.label.setGeometry(_PAD, 2, max(0, width - button - 2 * _PAD), head - 4)
        inner = max(1, width - _PAD - 4)
        height = min(theme.scaled(HIGHEST), self._height_of_text(inner))
        self.view.setGeometry(_PAD, head, inner, height)
        return head + height + _BOTTOM

    @override
    def paintEvent(self, event: QPaintEvent) -> None:
        del event
        theme = self._context.theme
        draw_box(
            QPainter(self),
            QRectF(self.rect()),
            Radius.CODE,
            fill=theme.color("bg"),
            line=theme.color("border"),
        )

    def _height_of_text(self, width: int) -> int:
        """Height of all lines; of a very long text only as many as are needed to know enough."""
        self.view.resize(width, max(1, self.view.height()))
        most = self._context.theme.scaled(HIGHEST)
        height, block = 0.0, self.view.document().firstBlock()
        while block.isValid() and height <= most:
            height += self.view.blockBoundingRect(block).height()
            block = block.next()
        policy = Qt.ScrollBarPolicy
        is_long = height > most
        bar = policy.ScrollBarAsNeeded if is_long else policy.ScrollBarAlwaysOff
        self.view.setVerticalScrollBarPolicy(bar)
        return ceil(height) + 2

    def _on_copy(self) -> None:
        self._context.copy(self._text)
        self.copy_button.set_look("check", self._context.words("Copied"))
        self._copied.start()

    def _show_copy(self) -> None:
        self.copy_button.set_look("copy", self._context.words("Copy the result"))

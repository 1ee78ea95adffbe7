"""The whole of a call to look at or to change: every line can be seen, nothing is hidden."""

from __future__ import annotations

from math import ceil
from typing import Final

from PySide6.QtCore import QRectF, Qt
from PySide6.QtGui import QPainter, QPaintEvent, QPalette, QTextOption, QWheelEvent
from PySide6.QtWidgets import QFrame, QPlainTextEdit, QTextEdit, QWidget
from typing_extensions import override

from ui.chat.permissions.visible import visible
from ui.controls.painting import draw_box
from ui.markdown.code_text import CodeText
from ui.markdown.context import MarkdownContext
from ui.theme.tokens import Radius, TypeSize

HIGHEST: Final = 280
"""Of the text, in logical px at 100 %; what is longer scrolls."""
LEAST_EDITED: Final = 96
GOES_ON: Final = "↪ "
_LONG: Final = 8_000
_LONG_LINE: Final = 1_500
_PIECE: Final = 500
_PAD: Final = 12


class CallText(CodeText):
    """Read-only and coloured; long lines wrap, so that nothing stands out of sight at the right."""

    def __init__(self, context: MarkdownContext, parent: QWidget | None = None) -> None:
        super().__init__(context, parent)
        self.setLineWrapMode(QTextEdit.LineWrapMode.WidgetWidth)
        self.setWordWrapMode(QTextOption.WrapMode.WrapAtWordBoundaryOrAnywhere)
        self.setVerticalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAsNeeded)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setTabChangesFocus(True)

    @override
    def wheelEvent(self, event: QWheelEvent) -> None:
        bar = self.verticalScrollBar()
        down = event.angleDelta().y() < 0
        has_way = bar.value() < bar.maximum() if down else bar.value() > bar.minimum()
        if has_way and self.hasFocus():
            QTextEdit.wheelEvent(self, event)
        else:
            event.ignore()


class LongCallText(QPlainTextEdit):
    """The same for a long call: without colours, laid out only where it is looked at.

    A very long line comes in pieces; each piece but the first begins with a sign that says so.
    """

    def __init__(self, parent: QWidget) -> None:
        super().__init__(parent)
        self.setReadOnly(True)
        self.setUndoRedoEnabled(False)
        self.setFrameShape(QFrame.Shape.NoFrame)
        self.setTabChangesFocus(True)
        self.setWordWrapMode(QTextOption.WrapMode.WrapAtWordBoundaryOrAnywhere)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setTextInteractionFlags(
            Qt.TextInteractionFlag.TextSelectableByMouse
            | Qt.TextInteractionFlag.TextSelectableByKeyboard
        )
        self.document().setDocumentMargin(0)
        self.viewport().setAutoFillBackground(False)

    def show_body(self, shown: str) -> None:
        """Show what will run."""
        self.setPlainText("\n".join(_in_pieces(line) for line in shown.split("\n")))

    @override
    def wheelEvent(self, event: QWheelEvent) -> None:
        if self.hasFocus():
            super().wheelEvent(event)
        else:
            event.ignore()


def _in_pieces(line: str) -> str:
    return f"\n{GOES_ON}".join(line[at : at + _PIECE] for at in range(0, max(1, len(line)), _PIECE))


def _is_long(text: str) -> bool:
    """Whether to lay all of it out at once would hold up the window."""
    return len(text) > _LONG or any(len(line) > _LONG_LINE for line in text.split("\n"))


class CallBox(QWidget):
    """A frame round the call: its text, or an editor of it.

    Args:
        context: shared with all messages.
        language: how it is coloured.
        body: exactly what will run; shown with its hidden characters spelled out.
        parent: the card.
    """

    def __init__(self, context: MarkdownContext, language: str, body: str, parent: QWidget) -> None:
        super().__init__(parent)
        self._context = context
        self._language = language
        self._body = body
        self.text: CallText | LongCallText = (
            LongCallText(self) if _is_long(body) else CallText(context, self)
        )
        self._show(visible(body))
        self.text.setAccessibleName(context.words("The whole call"))
        self.editor = QPlainTextEdit(self)
        self.editor.setAccessibleName(context.words("The call to change"))
        self.editor.setFrameShape(QFrame.Shape.NoFrame)
        self.editor.setTabChangesFocus(True)
        self.editor.setWordWrapMode(QTextOption.WrapMode.WrapAtWordBoundaryOrAnywhere)
        self.editor.document().setDocumentMargin(0)
        self.editor.viewport().setAutoFillBackground(False)
        self.editor.hide()
        context.theme.changed.connect(self._follow_theme)
        self._follow_theme()

    @property
    def is_edited(self) -> bool:
        """Whether the editor stands in place of the text."""
        return not self.editor.isHidden()

    def set_editing(self, is_editing: bool) -> None:
        """Change places with the editor; `fit` must follow."""
        if is_editing:
            # A line without a blank takes for ever to break.
            no_wrap, wrap = (
                QPlainTextEdit.LineWrapMode.NoWrap,
                QPlainTextEdit.LineWrapMode.WidgetWidth,
            )
            self.editor.setLineWrapMode(no_wrap if _is_long(self._body) else wrap)
            self.editor.setPlainText(self._body)
        self.text.setVisible(not is_editing)
        self.editor.setVisible(is_editing)

    def fit(self, width: int) -> int:
        """Lay out for a width; returns the height this takes, both in logical px."""
        inner = max(1, width - 2 * _PAD + 6)
        most = self._context.theme.scaled(HIGHEST)
        if self.is_edited:
            lines = self.editor.document().lineCount() + 1
            needed = lines * self.editor.fontMetrics().lineSpacing()
            height = max(self._context.theme.scaled(LEAST_EDITED), min(most, needed))
            self.editor.setGeometry(_PAD, _PAD - 2, inner, height)
        else:
            height = min(most, self._height_of_text(inner, most))
            self.text.setGeometry(_PAD, _PAD - 2, inner, height)
        return height + 2 * _PAD - 4

    @override
    def paintEvent(self, event: QPaintEvent) -> None:
        del event
        theme = self._context.theme
        has_focus = self.text.hasFocus() or self.editor.hasFocus()
        draw_box(
            QPainter(self),
            QRectF(self.rect()),
            Radius.CODE,
            fill=theme.color("bg"),
            line=theme.color("focus" if has_focus else "border"),
            width=2.0 if has_focus else 1.0,
        )

    def _show(self, shown: str) -> None:
        if isinstance(self.text, LongCallText):
            self.text.show_body(shown)
        else:
            self.text.set_code(self._language, shown, is_open=False)

    def _height_of_text(self, width: int, most: int) -> int:
        if isinstance(self.text, LongCallText):
            return most
        self.text.resize(width, max(1, self.text.height()))
        self.text.document().setTextWidth(width)
        return ceil(self.text.document().size().height())

    def _follow_theme(self) -> None:
        theme = self._context.theme
        palette = self.editor.palette()
        palette.setColor(QPalette.ColorRole.Base, Qt.GlobalColor.transparent)
        palette.setColor(QPalette.ColorRole.Text, theme.color("text"))
        palette.setColor(QPalette.ColorRole.Highlight, theme.color("accent"))
        palette.setColor(QPalette.ColorRole.HighlightedText, theme.color("on_accent"))
        for text in (self.editor, self.text):
            if isinstance(text, QPlainTextEdit):
                text.setPalette(palette)
                text.setFont(theme.fonts.code(TypeSize.CODE))
        self.update()

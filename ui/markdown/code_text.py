"""The text of a code block: coloured, never wrapped, growing at its end."""

from __future__ import annotations

from html import escape
from math import ceil

from PySide6.QtCore import QMimeData, Qt
from PySide6.QtGui import (
    QContextMenuEvent,
    QKeyEvent,
    QMouseEvent,
    QPalette,
    QSyntaxHighlighter,
    QTextBlockFormat,
    QTextCharFormat,
    QTextCursor,
    QTextDocument,
    QTextOption,
    QWheelEvent,
)
from PySide6.QtWidgets import QFrame, QMenu, QTextEdit, QWidget
from typing_extensions import override

from ui.markdown.context import MarkdownContext
from ui.markdown.highlighting import Line, highlight, tail_start
from ui.markdown.selected_ground import selected_ground
from ui.theme.theme import Theme
from ui.theme.tokens import CODE_LINE_PERCENT, Role, TypeSize


class _Colors(QSyntaxHighlighter):
    """Lay the spans that Pygments found over the document's lines."""

    def __init__(self, theme: Theme, document: QTextDocument) -> None:
        super().__init__(document)
        self._theme = theme
        self.lines: list[Line] = []

    @override
    def highlightBlock(self, text: str) -> None:
        number = self.currentBlock().blockNumber()
        if number < len(self.lines):
            for span in self.lines[number]:
                self.setFormat(span.start, span.length, self._format(span.role))

    def _format(self, role: Role) -> QTextCharFormat:
        form = QTextCharFormat()
        form.setForeground(self._theme.color(role))
        return form


class CodeText(QTextEdit):
    """Read-only code.  Appending reads only the tail again.

    Args:
        context: shared with all segments.
        parent: the widget it lives in.
    """

    def __init__(self, context: MarkdownContext, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._context = context
        self._language = ""
        self._code = ""
        self.setReadOnly(True)
        self.setUndoRedoEnabled(False)
        self.setFrameShape(QFrame.Shape.NoFrame)
        self.setFocusPolicy(Qt.FocusPolicy.ClickFocus)
        self.setLineWrapMode(QTextEdit.LineWrapMode.NoWrap)
        self.setWordWrapMode(QTextOption.WrapMode.NoWrap)
        self.setVerticalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setTextInteractionFlags(
            Qt.TextInteractionFlag.TextSelectableByMouse
            | Qt.TextInteractionFlag.TextSelectableByKeyboard
        )
        self.viewport().setAutoFillBackground(False)
        self.document().setDocumentMargin(0)
        option = self.document().defaultTextOption()
        option.setTextDirection(Qt.LayoutDirection.LeftToRight)
        self.document().setDefaultTextOption(option)
        self._colors = _Colors(context.theme, self.document())
        context.theme.changed.connect(self._on_theme_changed)
        self._follow_theme()

    @property
    def code(self) -> str:
        """What is shown."""
        return self._code

    @property
    def colored_lines(self) -> list[Line]:
        """The spans of every line."""
        return self._colors.lines

    def set_code(self, language: str, code: str, *, is_open: bool) -> None:
        """Show code; when it goes on from what is shown, only the end is touched."""
        grows = code.startswith(self._code) and language == self._language and self._code
        if grows:
            self._append(code, is_open=is_open)
        else:
            self._colors.lines = highlight(language, code)
            self.setPlainText(code)
            self._space_lines()
        self._language, self._code = language, code

    def height_needed(self) -> int:
        """Height of all lines, with the scroll bar if one is needed, in logical px."""
        bar = self.horizontalScrollBar()
        extra = bar.sizeHint().height() if self.is_wide() else 0
        return ceil(self.document().size().height()) + extra

    def is_wide(self) -> bool:
        """Whether a line is longer than there is room."""
        return self.document().idealWidth() > self.width()

    @override
    def wheelEvent(self, event: QWheelEvent) -> None:
        sideways = abs(event.angleDelta().x()) > abs(event.angleDelta().y())
        if sideways and self.is_wide():
            super().wheelEvent(event)
        else:
            event.ignore()

    @override
    def createMimeDataFromSelection(self) -> QMimeData:
        return self._context.selection.mime(self)

    def excerpt_text(self) -> str:
        """What is selected."""
        return self.textCursor().selection().toPlainText()

    def excerpt_html(self) -> str:
        """The same as HTML."""
        return f"<pre><code>{escape(self.excerpt_text())}</code></pre>"

    @override
    def mousePressEvent(self, event: QMouseEvent) -> None:
        if not self._context.selection.press(self, event):
            super().mousePressEvent(event)

    @override
    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        if not self._context.selection.drag(self, event):
            super().mouseMoveEvent(event)

    @override
    def mouseReleaseEvent(self, event: QMouseEvent) -> None:
        super().mouseReleaseEvent(event)
        event.accept()  # it ends here, wherever the pointer is by now
        self._context.selection.release(self)

    @override
    def keyPressEvent(self, event: QKeyEvent) -> None:
        if not self._context.selection.key(self, event):
            super().keyPressEvent(event)

    @override
    def contextMenuEvent(self, event: QContextMenuEvent) -> None:
        words = self._context.words
        menu = QMenu(self)
        menu.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        selection = self._context.selection
        copy = menu.addAction(words("Copy"), lambda: selection.copy(self))
        copy.setEnabled(selection.has_any(self))
        menu.addAction(words("Select all"), lambda: selection.select_all(self))
        menu.popup(event.globalPos())

    def _append(self, code: str, *, is_open: bool) -> None:
        lines = code.split("\n")
        old = self._colors.lines
        start = tail_start(lines[: len(old)]) if is_open else 0
        if code != self._code or not is_open:
            fresh = highlight(self._language, "\n".join(lines[start:]))
            self._colors.lines = [*old[:start], *fresh]
        cursor = QTextCursor(self.document())
        cursor.movePosition(QTextCursor.MoveOperation.End)
        cursor.insertText(code[len(self._code) :])
        for number in range(start, len(old)):
            if old[number] != self._colors.lines[number]:
                self._colors.rehighlightBlock(self.document().findBlockByNumber(number))

    def _space_lines(self) -> None:
        form = QTextBlockFormat()
        form.setLineHeight(
            CODE_LINE_PERCENT, QTextBlockFormat.LineHeightTypes.ProportionalHeight.value
        )
        cursor = QTextCursor(self.document())
        cursor.select(QTextCursor.SelectionType.Document)
        cursor.mergeBlockFormat(form)

    def _follow_theme(self) -> None:
        theme = self._context.theme
        palette = self.palette()
        palette.setColor(QPalette.ColorRole.Base, Qt.GlobalColor.transparent)
        palette.setColor(QPalette.ColorRole.Text, theme.color("text"))
        palette.setColor(QPalette.ColorRole.Highlight, selected_ground(theme))
        palette.setColor(QPalette.ColorRole.HighlightedText, theme.color("text"))
        self.setPalette(palette)
        font = theme.fonts.code(TypeSize.CODE)
        self.setFont(font)
        self.document().setDefaultFont(font)
        self.setTabStopDistance(4 * self.fontMetrics().horizontalAdvance(" "))

    def _on_theme_changed(self) -> None:
        self._follow_theme()
        self._colors.rehighlight()

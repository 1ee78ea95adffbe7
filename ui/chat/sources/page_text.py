"""The lines of a page as the model saw them, numbered; what an answer quotes is marked."""

from __future__ import annotations

from typing import Final

from PySide6.QtCore import QRect, QSize, Qt
from PySide6.QtGui import (
    QPainter,
    QPaintEvent,
    QPalette,
    QResizeEvent,
    QTextCursor,
    QTextOption,
)
from PySide6.QtWidgets import QFrame, QPlainTextEdit, QWidget
from typing_extensions import override

from ui.chat.tools.wording import plain
from ui.theme.theme import Theme
from ui.theme.tokens import Space, TypeSize

_CONTEXT_LINES: Final = 2


class _Numbers(QWidget):
    def __init__(self, text: PageText) -> None:
        super().__init__(text)
        self._text = text

    @override
    def sizeHint(self) -> QSize:
        return QSize(self._text.gutter_width(), 0)

    @override
    def paintEvent(self, event: QPaintEvent) -> None:
        self._text.paint_numbers(QPainter(self), event.rect())


class PageText(QPlainTextEdit):
    """A page's lines.

    Args:
        theme: the look.
        name: for screen readers.
        parent: the panel.
    """

    def __init__(self, theme: Theme, name: str, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._theme = theme
        self._marked = range(0)
        self.setReadOnly(True)
        self.setUndoRedoEnabled(False)
        self.setFrameShape(QFrame.Shape.NoFrame)
        self.setTabChangesFocus(True)
        self.setAccessibleName(name)
        self.setWordWrapMode(QTextOption.WrapMode.WrapAtWordBoundaryOrAnywhere)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        flags = Qt.TextInteractionFlag
        self.setTextInteractionFlags(flags.TextSelectableByMouse | flags.TextSelectableByKeyboard)
        self._numbers = _Numbers(self)
        self.updateRequest.connect(self._follow_scrolling)
        theme.changed.connect(self._follow_theme)
        self._follow_theme()

    @property
    def marked(self) -> range:
        """The lines that are marked, from 0."""
        return self._marked

    def show_lines(self, lines: tuple[str, ...], quoted: range) -> None:
        """Show lines, mark some of them and scroll there."""
        self.setPlainText("\n".join(plain(line).replace("\n", " ") for line in lines))
        self._marked = quoted
        self._set_margins()
        self.reveal()

    def reveal(self) -> None:
        """Scroll to the marked lines, or to the beginning."""
        first = max(0, self._marked.start - _CONTEXT_LINES) if self._marked else 0
        for line in (self.blockCount() - 1, first):  # from below, so that it comes out on top
            cursor = QTextCursor(self.document().findBlockByNumber(line))
            self.setTextCursor(cursor)
            self.ensureCursorVisible()

    def gutter_width(self) -> int:
        """Room for the longest number, in logical px."""
        digits = max(2, len(str(max(0, self.blockCount() - 1))))
        return self.fontMetrics().horizontalAdvance("0") * digits + 2 * Space.GAP

    def paint_numbers(self, painter: QPainter, area: QRect) -> None:
        """Write the numbers of the lines in view."""
        painter.fillRect(area, self._theme.color("surface"))
        painter.setFont(self.font())
        block = self.firstVisibleBlock()
        top = self.blockBoundingGeometry(block).translated(self.contentOffset()).top()
        while block.isValid() and top <= area.bottom():
            number = block.blockNumber()
            is_marked = number in self._marked
            painter.setPen(self._theme.color("accent" if is_marked else "subtle"))
            box = QRect(0, round(top), self._numbers.width() - Space.GAP, self._line())
            painter.drawText(box, int(Qt.AlignmentFlag.AlignRight), str(number))
            top += self.blockBoundingRect(block).height()
            block = block.next()

    @override
    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self._place_numbers()

    def _line(self) -> int:
        return self.fontMetrics().height()

    @override
    def paintEvent(self, event: QPaintEvent) -> None:
        painter = QPainter(self.viewport())
        for line in self._marked:
            block = self.document().findBlockByNumber(line)
            box = self.blockBoundingGeometry(block).translated(self.contentOffset())
            box.setWidth(self.viewport().width())
            painter.fillRect(box, self._theme.color("soft"))
        painter.end()
        super().paintEvent(event)

    def _set_margins(self) -> None:
        self.setViewportMargins(self.gutter_width(), 0, 0, 0)
        self._place_numbers()

    def _place_numbers(self) -> None:
        inside = self.contentsRect()
        self._numbers.setGeometry(inside.left(), inside.top(), self.gutter_width(), inside.height())

    def _follow_scrolling(self, area: QRect, dy: int) -> None:
        if dy:
            self._numbers.scroll(0, dy)
        else:
            self._numbers.update(0, area.y(), self._numbers.width(), area.height())

    def _follow_theme(self) -> None:
        palette = self.palette()
        palette.setColor(QPalette.ColorRole.Base, self._theme.color("surface"))
        palette.setColor(QPalette.ColorRole.Text, self._theme.color("text"))
        palette.setColor(QPalette.ColorRole.Highlight, self._theme.color("accent"))
        palette.setColor(QPalette.ColorRole.HighlightedText, self._theme.color("on_accent"))
        self.setPalette(palette)
        self.setFont(self._theme.fonts.code(TypeSize.SMALL))
        self._set_margins()

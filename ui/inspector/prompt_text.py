"""A message as the model reads it, with chips for what has no letters."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from math import ceil
from typing import Any, Final

from PySide6.QtCore import QEvent, QMimeData, QPoint, QRect, QRectF, Qt
from PySide6.QtGui import (
    QHelpEvent,
    QKeyEvent,
    QPainter,
    QPaintEvent,
    QPalette,
    QResizeEvent,
    QTextCharFormat,
    QTextCursor,
    QTextLayout,
    QTextLine,
    QTextOption,
    QWheelEvent,
)
from PySide6.QtWidgets import QFrame, QTextEdit, QToolTip, QWidget
from typing_extensions import override

from ui.controls.painting import draw_box
from ui.inspector.pieces import Piece
from ui.theme.theme import Theme
from ui.theme.tokens import Role, TypeSize

_PAD: Final = "\u202f\u202f"
"""Narrow spaces at both sides of a chip's word; lines do not break there."""
_GAP: Final = 2.0
"""Between a chip and the letters beside it, taken from those spaces, in px."""
_PAGES: Final = (Qt.Key.Key_PageUp, Qt.Key.Key_PageDown)
_RADIUS: Final = 4.0
_TOKEN: Final = 1
_HIDDEN: Final = 2
_LOOKS: Final[dict[int, tuple[Role, Role]]] = {
    _TOKEN: ("soft", "accent"),
    _HIDDEN: ("warn_soft", "warn"),
}


class PromptText(QTextEdit):
    """Read-only letters in one width, with signs as chips, as high as they need.

    Copying gives letters as they are, and of a chip its word in brackets: the spelling of a
    special token can not be got from here.

    Args:
        theme: the look.
        parent: the card.
    """

    def __init__(self, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._theme = theme
        self._pieces: tuple[Piece, ...] = ()
        self._chips: list[tuple[int, int, int]] = []
        self._meanings: dict[int, str] = {}
        self.setReadOnly(True)
        self.setUndoRedoEnabled(False)
        self.setFrameShape(QFrame.Shape.NoFrame)
        self.setTabChangesFocus(True)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setWordWrapMode(QTextOption.WrapMode.WrapAtWordBoundaryOrAnywhere)
        self.setVerticalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        flags = Qt.TextInteractionFlag
        self.setTextInteractionFlags(flags.TextSelectableByMouse | flags.TextSelectableByKeyboard)
        self.viewport().setAutoFillBackground(False)
        self.document().setDocumentMargin(0)
        theme.changed.connect(self._follow_theme)
        self._follow_theme()

    @property
    def pieces(self) -> tuple[Piece, ...]:
        """What is shown."""
        return self._pieces

    def show_pieces(self, pieces: Sequence[Piece]) -> None:
        """Show a message, or its beginning."""
        if tuple(pieces) != self._pieces:
            self._pieces = tuple(pieces)
            self._write()

    def explain(self, token: str, hidden: str) -> None:
        """What chips of either kind mean, for whoever points at one."""
        self._meanings = {_TOKEN: token, _HIDDEN: hidden}

    def meaning_at(self, at: QPoint) -> str:
        """What the chip under a point means; "" where there is none."""
        area = self.viewport().rect()
        kinds = [kind for box, kind in self._boxes(area) if box.contains(at.toPointF())]
        return self._meanings.get(kinds[0], "") if kinds else ""

    @override
    def viewportEvent(self, event: QEvent) -> bool:
        if isinstance(event, QHelpEvent) and event.type() == QEvent.Type.ToolTip:
            QToolTip.showText(event.globalPos(), self.meaning_at(event.pos()), self)
            return True
        return super().viewportEvent(event)

    @override
    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self._fit()

    @override
    def wheelEvent(self, event: QWheelEvent) -> None:
        event.ignore()  # the panel scrolls

    @override
    def keyPressEvent(self, event: QKeyEvent) -> None:
        if event.key() in _PAGES:
            event.ignore()  # the panel turns its pages
        else:
            super().keyPressEvent(event)

    @override
    def createMimeDataFromSelection(self) -> QMimeData:
        # Made by Qt: one made in Python and left on the clipboard crashes PySide6 6.11 at exit.
        data = super().createMimeDataFromSelection()
        data.text()  # Qt writes its own forms into it now, and not over ours later
        data.clear()
        data.setText(self.copied(self.textCursor()))
        return data

    def copied(self, selection: QTextCursor) -> str:
        """What a selection gives: a chip that is touched counts as a whole."""
        begin, end = selection.selectionStart(), selection.selectionEnd()
        at, taken = 0, []
        for piece in self._pieces:
            length = len(_shown(piece).encode("utf-16-le")) // 2  # as Qt counts
            low, high = max(begin - at, 0), min(end - at, length)
            if low < high:
                taken.append(piece.copied if piece.is_sign else _cut(piece.text, low, high))
            at += length
        return "".join(taken)

    @override
    def paintEvent(self, event: QPaintEvent) -> None:
        painter = QPainter(self.viewport())
        for box, kind in self._boxes(event.rect()):
            fill, line = _LOOKS[kind]
            edge = self._theme.color(line) if self._theme.colors.is_high_contrast else None
            draw_box(painter, box, _RADIUS, fill=self._theme.color(fill), line=edge)
        painter.end()
        super().paintEvent(event)

    def _boxes(self, area: QRect) -> Iterator[tuple[QRectF, int]]:
        """Where the chips in view are, and of which kind."""
        document = self.document()
        for begin, end, kind in self._chips:
            block = document.findBlock(begin)
            place = document.documentLayout().blockBoundingRect(block)
            if place.bottom() >= area.top() and place.top() <= area.bottom():
                offset = block.position()
                for box in _boxes_in(block.layout(), begin - offset, end - offset):
                    yield box.translated(place.topLeft()), kind

    def _write(self) -> None:
        self.clear()
        cursor = QTextCursor(self.document())
        cursor.beginEditBlock()
        self._chips = []
        for piece in self._pieces:
            begin = cursor.position()
            cursor.insertText(_shown(piece), self._format(piece))
            if piece.is_sign:
                self._chips.append((begin, cursor.position(), _kind(piece)))
        cursor.endEditBlock()
        self._fit()

    def _format(self, piece: Piece) -> QTextCharFormat:
        form = QTextCharFormat()
        if piece.is_sign:
            form.setForeground(self._theme.color(_LOOKS[_kind(piece)][1]))
            form.setFont(self._theme.fonts.text(TypeSize.HINT, bold=True))
        return form

    def _fit(self) -> None:
        height = ceil(self.document().size().height()) + 2
        if height != self.height():
            self.setFixedHeight(height)

    def _follow_theme(self) -> None:
        palette = self.palette()
        palette.setColor(QPalette.ColorRole.Base, Qt.GlobalColor.transparent)
        palette.setColor(QPalette.ColorRole.Text, self._theme.color("text"))
        palette.setColor(QPalette.ColorRole.Highlight, self._theme.color("accent"))
        palette.setColor(QPalette.ColorRole.HighlightedText, self._theme.color("on_accent"))
        self.setPalette(palette)
        font = self._theme.fonts.code(TypeSize.SMALL)
        self.setFont(font)
        self.document().setDefaultFont(font)
        self._write()


def _shown(piece: Piece) -> str:
    return f"{_PAD}{piece.text}{_PAD}" if piece.is_sign else piece.text


def _cut(text: str, begin: int, end: int) -> str:
    """A part of a text by Qt's counting, in which some characters are two."""
    units = text.encode("utf-16-le")
    return units[2 * begin : 2 * end].decode("utf-16-le", "replace")


def _kind(piece: Piece) -> int:
    return _TOKEN if piece.is_token else _HIDDEN


def _boxes_in(layout: QTextLayout, begin: int, end: int) -> Iterator[QRectF]:
    """Boxes around a stretch of a block, one for each line it touches."""
    for number in range(layout.lineCount()):
        line = layout.lineAt(number)
        low = max(begin, line.textStart())
        high = min(end, line.textStart() + line.textLength())
        if low < high:
            left, right = _x(line, low), _x(line, high)
            yield QRectF(left + _GAP, line.y(), right - left - 2 * _GAP, line.height())


def _x(line: QTextLine, at: int) -> float:
    """Where a character begins; the binding gives the place back together with it."""
    told: Any = line.cursorToX(at)  # its type stub says float alone
    return float(told[0] if isinstance(told, tuple) else told)

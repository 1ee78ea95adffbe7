"""How the rows of a search look."""

from __future__ import annotations

from typing import Final

from PySide6.QtCore import QObject, QPoint, QRect, QRectF, QSize, Qt
from PySide6.QtGui import QFont, QFontMetrics, QPainter
from PySide6.QtWidgets import QStyle, QStyledItemDelegate, QStyleOptionViewItem
from typing_extensions import override

from ui.controls.painting import RING, draw_box
from ui.search.marked_text import mark_format, paint_marked
from ui.search.results_model import Index, ResultRole, ResultRow, RowKind
from ui.theme.theme import Theme
from ui.theme.tokens import Radius, Role, Size, Space, TypeSize

_TEXT_X: Final = 10
_LINES: Final = 2
_PAD: Final = 6


class ResultRowDelegate(QStyledItemDelegate):
    """Paints headings, chats and messages.

    Attributes:
        has_ring: paint the keyboard focus ring on the current row.
    """

    def __init__(self, theme: Theme, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._theme = theme
        self.has_ring = False

    @override
    def sizeHint(self, option: QStyleOptionViewItem, index: Index) -> QSize:
        row = _row(index)
        if row.kind is RowKind.HEADING:
            return QSize(10, self._theme.scaled(Size.SECTION_LABEL) + Space.TINY)
        if row.kind is RowKind.CHAT:
            return QSize(10, self._theme.scaled(Size.ROW) + Space.HAIR)
        if row.kind is RowKind.NAME:
            return QSize(10, self._theme.scaled(Size.SECTION_LABEL))
        text = QFontMetrics(self._theme.fonts.text(TypeSize.CODE)).height()
        note = QFontMetrics(self._theme.fonts.text(TypeSize.SMALL)).height()
        lines = self._lines(row, option.rect.width())
        return QSize(10, lines * text + note + 2 * _PAD + Space.HAIR)

    @override
    def paint(self, painter: QPainter, option: QStyleOptionViewItem, index: Index) -> None:
        row = _row(index)
        rect: QRect = option.rect
        painter.save()
        if row.kind is RowKind.HEADING:
            self._paint_line(painter, rect.adjusted(0, 4, 0, 0), row, TypeSize.SMALL, "muted")
        elif row.kind is RowKind.NAME:
            self._paint_name(painter, rect, row)
        else:
            self._paint_ground(painter, rect.adjusted(0, 1, 0, -1), option)
            if row.kind is RowKind.CHAT:
                self._paint_line(painter, rect, row, TypeSize.CONTROL, "text")
            else:
                self._paint_message(painter, rect, row)
        painter.restore()

    def _lines(self, row: ResultRow, width: int) -> int:
        """How many lines a message takes; bold throughout it would be at its widest."""
        font = self._theme.fonts.text(TypeSize.CODE)
        font.setWeight(QFont.Weight.Bold)
        wanted = QFontMetrics(font).horizontalAdvance(row.text)
        return 1 if wanted <= width - 2 * _TEXT_X else _LINES

    def _paint_ground(self, painter: QPainter, rect: QRect, option: QStyleOptionViewItem) -> None:
        state: QStyle.StateFlag = option.state
        colors = self._theme.colors
        is_current = bool(state & QStyle.StateFlag.State_Selected)
        if is_current:
            fill = self._theme.color("pressed" if colors.is_dark else "hover")
            line = self._theme.color("edge") if colors.is_high_contrast else None
            draw_box(painter, QRectF(rect), Radius.BUTTON, fill=fill, line=line)
        elif state & QStyle.StateFlag.State_MouseOver:
            draw_box(painter, QRectF(rect), Radius.BUTTON, fill=self._theme.color("hover"))
        if is_current and self.has_ring:
            focus = self._theme.color("focus")
            draw_box(painter, QRectF(rect), Radius.BUTTON, line=focus, width=RING)

    def _paint_line(
        self, painter: QPainter, rect: QRect, row: ResultRow, size: int, ink: Role
    ) -> None:
        font = self._theme.fonts.text(size)
        height = QFontMetrics(font).height()
        room = rect.adjusted(_TEXT_X, (rect.height() - height) // 2, -_TEXT_X, 0)
        self._paint_text(painter, room, row, font, ink, 1)

    def _paint_name(self, painter: QPainter, rect: QRect, row: ResultRow) -> None:
        size = self._theme.scaled(Size.ICON_SMALL)
        ratio = painter.device().devicePixelRatio()
        icon = self._theme.pixmap("message-square", "muted", Size.ICON_SMALL, ratio)
        painter.drawPixmap(QPoint(rect.x() + _TEXT_X, rect.center().y() - size // 2 + 1), icon)
        moved = rect.adjusted(size + Space.SMALL, 0, 0, 0)
        self._paint_line(painter, moved, row, TypeSize.CODE, "muted")

    def _paint_message(self, painter: QPainter, rect: QRect, row: ResultRow) -> None:
        font = self._theme.fonts.text(TypeSize.CODE)
        room = rect.adjusted(_TEXT_X, _PAD, -_TEXT_X, 0)
        lines = self._lines(row, rect.width())
        self._paint_text(painter, room, row, font, "text", lines)
        painter.setFont(self._theme.fonts.text(TypeSize.SMALL))
        painter.setPen(self._theme.color("muted"))
        below = room.adjusted(0, lines * QFontMetrics(font).height(), 0, -_PAD)
        painter.drawText(below, int(Qt.AlignmentFlag.AlignVCenter), row.note)

    def _paint_text(
        self, painter: QPainter, room: QRect, row: ResultRow, font: QFont, ink: Role, lines: int
    ) -> None:
        painter.setPen(self._theme.color(ink))
        is_underlined = self._theme.colors.is_high_contrast
        form = mark_format(self._theme.color("accent"), is_underlined=is_underlined)
        paint_marked(painter, room, row.text, row.marks, font, form, lines)


def _row(index: Index) -> ResultRow:
    row = index.data(ResultRole.ROW)
    assert isinstance(row, ResultRow)  # noqa: S101 - the model of this delegate has no others
    return row

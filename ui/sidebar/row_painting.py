"""Paints one row of the sidebar's list."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

from PySide6.QtCore import QPoint, QRect, QRectF, Qt
from PySide6.QtGui import QFontMetrics, QPainter

from app.chats.changes import ChatMark
from ui.controls.painting import RING, draw_box
from ui.sidebar.chat_marks import mark_room, paint_mark
from ui.sidebar.shelf_rows import ShelfRow
from ui.theme.theme import Theme
from ui.theme.tokens import Radius, Role, Size, Space, TypeSize

_BAR: Final = 3
_TEXT_X: Final = 10
_INSIDE_X: Final = 30  # below the name of the folder
_CHIP_PAD: Final = 6
_LEFT: Final = int(Qt.AlignmentFlag.AlignVCenter)


@dataclass(frozen=True, slots=True)
class RowLook:
    """What is seen of a row besides its words.

    Attributes:
        is_open: it is the chat that is shown, or the closed folder around it.
        is_hovered: the pointer is over it.
        is_selected: it is one of several that are selected.
        has_ring: it has the keyboard focus.
        mark: a small sign at its end.
    """

    is_open: bool = False
    is_hovered: bool = False
    is_selected: bool = False
    has_ring: bool = False
    mark: ChatMark | None = None


class RowPainting:
    """Paints rows.

    Args:
        theme: the look.
    """

    def __init__(self, theme: Theme) -> None:
        self._theme = theme

    def paint(self, painter: QPainter, rect: QRect, row: ShelfRow, look: RowLook) -> None:
        """Paint a row into its place; the painter's state is changed."""
        if row.chat is None and not row.is_folder:
            self._paint_words(painter, rect, row)
            return
        rect = rect.adjusted(0, 1, 0, -1)
        self._paint_ground(painter, QRectF(rect), look)
        room = rect.adjusted(_TEXT_X, 0, -_TEXT_X, 0)
        if look.mark is not None:
            paint_mark(painter, self._theme, look.mark, room)
            room.setRight(room.right() - mark_room(self._theme))
        if row.is_folder:
            self._paint_folder(painter, room, row)
        else:
            self._paint_chat(painter, room, row)

    def _paint_words(self, painter: QPainter, rect: QRect, row: ShelfRow) -> None:
        """A heading stands near what is below it; a hint in the middle of its row."""
        font = self._theme.fonts.text(TypeSize.SMALL)
        painter.setFont(font)
        painter.setPen(self._theme.color("muted"))
        left = self._theme.scaled(_INSIDE_X) if row.is_hint else _TEXT_X
        box = rect.adjusted(left, 0 if row.is_hint else Space.ROOM, -_TEXT_X, 0)
        painter.drawText(box, _LEFT, _elided(font_metrics(painter), row.text, box.width()))

    def _paint_ground(self, painter: QPainter, box: QRectF, look: RowLook) -> None:
        colors = self._theme.colors
        if look.is_selected:
            line: Role = "edge" if colors.is_high_contrast else "accent"
            fill, edge = self._theme.color("soft"), self._theme.color(line)
            draw_box(painter, box, Radius.BUTTON, fill=fill, line=edge)
        elif look.is_open:
            fill = self._theme.color("pressed" if colors.is_dark else "hover")
            line_color = self._theme.color("edge") if colors.is_high_contrast else None
            draw_box(painter, box, Radius.BUTTON, fill=fill, line=line_color)
        elif look.is_hovered:
            draw_box(painter, box, Radius.BUTTON, fill=self._theme.color("hover"))
        if look.is_open:
            bar = QRectF(box.x(), box.y() + 9, _BAR, box.height() - 18)
            draw_box(painter, bar, _BAR / 2, fill=self._theme.color("accent"))
        if look.has_ring:
            focus = self._theme.color("focus")
            draw_box(painter, box, Radius.BUTTON, line=focus, width=RING)

    def _paint_chat(self, painter: QPainter, room: QRect, row: ShelfRow) -> None:
        if row.is_inside:
            room.setLeft(room.left() + self._theme.scaled(_INSIDE_X) - _TEXT_X)
        painter.setFont(self._theme.fonts.text(TypeSize.CONTROL))
        metrics = font_metrics(painter)
        title = _elided(metrics, row.text, room.width())
        painter.setPen(self._theme.color("text"))
        painter.drawText(room, _LEFT, title)
        if row.chat is not None and row.chat.tags:
            room.setLeft(room.left() + metrics.horizontalAdvance(title) + Space.ROOM)
            self._paint_tags(painter, room, row.chat.tags)

    def _paint_tags(self, painter: QPainter, room: QRect, tags: tuple[str, ...]) -> None:
        """As chips from the right, as many as there is room for beside the whole title."""
        painter.setFont(self._theme.fonts.text(TypeSize.HINT))
        metrics = font_metrics(painter)
        height = metrics.height() + 2
        for tag in tags:
            width = metrics.horizontalAdvance(tag) + 2 * self._theme.scaled(_CHIP_PAD)
            if width > room.width():
                return
            chip = QRect(room.right() - width, room.center().y() - height // 2 + 1, width, height)
            line = self._theme.color("edge" if self._theme.colors.is_high_contrast else "border")
            draw_box(painter, QRectF(chip), Radius.HINT, line=line)
            painter.setPen(self._theme.color("muted"))
            painter.drawText(chip, int(Qt.AlignmentFlag.AlignCenter), tag)
            room.setRight(chip.left() - Space.SMALL)

    def _paint_folder(self, painter: QPainter, room: QRect, row: ShelfRow) -> None:
        size, step = self._theme.scaled(Size.ICON_SMALL), self._theme.scaled(Size.ICON_SMALL + 4)
        x = room.left() - 2
        for icon in ("chevron-down" if row.is_open else "chevron-right", "folder"):
            ratio = painter.device().devicePixelRatio()
            pixmap = self._theme.pixmap(icon, "muted", Size.ICON_SMALL, ratio)
            painter.drawPixmap(QPoint(x, room.center().y() - size // 2 + 1), pixmap)
            x += step
        painter.setPen(self._theme.color("muted"))
        painter.setFont(self._theme.fonts.text(TypeSize.SMALL))
        count = str(row.chat_count)
        right = int(Qt.AlignmentFlag.AlignVCenter | Qt.AlignmentFlag.AlignRight)
        painter.drawText(room, right, count)
        room.setRight(room.right() - font_metrics(painter).horizontalAdvance(count) - Space.GAP)
        room.setLeft(x + Space.TINY)
        painter.setFont(self._theme.fonts.text(TypeSize.CONTROL))
        painter.setPen(self._theme.color("text"))
        painter.drawText(room, _LEFT, _elided(font_metrics(painter), row.text, room.width()))


def font_metrics(painter: QPainter) -> QFontMetrics:
    """Of the font that is painted with."""
    return QFontMetrics(painter.font())


def _elided(metrics: QFontMetrics, text: str, width: int) -> str:
    return metrics.elidedText(text, Qt.TextElideMode.ElideRight, width)

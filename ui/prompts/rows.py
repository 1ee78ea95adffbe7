"""How a prompt looks in the list: its name, and below it how it begins."""

from __future__ import annotations

from typing import Final

from PySide6.QtCore import QModelIndex, QPersistentModelIndex, QRect, QRectF, QSize, Qt
from PySide6.QtGui import QFontMetrics, QPainter
from PySide6.QtWidgets import QStyle, QStyledItemDelegate, QStyleOptionViewItem
from typing_extensions import override

from ui.controls.painting import draw_box
from ui.theme.theme import Theme
from ui.theme.tokens import Radius, Space, TypeSize

Index = QModelIndex | QPersistentModelIndex
PREVIEW: Final = Qt.ItemDataRole.UserRole + 1
"""How the text begins, on one line."""


class PromptRows(QStyledItemDelegate):
    """Paints two lines.

    Args:
        theme: the look.
    """

    def __init__(self, theme: Theme) -> None:
        super().__init__()
        self._theme = theme

    @override
    def sizeHint(self, option: QStyleOptionViewItem, index: Index) -> QSize:
        del option, index
        fonts = self._theme.fonts
        name = QFontMetrics(fonts.text(TypeSize.CONTROL)).height()
        preview = QFontMetrics(fonts.text(TypeSize.SMALL)).height()
        return QSize(0, name + preview + 2 * Space.SMALL)

    @override
    def paint(self, painter: QPainter, option: QStyleOptionViewItem, index: Index) -> None:
        theme = self._theme
        rect: QRect = option.rect
        state: QStyle.StateFlag = option.state
        painter.save()
        is_current = bool(state & QStyle.StateFlag.State_Selected)
        if is_current or state & QStyle.StateFlag.State_MouseOver:
            box = QRectF(rect.adjusted(Space.TINY, 0, -Space.TINY, 0))
            line = theme.color("edge") if is_current and theme.colors.is_high_contrast else None
            fill = theme.color("pressed" if is_current else "hover")
            draw_box(painter, box, Radius.SEGMENT, fill=fill, line=line)
        inner = rect.adjusted(Space.ROOM, Space.SMALL, -Space.ROOM, -Space.SMALL)
        lines = (
            (index.data(Qt.ItemDataRole.DisplayRole), TypeSize.CONTROL, "text"),
            (index.data(PREVIEW), TypeSize.SMALL, "muted"),
        )
        y = inner.top()
        for text, size, role in lines:
            font = theme.fonts.text(size)
            metrics = QFontMetrics(font)
            painter.setFont(font)
            painter.setPen(theme.color("text" if role == "text" else "muted"))
            shown = metrics.elidedText(str(text), Qt.TextElideMode.ElideRight, inner.width())
            place = QRect(inner.left(), y, inner.width(), metrics.height())
            painter.drawText(place, int(Qt.AlignmentFlag.AlignVCenter), shown)
            y += metrics.height()
        painter.restore()

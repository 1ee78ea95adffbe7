"""The list of the palette: its rows as a model, and how a row looks."""

from __future__ import annotations

from enum import IntEnum
from typing import Final

from PySide6.QtCore import (
    QAbstractListModel,
    QModelIndex,
    QObject,
    QPersistentModelIndex,
    QRect,
    QRectF,
    QSize,
    Qt,
)
from PySide6.QtGui import QFont, QFontMetrics, QPainter
from PySide6.QtWidgets import QStyle, QStyledItemDelegate, QStyleOptionViewItem
from typing_extensions import override

from ui.controls.painting import draw_box
from ui.palette.entries import EntryKind, Hit
from ui.theme.theme import Theme
from ui.theme.tokens import Radius, Role, Size, Space, TypeSize

Index = QModelIndex | QPersistentModelIndex
ICONS: Final = {
    EntryKind.ACTION: "play",
    EntryKind.SETTING: "settings",
    EntryKind.CHAT: "message-square",
}
_DETAIL_PART: Final = 0.42


class HitRole(IntEnum):
    """What the model holds besides the text that is read out."""

    HIT = Qt.ItemDataRole.UserRole + 1


class HitModel(QAbstractListModel):
    """The entries that are meant, as rows."""

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._hits: tuple[Hit, ...] = ()

    def show_hits(self, hits: tuple[Hit, ...]) -> None:
        """Show other entries."""
        self.beginResetModel()
        self._hits = hits
        self.endResetModel()

    @override
    def rowCount(self, parent: Index = QModelIndex()) -> int:  # noqa: B008 - Qt's own default
        return 0 if parent.isValid() else len(self._hits)

    @override
    def data(self, index: Index, role: int = Qt.ItemDataRole.DisplayRole) -> object:
        if not index.isValid():
            return None
        hit = self._hits[index.row()]
        if role == HitRole.HIT:
            return hit
        if role == Qt.ItemDataRole.DisplayRole:
            return hit.entry.title
        if role == Qt.ItemDataRole.AccessibleTextRole:
            return spoken(hit)
        return None


def spoken(hit: Hit) -> str:
    """A row as a screen reader says it."""
    entry = hit.entry
    return ", ".join(part for part in (entry.title, entry.detail, entry.key, entry.why_not) if part)


class HitDelegate(QStyledItemDelegate):
    """Paint icon, title with the typed letters in bold, where it belongs, and its key."""

    def __init__(self, theme: Theme, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._theme = theme

    @override
    def sizeHint(self, option: QStyleOptionViewItem, index: Index) -> QSize:
        return QSize(10, self._theme.scaled(Size.ROW + 4))

    @override
    def paint(self, painter: QPainter, option: QStyleOptionViewItem, index: Index) -> None:
        hit = index.data(HitRole.HIT)
        if not isinstance(hit, Hit):
            return
        painter.save()
        rect: QRect = option.rect
        rect = rect.adjusted(0, 1, 0, -1)
        is_current = bool(option.state & QStyle.StateFlag.State_Selected)
        if is_current:
            self._paint_ground(painter, rect)
        ink: Role = "subtle" if hit.entry.why_not and not is_current else "text"
        room = rect.adjusted(Space.ROOM, 0, -Space.ROOM, 0)
        edge = self._theme.scaled(Size.ICON_SMALL)
        ratio = painter.device().devicePixelRatio()
        icon = self._theme.pixmap(ICONS[hit.entry.kind], "muted", Size.ICON_SMALL, ratio)
        painter.drawPixmap(room.x(), rect.center().y() - edge // 2, icon)
        room.setLeft(room.left() + edge + Space.GAP)
        room.setRight(room.right() - self._paint_key(painter, room, hit.entry.key))
        self._paint_detail(painter, room, hit, ink)
        painter.restore()

    def _paint_ground(self, painter: QPainter, rect: QRect) -> None:
        colors = self._theme.colors
        line = self._theme.color("edge") if colors.is_high_contrast else None
        fill = self._theme.color("pressed" if colors.is_dark else "hover")
        draw_box(painter, QRectF(rect), Radius.BUTTON, fill=fill, line=line)
        bar = QRectF(rect.x(), rect.y() + 9, 3, rect.height() - 18)
        draw_box(painter, bar, 1.5, fill=self._theme.color("accent"))

    def _paint_key(self, painter: QPainter, room: QRect, key: str) -> int:
        """The key at the right end; returns the width that it takes."""
        if not key:
            return 0
        font = self._theme.fonts.text(TypeSize.HINT)
        text = key.replace("+", " ")
        width = QFontMetrics(font).horizontalAdvance(text) + 10
        height = self._theme.scaled(18)
        top = room.y() + (room.height() - height) / 2
        box = QRectF(room.right() - width, top, width, height)
        draw_box(painter, box, Radius.HINT, line=self._theme.color("border"))
        painter.setFont(font)
        painter.setPen(self._theme.color("muted"))
        painter.drawText(box, int(Qt.AlignmentFlag.AlignCenter), text)
        return width + Space.ROOM

    def _paint_detail(self, painter: QPainter, room: QRect, hit: Hit, ink: Role) -> None:
        """Where it belongs, at the right; the title gets what is left."""
        font = self._theme.fonts.text(TypeSize.SMALL)
        metrics = QFontMetrics(font)
        most = round(room.width() * _DETAIL_PART)
        detail = metrics.elidedText(hit.entry.detail, Qt.TextElideMode.ElideRight, most)
        width = metrics.horizontalAdvance(detail)
        painter.setFont(font)
        painter.setPen(self._theme.color("muted"))
        end = int(Qt.AlignmentFlag.AlignVCenter | Qt.AlignmentFlag.AlignRight)
        painter.drawText(room, end, detail)
        room.setRight(room.right() - width - Space.ROOM)
        self._paint_title(painter, room, hit, ink)

    def _paint_title(self, painter: QPainter, room: QRect, hit: Hit, ink: Role) -> None:
        """Runs of letters, plain or bold; cut at the end where there is no room."""
        plain = self._theme.fonts.text(TypeSize.CONTROL)
        bold = self._theme.fonts.text(TypeSize.CONTROL, bold=True)
        painter.setPen(self._theme.color(ink))
        flags = int(Qt.AlignmentFlag.AlignVCenter)
        for text, is_met in _runs(hit.entry.title, frozenset(hit.marks)):
            font: QFont = bold if is_met else plain
            metrics = QFontMetrics(font)
            shown = metrics.elidedText(text, Qt.TextElideMode.ElideRight, room.width())
            painter.setFont(font)
            painter.drawText(room, flags, shown)
            room.setLeft(room.left() + metrics.horizontalAdvance(shown))
            if shown != text or room.width() <= 0:
                return


def _runs(text: str, marks: frozenset[int]) -> list[tuple[str, bool]]:
    """A text as stretches that were typed and stretches that were not."""
    runs: list[tuple[str, bool]] = []
    for at, character in enumerate(text):
        is_met = at in marks
        if runs and runs[-1][1] == is_met:
            runs[-1] = (runs[-1][0] + character, is_met)
        else:
            runs.append((character, is_met))
    return runs

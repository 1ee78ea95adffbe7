"""A bar made of parts, with a legend that carries the numbers."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from PySide6.QtCore import QEvent, QPoint, QRect, QRectF, QSize, Qt
from PySide6.QtGui import (
    QFontMetrics,
    QHelpEvent,
    QPainter,
    QPainterPath,
    QPaintEvent,
    QResizeEvent,
)
from PySide6.QtWidgets import QSizePolicy, QToolTip, QWidget
from typing_extensions import override

from ui.controls.painting import draw_box
from ui.theme.theme import Theme
from ui.theme.tokens import Role, Space, TypeSize

_BAR: Final = 14
_SWATCH: Final = 10
_GAP: Final = 2
_LINE: Final = 24


@dataclass(frozen=True, slots=True)
class BarPart:
    """One part of a bar.

    Attributes:
        name: what it is, in the user's language.
        value: how much, as it is read.
        size: how much, in any unit that all parts share.
        role: its colour.
        meaning: what it is, in a sentence.
    """

    name: str
    value: str
    size: int
    role: Role
    meaning: str = ""


class StackedBar(QWidget):
    """Parts beside each other, and below them what each is and how much.

    Args:
        theme: the look.
        parent: the widget it lives in.
    """

    def __init__(self, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._theme = theme
        self._parts: tuple[BarPart, ...] = ()
        policy = QSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Preferred)
        policy.setHeightForWidth(True)
        self.setSizePolicy(policy)
        theme.changed.connect(self._follow_theme)

    @property
    def parts(self) -> tuple[BarPart, ...]:
        """What is shown."""
        return self._parts

    def show_parts(self, parts: Sequence[BarPart]) -> None:
        """Show other parts, from the left."""
        self._parts = tuple(parts)
        self.setAccessibleName(", ".join(f"{one.name} {one.value}" for one in self._parts))
        self._follow_theme()

    @override
    def heightForWidth(self, width: int) -> int:
        boxes = self._legend(width)
        return (boxes[-1].bottom() + 1) if boxes else self._theme.scaled(_BAR)

    @override
    def sizeHint(self) -> QSize:
        return QSize(400, self.heightForWidth(max(self.width(), 200)))

    @override
    def minimumSizeHint(self) -> QSize:
        return QSize(self._theme.scaled(140), self._theme.scaled(_BAR))

    @override
    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self._reserve()

    @override
    def event(self, event: QEvent) -> bool:
        if isinstance(event, QHelpEvent) and event.type() == QEvent.Type.ToolTip:
            part = self.part_at(event.pos())
            said = f"{part.name}: {part.value}. {part.meaning}" if part else ""
            QToolTip.showText(event.globalPos(), said.strip(), self)
            return True
        return super().event(event)

    def part_at(self, at: QPoint) -> BarPart | None:
        """The part under a point, of the bar or of the legend."""
        for part, box in zip(self._parts, self._legend(self.width()), strict=True):
            if box.contains(at):
                return part
        for part, stretch in zip(self._parts, self._stretches(), strict=True):
            if stretch.contains(at.toPointF()):
                return part
        return None

    @override
    def paintEvent(self, event: QPaintEvent) -> None:
        del event
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        outline = QPainterPath()
        bar = QRectF(0, 0, self.width(), self._theme.scaled(_BAR))
        outline.addRoundedRect(bar, 4, 4)
        painter.save()
        painter.setClipPath(outline)
        for part, stretch in zip(self._parts, self._stretches(), strict=True):
            painter.fillRect(stretch, self._theme.color(part.role))
        painter.restore()
        if self._theme.colors.is_high_contrast:
            draw_box(painter, bar, 4, line=self._theme.color("edge"))
        painter.setFont(self._theme.fonts.text(TypeSize.CODE))
        for part, box in zip(self._parts, self._legend(self.width()), strict=True):
            self._paint_entry(painter, part, box)

    def _paint_entry(self, painter: QPainter, part: BarPart, box: QRect) -> None:
        swatch = self._theme.scaled(_SWATCH)
        square = QRectF(box.left(), box.center().y() - swatch / 2 + 1, swatch, swatch)
        line = self._theme.color("edge") if part.role == "track" else None
        draw_box(painter, square, 3, fill=self._theme.color(part.role), line=line)
        metrics = QFontMetrics(painter.font())
        flags = int(Qt.AlignmentFlag.AlignVCenter | Qt.AlignmentFlag.AlignLeft)
        text = box.adjusted(swatch + Space.SMALL, 0, 0, 0)
        painter.setPen(self._theme.color("danger" if part.role == "danger" else "muted"))
        painter.drawText(text, flags, part.name)
        text.setLeft(text.left() + metrics.horizontalAdvance(part.name) + Space.SMALL)
        painter.setPen(self._theme.color("text"))
        painter.drawText(text, flags, part.value)

    def _stretches(self) -> tuple[QRectF, ...]:
        """Where each part is in the bar, two pixels apart; the smallest can still be seen."""
        height = float(self._theme.scaled(_BAR))
        room = self.width() - _GAP * max(0, len(self._parts) - 1)
        whole = sum(one.size for one in self._parts) or 1
        widths = [max(3.0, room * one.size / whole) for one in self._parts]
        spare = room / sum(widths) if widths else 1.0
        x, found = 0.0, []
        for width in widths:
            found.append(QRectF(x, 0.0, width * spare, height))
            x += width * spare + _GAP
        return tuple(found)

    def _legend(self, width: int) -> tuple[QRect, ...]:
        """Where each entry of the legend is, in as many lines as it takes."""
        metrics = QFontMetrics(self._theme.fonts.text(TypeSize.CODE))
        line = self._theme.scaled(_LINE)
        x, y, found = 0, self._theme.scaled(_BAR) + Space.GAP, []
        for part in self._parts:
            words = metrics.horizontalAdvance(part.name) + metrics.horizontalAdvance(part.value)
            wide = self._theme.scaled(_SWATCH) + 2 * Space.SMALL + words + 2
            if x and x + wide > width:
                x, y = 0, y + line
            found.append(QRect(x, y, wide, line))
            x += wide + Space.WIDE
        return tuple(found)

    def _reserve(self) -> None:
        """Nested layouts forget heights that depend on widths; a least height they keep."""
        height = self.heightForWidth(self.width())
        if height != self.minimumHeight():
            self.setMinimumHeight(height)

    def _follow_theme(self) -> None:
        self._reserve()
        self.updateGeometry()
        self.update()

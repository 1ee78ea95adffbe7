"""Small buttons that are on or off; several of them can be on together."""

from __future__ import annotations

from collections.abc import Iterable

from PySide6.QtCore import QPoint, QRect, QRectF, QSize, Qt
from PySide6.QtGui import QFontMetrics, QPainter, QPaintEvent, QResizeEvent
from PySide6.QtWidgets import QSizePolicy, QWidget
from typing_extensions import override

from ui.controls.button import PaintedButton
from ui.controls.flowing import flow
from ui.controls.painting import RING, draw_box, draw_ring
from ui.theme.theme import Theme
from ui.theme.tokens import Radius, Role, Size, Space, TypeSize


class Toggle(PaintedButton):
    """A check box to a screen reader; a tick stands in it while it is on.

    Args:
        theme: the look.
        text: what is on or off, already in the user's language.
        parent: the widget it lives in.
    """

    def __init__(self, theme: Theme, text: str, parent: QWidget | None = None) -> None:
        super().__init__(theme, parent)
        self.setCheckable(True)
        self.setText(text)
        self.setAccessibleName(text)
        self.setSizePolicy(QSizePolicy.Policy.Fixed, QSizePolicy.Policy.Fixed)

    @override
    def sizeHint(self) -> QSize:
        metrics = QFontMetrics(self._theme.fonts.text(TypeSize.CODE))
        tick = self._theme.scaled(Size.ICON_SMALL) + Space.SMALL
        width = metrics.horizontalAdvance(self.text()) + tick + 2 * Space.ROOM
        return QSize(width, self._theme.scaled(Size.SEGMENT))

    @override
    def minimumSizeHint(self) -> QSize:
        return self.sizeHint()

    @override
    def paintEvent(self, event: QPaintEvent) -> None:
        del event
        painter, color, is_on = QPainter(self), self._theme.color, self.isChecked()
        rect = QRectF(self.rect())
        if self.has_ring:
            rect = draw_ring(painter, rect, Radius.BUTTON, color("focus"))
        fill: Role = "soft" if is_on else "hover" if self.is_hovered else "raised"
        line: Role = "accent" if is_on else "edge"
        if not self.isEnabled():
            fill, line = "bg", "border"
        radius = Radius.SEGMENT if self.has_ring else Radius.BUTTON
        draw_box(painter, rect, radius, fill=color(fill), line=color(line), width=RING / 2)
        self._paint_words(painter)

    def _paint_words(self, painter: QPainter) -> None:
        """The tick keeps its place while it is off, so that nothing moves."""
        is_live = self.isEnabled()
        edge = self._theme.scaled(Size.ICON_SMALL)
        if self.isChecked():
            ink: Role = "accent" if is_live else "subtle"
            pixmap = self._theme.pixmap("check", ink, Size.ICON_SMALL, self.devicePixelRatio())
            painter.drawPixmap(QPoint(Space.ROOM, (self.height() - edge) // 2), pixmap)
        painter.setFont(self._theme.fonts.text(TypeSize.CODE))
        painter.setPen(self._theme.color("text" if is_live else "subtle"))
        left = Space.ROOM + edge + Space.SMALL
        words = QRect(left, 0, self.width() - left, self.height())
        painter.drawText(words, int(Qt.AlignmentFlag.AlignVCenter), self.text())


class ToggleRow(QWidget):
    """Toggles beside each other, in more rows where there is no room.

    Args:
        theme: the look.
        name: what they choose, for screen readers.
        toggles: from left to right.
    """

    def __init__(self, theme: Theme, name: str, toggles: Iterable[Toggle]) -> None:
        super().__init__()
        self._toggles = tuple(toggles)
        self.setAccessibleName(name)
        for toggle in self._toggles:
            toggle.setParent(self)
        self.setSizePolicy(QSizePolicy.Policy.Maximum, QSizePolicy.Policy.Fixed)
        theme.changed.connect(self._place)
        self._place()

    @override
    def sizeHint(self) -> QSize:
        hints = [one.sizeHint() for one in self._toggles]
        gaps = Space.SMALL * (len(hints) - 1)
        return QSize(sum(hint.width() for hint in hints) + gaps, self.minimumHeight())

    @override
    def minimumSizeHint(self) -> QSize:
        widest = max(one.sizeHint().width() for one in self._toggles)
        return QSize(widest, self.minimumHeight())

    @override
    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self._place()

    def _place(self) -> None:
        height = flow(self._toggles, self.width(), across=Space.SMALL, down=Space.SMALL)
        if height != self.minimumHeight():
            self.setFixedHeight(height)
            self.updateGeometry()

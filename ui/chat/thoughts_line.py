"""The line above an answer that says how long the model thinks, and opens its thoughts."""

from __future__ import annotations

from typing import Final

from PySide6.QtCore import QPoint, QRect, QRectF, QSize, Qt
from PySide6.QtGui import QFontMetrics, QPainter, QPaintEvent
from PySide6.QtWidgets import QSizePolicy, QWidget
from typing_extensions import override

from ui.controls.button import PaintedButton
from ui.controls.painting import draw_box, draw_ring
from ui.controls.signs import ActivityDots
from ui.theme.theme import Theme
from ui.theme.tokens import Radius, Role, Size, Space, TypeSize

HEIGHT: Final = 28
_DOTS: Final = 22
_CHEVRON: Final = Size.ICON_SMALL


class ThoughtsLine(PaintedButton):
    """A sign, a few words and a chevron; pressed to open or close.

    Args:
        theme: the look.
        parent: the panel.
    """

    def __init__(self, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(theme, parent)
        self._is_live = False
        self._has_content = False
        self._detail = ""
        self._dots = ActivityDots(theme, self)
        self._dots.setAttribute(Qt.WidgetAttribute.WA_TransparentForMouseEvents)
        self._dots.hide()
        self.setCheckable(True)
        self.setSizePolicy(QSizePolicy.Policy.Fixed, QSizePolicy.Policy.Fixed)

    @property
    def is_live(self) -> bool:
        """Whether the model is at work right now."""
        return self._is_live

    def set_look(self, text: str, *, is_live: bool, has_content: bool, detail: str = "") -> None:
        """Say something else.

        Args:
            text: the words, also its accessible name.
            is_live: dots instead of the bulb.
            has_content: there is something to open.
            detail: a quieter part after a dot, e.g. "318 tokens".
        """
        self._is_live, self._has_content, self._detail = is_live, has_content, detail
        self.setText(text)
        self.setAccessibleName(text)
        self.setEnabled(has_content)
        self.setCursor(
            Qt.CursorShape.PointingHandCursor if has_content else Qt.CursorShape.ArrowCursor
        )
        self._dots.setVisible(is_live and not self.isChecked())
        self._dots.move(Space.GAP, (self.height() - self._dots.height()) // 2)
        self.updateGeometry()
        self.update()

    @override
    def sizeHint(self) -> QSize:
        theme = self._theme
        metrics = QFontMetrics(theme.fonts.text(TypeSize.CONTROL))
        width = self._sign_width() + Space.GAP + metrics.horizontalAdvance(self.text())
        if self._detail:
            small = QFontMetrics(theme.fonts.text(TypeSize.CODE))
            width += small.horizontalAdvance(f"  ·  {self._detail}")
        if self._has_content:
            width += Space.GAP + theme.scaled(_CHEVRON)
        return QSize(width + 2 * Space.GAP, theme.scaled(HEIGHT))

    @override
    def minimumSizeHint(self) -> QSize:
        return self.sizeHint()

    @override
    def paintEvent(self, event: QPaintEvent) -> None:
        del event
        painter = QPainter(self)
        rect = QRectF(self.rect())
        if self.has_ring:
            rect = draw_ring(painter, rect, Radius.BUTTON, self._theme.color("focus"))
        if self.is_hovered:
            draw_box(painter, rect, Radius.SEGMENT, fill=self._theme.color("hover"))
        self._paint_words(painter)

    def _paint_words(self, painter: QPainter) -> None:
        x: int = Space.GAP
        sign = self._chevron() if self.isChecked() else "lightbulb"
        if self.isChecked() or not self._is_live:
            self._paint_icon(painter, sign, x)
        x += self._sign_width() + Space.GAP
        ink: Role = "text" if self._is_live or self.isChecked() else "muted"
        x = self._paint_text(painter, self.text(), x, TypeSize.CONTROL, ink)
        if self._detail:
            x = self._paint_text(painter, f"  ·  {self._detail}", x, TypeSize.CODE, "muted")
        if self._has_content and not self.isChecked():
            self._paint_icon(painter, self._chevron(), x + Space.TINY)

    def _paint_text(self, painter: QPainter, text: str, x: int, size: int, ink: Role) -> int:
        font = self._theme.fonts.text(size)
        painter.setFont(font)
        painter.setPen(self._theme.color(ink))
        width = QFontMetrics(font).horizontalAdvance(text)
        box = QRect(x, 0, width + 2, self.height())
        painter.drawText(box, int(Qt.AlignmentFlag.AlignVCenter), text)
        return x + width

    def _paint_icon(self, painter: QPainter, icon: str, x: int) -> None:
        ratio = self.devicePixelRatio()
        pixmap = self._theme.pixmap(icon, "muted", _CHEVRON, ratio)
        size = self._theme.scaled(_CHEVRON)
        painter.drawPixmap(QPoint(x, (self.height() - size) // 2), pixmap)

    def _sign_width(self) -> int:
        has_dots = self._is_live and not self.isChecked()
        return self._theme.scaled(_DOTS if has_dots else _CHEVRON)

    def _chevron(self) -> str:
        return "chevron-down" if self.isChecked() else "chevron-right"

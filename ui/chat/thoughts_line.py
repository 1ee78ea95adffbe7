"""The line above an answer that says how long the model thinks, and opens its thoughts."""

from __future__ import annotations

import re
from typing import Final

from PySide6.QtCore import QPoint, QRect, QRectF, QSize, Qt
from PySide6.QtGui import QFontMetrics, QPainter, QPaintEvent, QResizeEvent
from PySide6.QtWidgets import QSizePolicy, QWidget
from typing_extensions import override

from ui.controls.button import PaintedButton
from ui.controls.label import ElidedLabel
from ui.controls.painting import draw_box, draw_ring
from ui.controls.signs import ActivityDots
from ui.theme.theme import Theme
from ui.theme.tokens import Radius, Role, Size, Space, TypeSize

HEIGHT: Final = 28
_DOTS: Final = 22
_CHEVRON: Final = Size.ICON_SMALL
_DIGITS: Final = re.compile(r"\d+")


class ThoughtsLine(PaintedButton):
    """A sign, a few words and a chevron; pressed to open or close.

    While the model thinks, a headline stands behind them.  It is a label of its own, so that
    a screen reader finds it and does not read it out each time.

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
        self._headline: ElidedLabel | None = None
        self.setCheckable(True)
        self.setSizePolicy(QSizePolicy.Policy.Fixed, QSizePolicy.Policy.Fixed)

    @property
    def headline(self) -> ElidedLabel:
        """Behind the words; made when there is first something to say."""
        if self._headline is None:
            self._headline = ElidedLabel(self._theme, size=TypeSize.CODE, role="muted", parent=self)
            self._headline.setAttribute(Qt.WidgetAttribute.WA_TransparentForMouseEvents)
            self._headline.hide()
        return self._headline

    @property
    def is_live(self) -> bool:
        """Whether the model is at work right now."""
        return self._is_live

    def set_look(
        self, text: str, *, is_live: bool, has_content: bool, detail: str = "", name: str = ""
    ) -> None:
        """Say something else.

        Args:
            text: the words.
            is_live: dots instead of the bulb.
            has_content: there is something to open.
            detail: a quieter part after a dot, e.g. "318 tokens".
            name: what a screen reader says, where that is not the same.
        """
        self._is_live, self._has_content, self._detail = is_live, has_content, detail
        self.setText(text)
        if self.accessibleName() != (name or text):
            self.setAccessibleName(name or text)
        self.setEnabled(has_content)
        self.setCursor(
            Qt.CursorShape.PointingHandCursor if has_content else Qt.CursorShape.ArrowCursor
        )
        self._dots.setVisible(is_live and not self.isChecked())
        self._dots.move(Space.GAP, (self.height() - self._dots.height()) // 2)
        self._place_headline()
        self.updateGeometry()
        self.update()

    def set_headline(self, text: str) -> None:
        """What the model is at just now; "" for nothing.  Takes the width that is left over."""
        if self._headline is None and not text:
            return
        if text != self.headline.text():
            self.headline.setText(text)
        self.headline.setVisible(bool(text))
        self._place_headline()

    @override
    def sizeHint(self) -> QSize:
        theme = self._theme
        width = self._words_width() + Space.GAP
        if self._has_content:
            width += theme.scaled(_CHEVRON)
        return QSize(width + Space.GAP, theme.scaled(HEIGHT))

    def _words_width(self) -> int:
        """Sign and words, with room for two digits where there is one: seconds move nothing."""
        metrics = QFontMetrics(self._theme.fonts.text(TypeSize.CONTROL))
        text = _DIGITS.sub(lambda found: "0" * max(2, len(found[0])), self.text())
        shown = text if self._is_live else self.text()
        width = Space.GAP + self._sign_width() + Space.GAP + metrics.horizontalAdvance(shown)
        if self._detail:
            small = QFontMetrics(self._theme.fonts.text(TypeSize.CODE))
            width += small.horizontalAdvance(f"  ·  {self._detail}")
        return width

    def _place_headline(self) -> None:
        if self._headline is None:
            return
        left = self.sizeHint().width()
        self._headline.setGeometry(left, 0, max(0, self.width() - left - Space.GAP), self.height())

    @override
    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self._place_headline()

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
            self._paint_text(painter, f"  ·  {self._detail}", x, TypeSize.CODE, "muted")
        if self._has_content and not self.isChecked():
            self._paint_icon(painter, self._chevron(), self._words_width() + Space.TINY)

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

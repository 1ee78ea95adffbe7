"""A small rounded sign: an icon and a few words.  Says something, does nothing."""

from __future__ import annotations

from typing import Final, Literal

from PySide6.QtCore import QPoint, QRect, QRectF, QSize, Qt
from PySide6.QtGui import QFontMetrics, QPainter, QPaintEvent
from PySide6.QtWidgets import QLabel, QSizePolicy, QWidget
from typing_extensions import override

from ui.controls.painting import draw_box
from ui.theme.theme import Theme
from ui.theme.tokens import Role, Size, Space, TypeSize

Tone = Literal["quiet", "neutral", "accent", "warn", "danger", "outline"]

_TONES: Final[dict[Tone, tuple[Role | None, Role | None, Role]]] = {
    "quiet": (None, None, "muted"),
    "neutral": ("hover", None, "muted"),
    "accent": ("soft", None, "accent"),
    "warn": ("warn_soft", None, "warn"),
    "danger": ("danger_soft", None, "danger"),
    "outline": ("bg", "border", "text"),
}
_ICON: Final = 14


class Chip(QLabel):
    """An icon and a few words; when there is no room, the words give way from the end.

    Args:
        theme: the look.
        text: already in the user's language.
        icon: a Lucide name, or "".
        tone: its colours.
        tooltip: what it means, in a sentence or two.
        parent: the widget it lives in.
    """

    def __init__(
        self,
        theme: Theme,
        text: str,
        *,
        icon: str = "",
        tone: Tone = "neutral",
        tooltip: str = "",
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(parent)
        self._theme = theme
        self._icon = icon
        self._tone: Tone = tone
        self._least = 0
        self.setTextFormat(Qt.TextFormat.PlainText)
        self.setToolTip(tooltip)
        self.setAccessibleDescription(tooltip)
        self.setSizePolicy(QSizePolicy.Policy.Maximum, QSizePolicy.Policy.Fixed)
        self.setText(text)
        theme.changed.connect(self._follow_theme)
        self._follow_theme()

    def set_look(self, text: str, *, icon: str, tone: Tone, tooltip: str = "") -> None:
        """Say something else."""
        self._icon, self._tone = icon, tone
        self.setToolTip(tooltip)
        self.setAccessibleDescription(tooltip)
        self.setText(text)
        self._follow_theme()

    def set_minimum_text(self, text: str) -> None:
        """Never shrink below the width of `text`, e.g. the first two words."""
        self._least = QFontMetrics(self.font()).horizontalAdvance(text)
        self.updateGeometry()

    @override
    def sizeHint(self) -> QSize:
        return QSize(self._width_for(self._text_width()), self._theme.scaled(Size.CHIP))

    @override
    def minimumSizeHint(self) -> QSize:
        least = min(self._least, self._text_width())
        return QSize(self._width_for(least), self._theme.scaled(Size.CHIP))

    @override
    def paintEvent(self, event: QPaintEvent) -> None:
        del event
        painter = QPainter(self)
        fill, line, ink = _TONES[self._tone]
        rect = QRectF(self.rect())
        if line is None and fill is not None and self._theme.colors.is_high_contrast:
            line = ink
        draw_box(
            painter,
            rect,
            rect.height() / 2,
            fill=self._theme.color(fill) if fill else None,
            line=self._theme.color(line) if line else None,
        )
        x = self._pad()
        if self._icon:
            size = self._theme.scaled(_ICON)
            pixmap = self._theme.pixmap(self._icon, ink, _ICON, self.devicePixelRatio())
            painter.drawPixmap(QPoint(x, (self.height() - size) // 2), pixmap)
            x += size + Space.SMALL
        room = self.width() - x - self._pad()
        metrics = QFontMetrics(self.font())
        shown = metrics.elidedText(self.text(), Qt.TextElideMode.ElideRight, room + 1)
        if room < metrics.horizontalAdvance("…"):
            return
        painter.setFont(self.font())
        painter.setPen(self._theme.color(ink))
        box = QRect(x, 0, room + 2, self.height())
        painter.drawText(box, int(Qt.AlignmentFlag.AlignVCenter), shown)

    def _pad(self) -> int:
        return 0 if self._tone == "quiet" else self._theme.scaled(10)

    def _text_width(self) -> int:
        return QFontMetrics(self.font()).horizontalAdvance(self.text())

    def _width_for(self, text_width: int) -> int:
        icon = self._theme.scaled(_ICON) + (Space.SMALL if text_width else 0) if self._icon else 0
        return text_width + icon + 2 * self._pad()

    def _follow_theme(self) -> None:
        self.setFont(self._theme.fonts.text(TypeSize.SMALL))
        self.updateGeometry()
        self.update()

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
    """An icon and a few words; without room they become shorter, then the icon alone.

    Args:
        theme: the look.
        text: already in the user's language.
        short: what is shown where there is no room for `text`; the least that is ever shown.
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
        short: str = "",
        icon: str = "",
        tone: Tone = "neutral",
        tooltip: str = "",
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(parent)
        self._theme = theme
        self._icon = icon
        self._tone: Tone = tone
        self._short = short
        self._is_compact = False
        self.setTextFormat(Qt.TextFormat.PlainText)
        self.setToolTip(tooltip)
        self.setAccessibleDescription(tooltip)
        self.setSizePolicy(QSizePolicy.Policy.Maximum, QSizePolicy.Policy.Fixed)
        self.setText(text)
        theme.changed.connect(self._follow_theme)
        self._follow_theme()

    def set_look(
        self, text: str, *, icon: str, tone: Tone, tooltip: str = "", short: str | None = None
    ) -> None:
        """Say something else; `short` stays as it is where none is given."""
        self._icon, self._tone = icon, tone
        self._short = self._short if short is None else short
        self.setToolTip(tooltip)
        self.setAccessibleDescription(tooltip)
        self.setText(text)
        self._follow_theme()

    def set_compact(self, compact: bool) -> None:
        """Say it shortly, or in full."""
        if compact != self._is_compact:
            self._is_compact = compact
            self.updateGeometry()
            self.update()

    def width_for(self, *, compact: bool) -> int:
        """How wide it wants to be, short or in full."""
        return self._width_for(self._short if compact else self.text())

    @override
    def sizeHint(self) -> QSize:
        width = self.width_for(compact=self._is_compact)
        return QSize(width, self._theme.scaled(Size.CHIP))

    @override
    def minimumSizeHint(self) -> QSize:
        return QSize(self._width_for(self._short), self._theme.scaled(Size.CHIP))

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
        if self._short and metrics.horizontalAdvance(self.text()) > room:
            shown = self._short
        elif room < metrics.horizontalAdvance("…"):
            return
        else:
            shown = metrics.elidedText(self.text(), Qt.TextElideMode.ElideRight, room + 1)
        painter.setFont(self.font())
        painter.setPen(self._theme.color(ink))
        box = QRect(x, 0, room + 2, self.height())
        painter.drawText(box, int(Qt.AlignmentFlag.AlignVCenter), shown)

    def _pad(self) -> int:
        return 0 if self._tone == "quiet" else self._theme.scaled(10)

    def _width_for(self, text: str) -> int:
        icon = self._theme.scaled(_ICON) + (Space.SMALL if text else 0) if self._icon else 0
        text_width = QFontMetrics(self.font()).horizontalAdvance(text)
        return text_width + icon + 2 * self._pad()

    def _follow_theme(self) -> None:
        self.setFont(self._theme.fonts.text(TypeSize.SMALL))
        self.updateGeometry()
        self.update()

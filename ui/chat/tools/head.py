"""The quiet line of a call: how it stands, what it did, and the way to see all of it."""

from __future__ import annotations

from typing import Final

from PySide6.QtCore import QPoint, QRect, QRectF, QSize, Qt
from PySide6.QtGui import QFontMetrics, QPainter, QPaintEvent, QResizeEvent
from PySide6.QtWidgets import QSizePolicy, QWidget
from typing_extensions import override

from app.tools.records import CallStatus
from ui.controls.button import PaintedButton
from ui.controls.painting import draw_box, draw_ring
from ui.controls.signs import ActivityDots
from ui.theme.theme import Theme
from ui.theme.tokens import Radius, Role, Size, Space, TypeSize

HEIGHT: Final = 44
_PAD: Final = 14
_DOTS: Final = 22
_LOOKS: Final[dict[CallStatus, tuple[str, Role]]] = {
    CallStatus.WAITING: ("shield-alert", "warn"),
    CallStatus.PAUSED: ("hourglass", "warn"),
    CallStatus.DONE: ("circle-check", "accent"),
    CallStatus.FAILED: ("circle-x", "danger"),
    CallStatus.TIMED_OUT: ("hourglass", "danger"),
    CallStatus.DENIED: ("ban", "muted"),
    CallStatus.REFUSED: ("circle-alert", "muted"),
    CallStatus.STOPPED: ("ban", "muted"),
}


class CardHead(PaintedButton):
    """An icon, what was done, how it stands; pressed to open or close the card.

    Args:
        theme: the look.
        parent: the card.
    """

    def __init__(self, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(theme, parent)
        self._status = CallStatus.RUNNING
        self._detail = ""
        self._hint = ""
        self._dots = ActivityDots(theme, self)
        self._dots.setAttribute(Qt.WidgetAttribute.WA_TransparentForMouseEvents)
        self.setCheckable(True)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)

    @property
    def detail(self) -> str:
        """The quieter part, e.g. "1.4 s · 1 image"."""
        return self._detail

    def set_look(self, status: CallStatus, text: str, detail: str, hint: str) -> None:
        """Say how a call stands.

        Args:
            status: how far it is.
            text: what it did.
            detail: time, count and state.
            hint: what pressing does; shown where there is room.
        """
        self._status, self._detail, self._hint = status, detail, hint
        self.setText(text)
        said = f"{text}, {detail.replace('  ·  ', ', ')}" if detail else text
        self.setAccessibleName(said)
        self.setAccessibleDescription(hint)
        self.setToolTip(said if self._is_cut() else "")
        self._dots.setVisible(status is CallStatus.RUNNING)
        self._place_dots()
        self.update()

    def height_for(self, width: int) -> int:
        """Its height: the details stand below where there is no room beside."""
        one = self._theme.scaled(HEIGHT)
        return one + self._small().height() if self._needed() > width else one

    @override
    def sizeHint(self) -> QSize:
        return QSize(self._theme.scaled(200), self._theme.scaled(HEIGHT))

    @override
    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self._place_dots()

    @override
    def paintEvent(self, event: QPaintEvent) -> None:
        del event
        painter = QPainter(self)
        rect = QRectF(self.rect()).adjusted(1, 1, -1, -1)
        if self.has_ring:
            rect = draw_ring(painter, rect, Radius.CODE, self._theme.color("focus"))
        if self.is_hovered:
            draw_box(painter, rect, Radius.CODE, fill=self._theme.color("hover"))
        self._paint_words(painter)

    def _paint_words(self, painter: QPainter) -> None:
        theme = self._theme
        x = theme.scaled(_PAD)
        if self._status is not CallStatus.RUNNING:
            icon, role = _LOOKS[self._status]
            self._paint_icon(painter, icon, role, Size.ICON, x)
        x += theme.scaled(_DOTS) + Space.SMALL
        end = self.width() - theme.scaled(_PAD) - theme.scaled(Size.ICON_SMALL)
        chevron = "chevron-up" if self.isChecked() else "chevron-down"
        self._paint_icon(painter, chevron, "muted", Size.ICON_SMALL, end)
        end -= Space.GAP
        needed = self._width_of_title() + self._width_of_detail()
        hint = self._small().horizontalAdvance(self._hint)
        if self._hint and x + needed + Space.LARGE + hint <= end:
            self._paint_text(painter, self._hint, QRect(end - hint, 0, hint + 2, 0), TypeSize.CODE)
        self._paint_title(painter, x, max(0, end - x))

    def _paint_title(self, painter: QPainter, x: int, room: int) -> None:
        """The title, and the details beside it, or below where there is no room."""
        title, line = self._width_of_title(), self._small().height()
        is_stacked = self.height() > self._theme.scaled(HEIGHT)
        box = QRect(x, -line // 2 if is_stacked else 0, min(title, room) + 2, 0)
        self._paint_text(painter, self.text(), box, TypeSize.CONTROL, "text")
        if self._detail and is_stacked:
            box = QRect(x, line // 2 + Space.HAIR, room, 0)
            self._paint_text(painter, self._detail, box, TypeSize.CODE)
        elif self._detail:
            box = QRect(x + title, 0, max(0, room - title), 0)
            self._paint_text(painter, f"  ·  {self._detail}", box, TypeSize.CODE)

    def _paint_text(
        self, painter: QPainter, text: str, box: QRect, size: int, ink: Role = "muted"
    ) -> None:
        font = self._theme.fonts.text(size)
        painter.setFont(font)
        painter.setPen(self._theme.color(ink))
        box.setHeight(self.height())
        shown = QFontMetrics(font).elidedText(text, Qt.TextElideMode.ElideRight, box.width())
        painter.drawText(box, int(Qt.AlignmentFlag.AlignVCenter), shown)

    def _paint_icon(self, painter: QPainter, icon: str, role: Role, size: int, x: int) -> None:
        pixmap = self._theme.pixmap(icon, role, size, self.devicePixelRatio())
        top = (self.height() - self._theme.scaled(size)) // 2
        painter.drawPixmap(QPoint(x, top), pixmap)

    def _small(self) -> QFontMetrics:
        return QFontMetrics(self._theme.fonts.text(TypeSize.CODE))

    def _width_of_title(self) -> int:
        font = self._theme.fonts.text(TypeSize.CONTROL)
        return QFontMetrics(font).horizontalAdvance(self.text())

    def _width_of_detail(self) -> int:
        return self._small().horizontalAdvance(f"  ·  {self._detail}") if self._detail else 0

    def _needed(self) -> int:
        """Width that all of it takes in one line."""
        around = self._theme.scaled(2 * _PAD + _DOTS + Size.ICON_SMALL) + Space.SMALL + Space.GAP
        return self._width_of_title() + self._width_of_detail() + around

    def _is_cut(self) -> bool:
        return self._needed() > self.width()

    def _place_dots(self) -> None:
        size = self._dots.sizeHint()
        top = (self.height() - size.height()) // 2
        self._dots.setGeometry(self._theme.scaled(_PAD), top, size.width(), size.height())

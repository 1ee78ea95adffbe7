"""A small ring by the effort: how full the model's context is with what is written."""

from __future__ import annotations

from typing import Final

from PySide6.QtCore import QRectF, QSize, Qt
from PySide6.QtGui import QPainter, QPaintEvent, QPen
from PySide6.QtWidgets import QSizePolicy, QWidget
from typing_extensions import override

from app.chats.context_values import ContextSize
from app.words import Words
from ui.controls.button import PaintedButton
from ui.controls.painting import draw_box, draw_ring
from ui.controls.signs import WARN_FRACTION
from ui.theme.theme import Theme
from ui.theme.tokens import Radius, Role

_EDGE: Final = 28
_RING: Final = 16
_WHOLE: Final = 360 * 16
_TOP: Final = 90 * 16


class ContextRing(PaintedButton):
    """What is read, what the draft adds, and what is left; pressed, it explains itself.

    Args:
        theme: the look.
        words: the user's language.
        parent: the composer's row.

    Attributes:
        size_shown: what is shown.
    """

    def __init__(self, theme: Theme, words: Words, parent: QWidget | None = None) -> None:
        super().__init__(theme, parent)
        self._words = words
        self.size_shown = ContextSize()
        self.setSizePolicy(QSizePolicy.Policy.Fixed, QSizePolicy.Policy.Fixed)
        self.show_size(ContextSize())

    @property
    def role(self) -> Role:
        """The colour of what is used."""
        size = self.size_shown
        is_tight = size.fraction >= WARN_FRACTION or size.will_leave_out or size.is_too_long
        return "warn" if is_tight else "accent"

    def show_size(self, size: ContextSize) -> None:
        """Show another state of the context."""
        self.size_shown = size
        words = self._words
        if size.limit:
            percent = round(100 * size.fraction)
            name = words("Context: {percent} % full", percent=percent)
            counts = {"used": f"{size.used:,}", "limit": f"{size.limit:,}"}
            said = words("{used} of {limit} tokens", **counts)
            draft = words("This message: {tokens} tokens", tokens=f"{size.draft:,}")
            said = f"{said}\n{draft}" if size.draft else said
            tip = f"{name}\n{said}"
        else:
            name = words("Context")
            tip = words("How full the context is can be told once a model is loaded.")
            said = tip
        self.setAccessibleName(name)
        self.setAccessibleDescription(said)
        self.setToolTip(tip)
        self.update()

    @override
    def sizeHint(self) -> QSize:
        edge = self._theme.scaled(_EDGE)
        return QSize(edge, edge)

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
        if self.isDown() or self.is_hovered:
            fill = self._theme.color("pressed" if self.isDown() else "hover")
            draw_box(painter, rect, Radius.SEGMENT, fill=fill)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        edge = self._theme.scaled(_RING)
        width = edge / 6
        box = QRectF(0, 0, edge, edge)
        box.moveCenter(QRectF(self.rect()).center())
        self._arc(painter, box, width, "edge", 0.0, 1.0, is_thin=True)
        size = self.size_shown
        if size.limit:
            read = (size.used - size.draft) / size.limit
            self._arc(painter, box, width, self.role, 0.0, min(1.0, read))
            if size.draft:
                ink: Role = "series_2" if self.role == "accent" else "warn"
                self._arc(painter, box, width, ink, read, min(1.0 - read, size.draft / size.limit))

    def _arc(
        self,
        painter: QPainter,
        box: QRectF,
        width: float,
        role: Role,
        begin: float,
        part: float,
        *,
        is_thin: bool = False,
    ) -> None:
        """From the top, as clocks go.  What is there at all is seen, however little it is."""
        if part <= 0:
            return
        pen = QPen(self._theme.color(role), width / 2 if is_thin else width)
        pen.setCapStyle(Qt.PenCapStyle.FlatCap)
        painter.setPen(pen)
        painter.setBrush(Qt.BrushStyle.NoBrush)
        span = max(round(part * _WHOLE), _WHOLE // 40)
        painter.drawArc(box, _TOP - round(begin * _WHOLE), -span)

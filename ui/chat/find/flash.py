"""Shows for a moment which message was meant."""

from __future__ import annotations

from typing import Final

from PySide6.QtCore import QEvent, QObject, QRectF, Qt, QTimer, QVariantAnimation
from PySide6.QtGui import QPainter, QPaintEvent
from PySide6.QtWidgets import QWidget
from typing_extensions import override

from ui.controls.painting import draw_box
from ui.theme.theme import Theme
from ui.theme.tokens import Radius, Space

MOMENT_MS: Final = 1600
_FILL: Final = 0.10


class Flash(QWidget):
    """A frame around a message that fades; under reduced motion it stands still and then goes.

    Args:
        theme: the look.
        message: what it lies around.
    """

    def __init__(self, theme: Theme, message: QWidget) -> None:
        super().__init__(message.parentWidget())
        self._message = message
        self._theme = theme
        self._strength = 1.0
        self.setAttribute(Qt.WidgetAttribute.WA_TransparentForMouseEvents)
        self._follow()
        message.installEventFilter(self)
        QTimer.singleShot(MOMENT_MS, self, self._end)
        fading = theme.duration(MOMENT_MS)
        if fading:
            fade = QVariantAnimation(self, startValue=1.0, endValue=0.0, duration=fading)
            fade.valueChanged.connect(self._fade)
            fade.start()
        self.raise_()
        self.show()

    @override
    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        del watched
        if event.type() in (QEvent.Type.Resize, QEvent.Type.Move):
            self._follow()
        elif event.type() == QEvent.Type.Hide:
            self._end()  # it is let go of, far away
        return False

    @override
    def paintEvent(self, event: QPaintEvent) -> None:
        del event
        line, fill = self._theme.color("accent"), self._theme.color("accent")
        line.setAlphaF(self._strength)
        fill.setAlphaF(_FILL * self._strength)
        box = QRectF(self.rect())
        draw_box(QPainter(self), box, Radius.CARD, fill=fill, line=line, width=2)

    def _follow(self) -> None:
        across, down = Space.ROOM, Space.GAP
        self.setGeometry(self._message.geometry().adjusted(-across, -down, across, down))

    def _fade(self, strength: float) -> None:
        self._strength = strength
        self.update()

    def _end(self) -> None:
        self.hide()
        self.deleteLater()

"""Small things that are looked at and never pressed: logo, activity dots, bar, icon, hairline."""

from __future__ import annotations

from typing import Final

from PySide6.QtCore import QElapsedTimer, QPointF, QRectF, QSize, Qt, QTimer
from PySide6.QtGui import (
    QHideEvent,
    QPainter,
    QPainterPath,
    QPaintEvent,
    QPen,
    QShowEvent,
)
from PySide6.QtWidgets import QSizePolicy, QWidget
from typing_extensions import override

from ui.controls.painting import draw_box
from ui.theme.theme import Theme
from ui.theme.tokens import Motion, Role, Size

WARN_FRACTION: Final = 0.85
"""From here on a full context is worth a warning."""
_FIXED: Final = QSizePolicy.Policy.Fixed


class _Sign(QWidget):
    """A painted widget of one size that follows the theme."""

    def __init__(self, theme: Theme, width: int, height: int, parent: QWidget | None) -> None:
        super().__init__(parent)
        self._theme = theme
        self._width = width
        self._height = height
        self.setSizePolicy(_FIXED, _FIXED)
        theme.changed.connect(self._on_theme_changed)

    @override
    def sizeHint(self) -> QSize:
        return QSize(self._theme.scaled(self._width), self._theme.scaled(self._height))

    @override
    def minimumSizeHint(self) -> QSize:
        return self.sizeHint()

    def _on_theme_changed(self) -> None:
        self.updateGeometry()
        self.update()


class Logo(_Sign):
    """A decrescendo hairpin, the sign for growing softer in a score, on the accent."""

    def __init__(self, theme: Theme, size: int = 24, parent: QWidget | None = None) -> None:
        super().__init__(theme, size, size, parent)

    @override
    def paintEvent(self, event: QPaintEvent) -> None:
        del event
        paint_logo(QPainter(self), self._theme, float(min(self.width(), self.height())))


def paint_logo(painter: QPainter, theme: Theme, edge: float) -> None:
    """The sign in a square of this edge, at the painter's origin."""
    draw_box(painter, QRectF(0, 0, edge, edge), edge * 0.28, fill=theme.color("accent"))
    pen = QPen(theme.color("on_accent"), edge * 0.085)
    pen.setCapStyle(Qt.PenCapStyle.RoundCap)
    painter.setPen(pen)
    tip = QPointF(edge * 0.77, edge * 0.5)
    painter.drawLine(QPointF(edge * 0.25, edge * 0.30), tip)
    painter.drawLine(QPointF(edge * 0.25, edge * 0.70), tip)


class IconSign(_Sign):
    """An icon that only says something.

    Args:
        theme: the look.
        icon: a Lucide name.
        role: its colour.
        size: edge in logical px.
        parent: the widget it lives in.
    """

    def __init__(
        self,
        theme: Theme,
        icon: str,
        role: Role = "muted",
        size: int = Size.ICON,
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(theme, size, size, parent)
        self._icon = icon
        self._role: Role = role

    def set_look(self, icon: str, role: Role) -> None:
        """Show another icon."""
        self._icon, self._role = icon, role
        self.update()

    @override
    def paintEvent(self, event: QPaintEvent) -> None:
        del event
        ratio = self.devicePixelRatio()
        pixmap = self._theme.pixmap(self._icon, self._role, self._width, ratio)
        QPainter(self).drawPixmap(0, 0, pixmap)


class ActivityDots(_Sign):
    """Three dots that take turns while something goes on; a still hourglass if motion is reduced.

    Runs its timer only while it is shown.
    """

    def __init__(self, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(theme, 22, 18, parent)
        self._since = QElapsedTimer()
        self._timer = QTimer(self, interval=Motion.DOTS // 12)
        self._timer.timeout.connect(self.update)

    @property
    def is_moving(self) -> bool:
        """Whether the dots are being animated."""
        return self._timer.isActive()

    @override
    def showEvent(self, event: QShowEvent) -> None:
        super().showEvent(event)
        self._run()

    @override
    def hideEvent(self, event: QHideEvent) -> None:
        self._timer.stop()
        super().hideEvent(event)

    @override
    def paintEvent(self, event: QPaintEvent) -> None:
        del event
        painter = QPainter(self)
        if self._theme.reduced_motion:
            ratio = self.devicePixelRatio()
            pixmap = self._theme.pixmap("hourglass", "muted", Size.ICON_SMALL, ratio)
            painter.drawPixmap(self._theme.scaled(2), self._theme.scaled(1), pixmap)
            return
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setPen(Qt.PenStyle.NoPen)
        unit = self._theme.scaled(100) / 100
        lit = (self._since.elapsed() % Motion.DOTS) / Motion.DOTS * 3
        for number in range(3):
            color = self._theme.color("accent")
            distance = min(abs(lit - number - 0.5), 3 - abs(lit - number - 0.5))
            color.setAlpha(round(255 - 165 * min(1.0, distance)))
            painter.setBrush(color)
            painter.drawEllipse(
                QPointF((4 + 7 * number) * unit, 9.5 * unit), 2.2 * unit, 2.2 * unit
            )

    def _run(self) -> None:
        if self.isVisible() and not self._theme.reduced_motion:
            self._since.start()
            self._timer.start()
        else:
            self._timer.stop()

    def _on_theme_changed(self) -> None:
        super()._on_theme_changed()
        self._run()


class ContextBar(_Sign):
    """How much of the context is used; warns from 85 %.

    The label beside it carries the numbers, so it has no accessible text of its own.
    """

    def __init__(self, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(theme, 96, 4, parent)
        self._fraction = 0.0

    @property
    def fraction(self) -> float:
        """The part that is used, 0.0 to 1.0."""
        return self._fraction

    def set_fraction(self, fraction: float) -> None:
        """Show another fill."""
        self._fraction = min(1.0, max(0.0, fraction))
        self.update()

    @property
    def role(self) -> Role:
        """The colour of the used part."""
        return "warn" if self._fraction >= WARN_FRACTION else "accent"

    @override
    def paintEvent(self, event: QPaintEvent) -> None:
        del event
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        outline = QPainterPath()
        radius = self.height() / 2
        outline.addRoundedRect(QRectF(self.rect()), radius, radius)
        painter.setClipPath(outline)
        painter.fillRect(self.rect(), self._theme.color("track"))
        used = QRectF(0, 0, self.width() * self._fraction, self.height())
        painter.fillRect(used, self._theme.color(self.role))


class Hairline(QWidget):
    """A decorative line, one pixel thick."""

    def __init__(
        self, theme: Theme, *, is_vertical: bool = False, parent: QWidget | None = None
    ) -> None:
        super().__init__(parent)
        self._theme = theme
        if is_vertical:
            self.setFixedWidth(1)
        else:
            self.setFixedHeight(1)
        theme.changed.connect(self.update)

    @override
    def paintEvent(self, event: QPaintEvent) -> None:
        del event
        QPainter(self).fillRect(self.rect(), self._theme.color("border"))

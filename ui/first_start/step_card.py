"""One step of the first start: its number or tick, its name, a fact at the right, its content."""

from __future__ import annotations

from enum import StrEnum
from typing import Final

from PySide6.QtCore import QPoint, QRectF, QSize, Qt
from PySide6.QtGui import QPainter, QPaintEvent, QResizeEvent
from PySide6.QtWidgets import QBoxLayout, QHBoxLayout, QSizePolicy, QVBoxLayout, QWidget
from typing_extensions import override

from app.words import Words
from ui.controls.label import Label
from ui.controls.painting import draw_box
from ui.theme.theme import Theme
from ui.theme.tokens import Size, Space, TypeSize

COUNT: Final = 3
_BADGE: Final = 28
_RADIUS: Final = 14
_NARROW: Final = 540
"""Below this width the content begins under the badge, and the fact stands under the name."""


class StepState(StrEnum):
    """Where a step stands."""

    LATER = "later"
    CURRENT = "current"
    DONE = "done"


class StepBadge(QWidget):
    """A number in a circle; a tick once the step is done.  Says nothing to screen readers."""

    def __init__(self, theme: Theme, number: int) -> None:
        super().__init__()
        self._theme = theme
        self._number = number
        self._state = StepState.LATER
        self.setSizePolicy(QSizePolicy.Policy.Fixed, QSizePolicy.Policy.Fixed)
        theme.changed.connect(self.updateGeometry)
        theme.changed.connect(self.update)

    def set_state(self, state: StepState) -> None:
        """Show another state."""
        self._state = state
        self.update()

    @override
    def sizeHint(self) -> QSize:
        edge = self._theme.scaled(_BADGE)
        return QSize(edge, edge)

    @override
    def minimumSizeHint(self) -> QSize:
        return self.sizeHint()

    @override
    def paintEvent(self, event: QPaintEvent) -> None:
        del event
        theme, painter, rect = self._theme, QPainter(self), QRectF(self.rect())
        radius = rect.height() / 2
        if self._state is StepState.DONE:
            line = theme.color("accent") if theme.colors.is_high_contrast else None
            draw_box(painter, rect, radius, fill=theme.color("soft"), line=line)
            edge = theme.scaled(Size.ICON)
            at = QPoint((self.width() - edge) // 2, (self.height() - edge) // 2)
            ratio = self.devicePixelRatio()
            painter.drawPixmap(at, theme.pixmap("check", "accent", Size.ICON, ratio))
            return
        is_current = self._state is StepState.CURRENT
        fill = theme.color("accent") if is_current else None
        line = None if is_current else theme.color("edge")
        draw_box(painter, rect, radius, fill=fill, line=line, width=1.5)
        painter.setFont(theme.fonts.text(TypeSize.CODE, bold=True))
        painter.setPen(theme.color("on_accent" if is_current else "muted"))
        painter.drawText(rect, int(Qt.AlignmentFlag.AlignCenter), str(self._number))


class StepCard(QWidget):
    """A card with a head; features put their widgets into `body`.

    Args:
        theme: the look.
        words: the user's language.
        number: from 1.
        title: what the step is about.
    """

    def __init__(self, theme: Theme, words: Words, number: int, title: str) -> None:
        super().__init__()
        self._theme = theme
        self._words = words
        self._number = number
        self._title = title
        self._state = StepState.LATER
        self.badge = StepBadge(theme, number)
        self.name = Label(theme, title, size=TypeSize.CARD_TITLE, bold=True, wrap=True)
        self.fact = Label(theme, size=TypeSize.CODE, role="muted", wrap=True)
        self.body = QVBoxLayout()
        """Where the step's own widgets go."""
        self._said = QBoxLayout(QBoxLayout.Direction.LeftToRight)
        self._layout = QVBoxLayout(self)
        self._lay_out()
        self.set_state(StepState.LATER)
        theme.changed.connect(self._arrange)
        theme.changed.connect(self.update)

    @property
    def state(self) -> StepState:
        """Where the step stands."""
        return self._state

    @property
    def spoken(self) -> str:
        """What a screen reader calls it."""
        fields = {"number": self._number, "count": COUNT, "title": self._title}
        words = self._words
        if self._state is StepState.DONE:
            return words("Step {number} of {count}, done: {title}", **fields)
        return words("Step {number} of {count}: {title}", **fields)

    def set_state(self, state: StepState) -> None:
        """Show where the step stands."""
        self._state = state
        self.badge.set_state(state)
        self.setAccessibleName(self.spoken)
        self.update()

    def set_fact(self, text: str) -> None:
        """Say something shortly beside the name; "" for nothing."""
        self.fact.setText(text)
        self.fact.setVisible(bool(text))

    @override
    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self._arrange()

    @override
    def paintEvent(self, event: QPaintEvent) -> None:
        del event
        theme, is_current = self._theme, self._state is StepState.CURRENT
        draw_box(
            QPainter(self),
            QRectF(self.rect()),
            _RADIUS,
            fill=theme.color("raised"),
            line=theme.color("accent" if is_current else "border"),
            width=1.5 if is_current else 1.0,
        )

    def _lay_out(self) -> None:
        self.body.setSpacing(Space.ROOM)
        self._said.setSpacing(Space.ROOM)
        self._said.addWidget(self.name)
        self._said.addWidget(self.fact, stretch=1)
        head = QHBoxLayout()
        head.setSpacing(Space.PAD)
        head.addWidget(self.badge, alignment=Qt.AlignmentFlag.AlignTop)
        head.addLayout(self._said, stretch=1)
        self._layout.setSpacing(Space.ROOM)
        self._layout.addLayout(head)
        self._layout.addLayout(self.body)
        self.fact.hide()
        self._arrange()

    def _arrange(self) -> None:
        theme, directions = self._theme, QBoxLayout.Direction
        is_narrow = self.width() < theme.scaled(_NARROW)
        pad = Space.PAD if is_narrow else Space.WIDE
        self._layout.setContentsMargins(pad, Space.PAD, pad, Space.PAD + Space.HAIR)
        left = 0 if is_narrow else theme.scaled(_BADGE) + Space.PAD
        self.body.setContentsMargins(left, 0, 0, 0)
        self._said.setDirection(directions.TopToBottom if is_narrow else directions.LeftToRight)
        self._said.setSpacing(Space.HAIR if is_narrow else Space.ROOM)
        middle = Qt.AlignmentFlag.AlignVCenter
        right = Qt.AlignmentFlag.AlignLeft if is_narrow else Qt.AlignmentFlag.AlignRight
        self.fact.setAlignment(middle | right)
        self.name.setMinimumHeight(0 if is_narrow else theme.scaled(_BADGE))

"""A row of choices of which exactly one holds, such as the reasoning effort."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

from PySide6.QtCore import QRectF, QSize, Qt, Signal
from PySide6.QtGui import QFontMetrics, QKeyEvent, QPainter, QPaintEvent
from PySide6.QtWidgets import QHBoxLayout, QSizePolicy, QWidget
from typing_extensions import override

from ui.controls.button import PaintedButton
from ui.controls.painting import RING, draw_box
from ui.theme.theme import Theme
from ui.theme.tokens import Radius, Role, Size, Space, TypeSize

_STEPS: Final = {
    Qt.Key.Key_Left: -1,
    Qt.Key.Key_Up: -1,
    Qt.Key.Key_Right: 1,
    Qt.Key.Key_Down: 1,
}


class _Segment(PaintedButton):
    """One choice.  Checkable and exclusive, which makes it a radio button to a screen reader."""

    def __init__(self, theme: Theme, owner: SegmentedControl, text: str) -> None:
        super().__init__(theme, owner)
        self._owner = owner
        self.setText(text)
        self.setAccessibleName(text)
        self.setCheckable(True)
        self.setAutoExclusive(True)
        self.setSizePolicy(QSizePolicy.Policy.Preferred, QSizePolicy.Policy.Fixed)

    @override
    def sizeHint(self) -> QSize:
        return self._size_with(self._theme.scaled(Space.ROOM))

    @override
    def minimumSizeHint(self) -> QSize:
        return self._size_with(Space.TINY)

    def _size_with(self, pad: int) -> QSize:
        metrics = QFontMetrics(self._theme.fonts.text(TypeSize.CODE))
        width = metrics.horizontalAdvance(self.text()) + 2 * pad
        return QSize(width, self._theme.scaled(Size.SEGMENT))

    @override
    def keyPressEvent(self, event: QKeyEvent) -> None:
        step = _STEPS.get(Qt.Key(event.key()), 0)
        if step:
            self._owner.step(step)
            return
        super().keyPressEvent(event)

    @override
    def paintEvent(self, event: QPaintEvent) -> None:
        del event
        painter = QPainter(self)
        rect = QRectF(self.rect())
        inner = rect.adjusted(RING, RING, -RING, -RING)
        colors = self._theme.colors
        ink: Role = "subtle" if not self.isEnabled() else "muted"
        if self.isChecked():
            ink = "text" if self.isEnabled() else "subtle"
            fill = self._theme.color("pressed" if colors.is_dark else "raised")
            line = self._theme.color("edge" if self.isEnabled() else "border")
            draw_box(painter, inner, Radius.SEGMENT, fill=fill, line=line)
        elif self.is_hovered:
            ink = "text"
            if self.isDown():
                draw_box(painter, inner, Radius.SEGMENT, fill=self._theme.color("pressed"))
        if self.has_ring:
            draw_box(painter, rect, Radius.BUTTON, line=self._theme.color("focus"), width=RING)
        painter.setFont(self._theme.fonts.text(TypeSize.CODE))
        painter.setPen(self._theme.color(ink))
        painter.drawText(rect, int(Qt.AlignmentFlag.AlignCenter), self.text())


class SegmentedControl(QWidget):
    """Choose one of a few.  Arrow keys move the choice, Tab enters and leaves the whole row.

    Signals:
        chosen: (index: int) the user chose another one; not sent by `set_index`.

    Args:
        theme: the look.
        name: what is chosen, for screen readers.
        choices: the texts, already in the user's language.
        index: the choice that holds at first.
        parent: the widget it lives in.
    """

    chosen = Signal(int)

    def __init__(
        self,
        theme: Theme,
        name: str,
        choices: Sequence[str],
        index: int = 0,
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(parent)
        self._theme = theme
        self.setAccessibleName(name)
        self.setSizePolicy(QSizePolicy.Policy.Maximum, QSizePolicy.Policy.Fixed)
        layout = QHBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(0)
        self.segments = tuple(_Segment(theme, self, choice) for choice in choices)
        """The choices, in order."""
        for number, segment in enumerate(self.segments):
            segment.setAccessibleDescription(name)
            layout.addWidget(segment)
            segment.clicked.connect(lambda _=False, n=number: self._on_clicked(n))
        self.set_index(index)
        theme.changed.connect(self.update)

    @property
    def index(self) -> int:
        """The choice that holds."""
        return self._index

    def set_index(self, index: int) -> None:
        """Make another choice hold."""
        self._index = index
        self.segments[index].setChecked(True)
        for number, segment in enumerate(self.segments):
            is_stop = number == index
            segment.setFocusPolicy(Qt.FocusPolicy.TabFocus if is_stop else Qt.FocusPolicy.NoFocus)

    def step(self, by: int) -> None:
        """Choose the next (1) or previous (-1) one, as an arrow key does; stops at the ends."""
        wanted = min(len(self.segments) - 1, max(0, self._index + by))
        segment = self.segments[wanted]
        if wanted != self._index:
            segment.setFocus(Qt.FocusReason.TabFocusReason)
            segment.click()

    @override
    def paintEvent(self, event: QPaintEvent) -> None:
        del event
        painter = QPainter(self)
        line = self._theme.color("edge") if self._theme.colors.is_high_contrast else None
        fill = self._theme.color("hover")
        draw_box(painter, QRectF(self.rect()), Radius.BUTTON, fill=fill, line=line)

    def _on_clicked(self, index: int) -> None:
        if index != self._index:
            self.set_index(index)
            self.chosen.emit(index)

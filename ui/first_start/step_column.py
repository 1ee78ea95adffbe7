"""A column of steps in the middle of the window, with what is true of all of them below."""

from __future__ import annotations

from typing import Final

from PySide6.QtCore import QEvent, QObject, Qt, QTimer
from PySide6.QtGui import QPainter, QPaintEvent, QResizeEvent
from PySide6.QtWidgets import QApplication, QFrame, QHBoxLayout, QScrollArea, QVBoxLayout, QWidget
from typing_extensions import override

from app.words import Words
from ui.controls.label import Label
from ui.controls.settling import lay_out_anew
from ui.controls.signs import IconSign
from ui.theme.theme import Theme
from ui.theme.tokens import Size, Space, TypeSize

_COLUMN: Final = 760
_NARROW: Final = 520
_SETTLE_MS: Final = 16
_USUAL_HEIGHT: Final = 800
_TOP_MOST: Final = 160


class _Ground(QWidget):
    """What the cards lie on.  Painted: a style sheet puts palettes back to what they were."""

    def __init__(self, theme: Theme) -> None:
        super().__init__()
        self._theme = theme

    @override
    def paintEvent(self, event: QPaintEvent) -> None:
        QPainter(self).fillRect(event.rect(), self._theme.color("side"))


class StepColumn(QScrollArea):
    """Scrolls where it is higher than the window; what has the focus is brought into view.

    Args:
        theme: the look.
        words: the user's language.
    """

    def __init__(self, theme: Theme, words: Words) -> None:
        super().__init__()
        self._theme, self._words = theme, words
        self.private = Label(theme, size=TypeSize.CODE, role="muted", wrap=True)
        going = words("Close Sotto at any time: the download goes on at the next start.")
        self.resumes = Label(theme, going, size=TypeSize.CODE, role="muted", wrap=True)
        self._inner = _Ground(theme)
        self._column = QVBoxLayout(self._inner)
        self._foot = QVBoxLayout()
        self._foot.setSpacing(Space.TINY)
        self._settling = QTimer(self, singleShot=True, interval=_SETTLE_MS)
        self._settling.timeout.connect(lambda: lay_out_anew(self._inner))
        theme.changed.connect(self._follow_theme)
        QApplication.instance().focusObjectChanged.connect(self._follow_focus)  # type: ignore[union-attr]

    @property
    def is_settling(self) -> bool:
        """Whether it is about to be laid out anew."""
        return self._settling.isActive()

    def settle(self) -> None:
        """Lay out anew in a moment: heights may have changed."""
        self._settling.start()

    @override
    def event(self, event: QEvent) -> bool:
        """The bar lies on the page itself and not on its content: it gets the same ground."""
        if event.type() == QEvent.Type.Paint:
            QPainter(self).fillRect(self.rect(), self._theme.color("side"))
        return super().event(event)

    @override
    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self._place()
        self._settling.start()

    def fill(self, header: QWidget, *steps: QWidget) -> None:
        """Put everything into its place; once."""
        self.setFrameShape(QFrame.Shape.NoFrame)
        self.setWidgetResizable(True)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self.setAccessibleName(self._words("First start"))
        line = QHBoxLayout()
        line.setSpacing(Space.GAP)
        lock = IconSign(self._theme, "lock", "muted", Size.ICON_SMALL)
        line.addWidget(lock, alignment=Qt.AlignmentFlag.AlignTop)
        line.addWidget(self.private, stretch=1)
        self._foot.addLayout(line)
        self._foot.addWidget(self.resumes)
        self._column.setSpacing(Space.ROOM)
        self._column.addWidget(header)
        self._column.addSpacing(Space.ROOM)
        for step in steps:
            self._column.addWidget(step)
        self._column.addSpacing(Space.TINY)
        self._column.addLayout(self._foot)
        self._column.addStretch(1)
        self.setWidget(self._inner)
        self._follow_theme()

    def _place(self) -> None:
        """In the middle, as wide as can be read; its top stays where it is whatever happens."""
        width, height = self.viewport().width(), self.viewport().height()
        is_narrow = width < self._theme.scaled(_NARROW)
        least = Space.ROOM if is_narrow else Space.LARGE
        margin = max(least, (width - self._theme.scaled(_COLUMN)) // 2)
        top = (
            Space.PAD
            if is_narrow
            else max(Space.SECTION, min((height - _USUAL_HEIGHT) // 2, _TOP_MOST))
        )
        self._column.setContentsMargins(margin, top, margin, Space.ROOM)

    def _follow_theme(self) -> None:
        self._inner.update()
        self._place()
        self._settling.start()

    def _follow_focus(self, focused: QObject | None) -> None:
        if isinstance(focused, QWidget) and self._inner.isAncestorOf(focused):
            self.ensureWidgetVisible(focused, 0, self._theme.scaled(48))

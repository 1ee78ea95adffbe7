"""The steps of a summary: a headline each, and behind it the sentences it stands for."""

from __future__ import annotations

from typing import Final

from PySide6.QtCore import QRect, QRectF, QSize, Qt, Signal
from PySide6.QtGui import QFontMetrics, QPainter, QPaintEvent
from PySide6.QtWidgets import QWidget
from typing_extensions import override

from app.thoughts.summary_values import SummaryStep
from ui.chat.thoughts_html import thought_blocks
from ui.controls.button import PaintedButton
from ui.controls.painting import RING, draw_box
from ui.markdown.column import MarkdownColumn
from ui.markdown.context import MarkdownContext
from ui.markdown.parser import MarkdownParser
from ui.theme.theme import Theme
from ui.theme.tokens import Radius, Role, Size, Space, TypeSize

_PAD: Final = 5
_FLAGS: Final = int(Qt.TextFlag.TextWordWrap | Qt.AlignmentFlag.AlignLeft)


class HeadlineButton(PaintedButton):
    """One headline, as many lines as it takes; pressed to open or close its sentences."""

    def __init__(self, theme: Theme, text: str, parent: QWidget) -> None:
        super().__init__(theme, parent)
        self.setText(text)
        self.setAccessibleName(text)
        self.setCheckable(True)

    def height_for(self, width: int) -> int:
        """The height this takes at a width, both in logical px."""
        metrics = QFontMetrics(self._theme.fonts.text(TypeSize.CONTROL))
        box = metrics.boundingRect(QRect(0, 0, self._room(width), 10_000), _FLAGS, self.text())
        return max(box.height(), self._theme.scaled(Size.ICON_SMALL)) + 2 * _PAD

    @override
    def sizeHint(self) -> QSize:
        return QSize(self.width(), self.height_for(max(1, self.width())))

    @override
    def paintEvent(self, event: QPaintEvent) -> None:
        del event
        painter = QPainter(self)
        theme, rect = self._theme, QRectF(self.rect())
        if self.is_hovered:
            draw_box(painter, rect, Radius.SEGMENT, fill=theme.color("hover"))
        if self.has_ring:
            draw_box(painter, rect, Radius.SEGMENT, line=theme.color("focus"), width=RING)
        edge, ratio = theme.scaled(Size.ICON_SMALL), self.devicePixelRatio()
        done = theme.pixmap("circle-check", "accent", Size.ICON_SMALL, ratio)
        painter.drawPixmap(Space.SMALL, _PAD + 1, done)
        painter.setFont(theme.fonts.text(TypeSize.CONTROL))
        painter.setPen(theme.color("text"))
        left = Space.SMALL + edge + Space.GAP
        words = QRect(left, _PAD, self._room(self.width()), self.height() - _PAD)
        painter.drawText(words, _FLAGS, self.text())
        if self.isEnabled():
            ink: Role = "text" if self.is_hovered else "muted"
            way = "chevron-down" if self.isChecked() else "chevron-right"
            sign = theme.pixmap(way, ink, Size.ICON_SMALL, ratio)
            painter.drawPixmap(self.width() - edge - Space.SMALL, _PAD + 1, sign)

    def _room(self, width: int) -> int:
        icons = 2 * (self._theme.scaled(Size.ICON_SMALL) + Space.SMALL + Space.GAP)
        return max(40, width - icons)


class StepView(QWidget):
    """One step.

    Signals:
        toggled: its sentences were opened or closed, so that another height is needed.

    Args:
        context: shared with all messages.
        parser: shared with all messages.
        step: what to show.
        parent: the list.
    """

    toggled = Signal()

    def __init__(
        self, context: MarkdownContext, parser: MarkdownParser, step: SummaryStep, parent: QWidget
    ) -> None:
        super().__init__(parent)
        self._context = context
        self._parser = parser
        self._step = step
        self.button = HeadlineButton(context.theme, step.headline, self)
        self.button.setEnabled(bool(step.pieces))
        self.button.clicked.connect(self._on_clicked)
        self.text: MarkdownColumn | None = None
        self._describe()

    def fit(self, width: int) -> int:
        """Lay out for a width; returns the height this takes, both in logical px."""
        height = self.button.height_for(width)
        self.button.setGeometry(0, 0, width, height)
        if self.text is None:
            return height
        self.text.setVisible(self.button.isChecked())
        if not self.button.isChecked():
            return height
        left = Space.SMALL + self._context.theme.scaled(Size.ICON_SMALL) + Space.GAP
        room = max(1, width - left)
        below = self.text.fit(room)
        self.text.setGeometry(left, height, room, below)
        return height + below + Space.TINY

    def _on_clicked(self) -> None:
        if self.text is None:
            self.text = MarkdownColumn(
                self._context, self._parser, role="muted", size=TypeSize.CODE, parent=self
            )
            self.text.height_changed.connect(self.toggled)
            withheld = self._context.words("withheld")
            self.text.show_blocks(thought_blocks(self._step.pieces, withheld))
        self._describe()
        self.toggled.emit()

    def _describe(self) -> None:
        words = self._context.words
        if self._step.pieces:
            state = words("Shown") if self.button.isChecked() else words("Hidden")
            self.button.setAccessibleDescription(f"{words('Thoughts')}: {state}")


class StepList(QWidget):
    """The steps below each other.

    Signals:
        toggled: a step was opened or closed, so that another height is needed.

    Args:
        context: shared with all messages.
        parser: shared with all messages.
        parent: the panel of the thoughts.
    """

    toggled = Signal()

    def __init__(self, context: MarkdownContext, parser: MarkdownParser, parent: QWidget) -> None:
        super().__init__(parent)
        self._context = context
        self._parser = parser
        self._shown: tuple[SummaryStep, ...] = ()
        self.steps: list[StepView] = []

    def show_steps(self, steps: tuple[SummaryStep, ...]) -> None:
        """Show other steps, if they are others; `fit` must follow."""
        if steps == self._shown:
            return
        self._shown = steps
        for view in self.steps:
            view.hide()
            view.deleteLater()
        self.steps = [StepView(self._context, self._parser, step, self) for step in steps]
        for view in self.steps:
            view.toggled.connect(self.toggled)
            view.show()

    def fit(self, width: int) -> int:
        """Lay out for a width; returns the height this takes, both in logical px."""
        y = 0
        for view in self.steps:
            height = view.fit(width)
            view.setGeometry(0, y, width, height)
            y += height
        return y

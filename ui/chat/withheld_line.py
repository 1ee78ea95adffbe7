"""What was taken out of thoughts: how much of which kind, opened also why.  Never the text."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Final

from PySide6.QtCore import QRectF, QSize, Qt, Signal
from PySide6.QtGui import QFont, QFontMetrics, QPainter, QPaintEvent
from PySide6.QtWidgets import QWidget
from typing_extensions import override

from app.thoughts.summary import withheld_counts
from app.words import Words
from engine.analysis_filter import ThoughtPiece, WithheldKind
from ui.chat.wording import withheld_reasons, withheld_text
from ui.controls.button import PaintedButton
from ui.controls.label import Label
from ui.controls.painting import RING, draw_box
from ui.theme.theme import Theme
from ui.theme.tokens import Role, Size, Space, TypeSize

_ICON: Final = 14


class _Sign(PaintedButton):
    """A rounded sign with an eye that is shut."""

    @override
    def sizeHint(self) -> QSize:
        text = QFontMetrics(self._font()).horizontalAdvance(self.text())
        icons = 2 * (self._theme.scaled(_ICON) + Space.SMALL)
        return QSize(text + icons + 2 * self._pad(), self._theme.scaled(Size.CHIP))

    @override
    def paintEvent(self, event: QPaintEvent) -> None:
        del event
        painter = QPainter(self)
        theme, rect = self._theme, QRectF(self.rect())
        radius = rect.height() / 2
        ink: Role = "text" if self.is_hovered else "muted"
        line = theme.color(ink) if theme.colors.is_high_contrast else None
        draw_box(painter, rect, radius, fill=theme.color("hover"), line=line)
        if self.has_ring:
            draw_box(painter, rect, radius, line=theme.color("focus"), width=RING)
        edge, x = theme.scaled(_ICON), self._pad()
        middle = (self.height() - edge) // 2
        ratio = self.devicePixelRatio()
        painter.drawPixmap(x, middle, theme.pixmap("eye-off", ink, _ICON, ratio))
        x += edge + Space.SMALL
        end = self.width() - self._pad() - edge
        metrics = QFontMetrics(self._font())
        shown = metrics.elidedText(self.text(), Qt.TextElideMode.ElideRight, end - x)
        painter.setFont(self._font())
        painter.setPen(theme.color(ink))
        box = self.rect().adjusted(x, 0, 0, 0)
        painter.drawText(box, int(Qt.AlignmentFlag.AlignVCenter), shown)
        way = "chevron-down" if self.isChecked() else "chevron-right"
        painter.drawPixmap(end, middle, theme.pixmap(way, ink, _ICON, ratio))

    def _font(self) -> QFont:
        return self._theme.fonts.text(TypeSize.SMALL)

    def _pad(self) -> int:
        return self._theme.scaled(Space.GAP + Space.HAIR)


class WithheldLine(QWidget):
    """A quiet sign; pressed, the reasons stand below it.

    Signals:
        toggled: the reasons were opened or closed, so that another height is needed.

    Args:
        theme: the look.
        words: the user's language.
        parent: the panel of the thoughts.
    """

    toggled = Signal()

    def __init__(self, theme: Theme, words: Words, parent: QWidget) -> None:
        super().__init__(parent)
        self._words = words
        self._counts: tuple[tuple[WithheldKind, int], ...] = ()
        self.sign = _Sign(theme, self)
        self.sign.setCheckable(True)
        self.reasons = Label(theme, size=TypeSize.SMALL, role="muted", wrap=True, parent=self)
        self.reasons.hide()
        self.sign.clicked.connect(self._on_clicked)

    @property
    def is_empty(self) -> bool:
        """Whether nothing was withheld."""
        return not self._counts

    def text(self) -> str:
        """What the sign says."""
        return self.sign.text()

    def show_pieces(self, pieces: Iterable[ThoughtPiece]) -> None:
        """Say what was taken out of these; `fit` must follow."""
        counts = withheld_counts(pieces)
        if counts == self._counts:
            return
        self._counts = counts
        text = withheld_text(self._words, counts)
        reasons = withheld_reasons(self._words, counts)
        self.sign.setText(text)
        self.sign.setAccessibleName(text)
        self.sign.setToolTip(reasons)
        self.reasons.setText(reasons)
        self.sign.updateGeometry()

    def fit(self, width: int) -> int:
        """Lay out for a width; returns the height this takes, both in logical px."""
        hint = self.sign.sizeHint()
        self.sign.setGeometry(0, 0, min(width, hint.width()), hint.height())
        self.reasons.setVisible(self.sign.isChecked())
        if not self.sign.isChecked():
            return hint.height()
        top = hint.height() + Space.SMALL
        height = self.reasons.heightForWidth(width)
        self.reasons.setGeometry(0, top, width, height)
        return top + height

    def _on_clicked(self) -> None:
        is_open = self._words("Shown") if self.sign.isChecked() else self._words("Hidden")
        self.sign.setAccessibleDescription(f"{self._words('Reasons')}: {is_open}")
        self.toggled.emit()

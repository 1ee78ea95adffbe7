"""Text that follows the theme's colours and the user's text size."""

from __future__ import annotations

from typing import Final

from PySide6.QtCore import QSize, Qt
from PySide6.QtGui import QFontMetrics, QPainter, QPaintEvent, QPalette, QResizeEvent, QShowEvent
from PySide6.QtWidgets import QLabel, QSizePolicy, QWidget
from typing_extensions import override

from ui.theme.theme import Theme
from ui.theme.tokens import Role, TypeSize

_ZERO_WIDTH_SPACE: Final = "\u200b"


def breakable(text: str) -> str:
    """The same with places inside long file names where lines may break."""
    for sign in ("_", "\\"):
        text = text.replace(sign, sign + _ZERO_WIDTH_SPACE)
    return text


class Label(QLabel):
    """Plain text in one of the theme's colours and sizes.

    Args:
        theme: the look.
        text: already in the user's language; never read as HTML.
        size: one of `TypeSize`.
        role: its colour.
        bold: weight 700.
        wrap: break lines.
        parent: the widget it lives in.
    """

    def __init__(
        self,
        theme: Theme,
        text: str = "",
        *,
        size: int = TypeSize.CONTROL,
        role: Role = "text",
        bold: bool = False,
        wrap: bool = False,
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(parent)
        self._theme = theme
        self._size = size
        self._role: Role = role
        self._bold = bold
        self.setTextFormat(Qt.TextFormat.PlainText)
        self.setWordWrap(wrap)
        self.setText(text)
        self._follow_theme()
        theme.changed.connect(self._follow_theme)

    def set_role(self, role: Role) -> None:
        """Give the text another colour."""
        self._role = role
        self._follow_theme()

    @override
    def showEvent(self, event: QShowEvent) -> None:
        super().showEvent(event)
        # A style sheet that meets the label for the second time, with its row in another
        # place, puts back the colour it had at the first.
        if self.palette().color(QPalette.ColorRole.WindowText) != self._theme.color(self._role):
            self._follow_theme()

    def _follow_theme(self) -> None:
        self.setFont(self._theme.fonts.text(self._size, bold=self._bold))
        palette = self.palette()
        palette.setColor(QPalette.ColorRole.WindowText, self._theme.color(self._role))
        self.setPalette(palette)


class ElidedLabel(Label):
    """One line of text that ends in … where it does not fit; the tooltip then holds all of it."""

    def __init__(
        self,
        theme: Theme,
        text: str = "",
        *,
        size: int = TypeSize.CONTROL,
        role: Role = "text",
        bold: bool = False,
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(theme, text, size=size, role=role, bold=bold, parent=parent)
        self.setSizePolicy(QSizePolicy.Policy.Preferred, QSizePolicy.Policy.Preferred)

    @property
    def is_elided(self) -> bool:
        """Whether some of the text is not shown."""
        return QFontMetrics(self.font()).horizontalAdvance(self.text()) > self.width()

    @override
    def setText(self, text: str) -> None:
        super().setText(text)
        self._explain()

    @override
    def minimumSizeHint(self) -> QSize:
        return QSize(self._theme.scaled(24), super().minimumSizeHint().height())

    @override
    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self._explain()

    @override
    def paintEvent(self, event: QPaintEvent) -> None:
        del event
        painter = QPainter(self)
        painter.setFont(self.font())
        painter.setPen(self._theme.color(self._role))
        metrics = QFontMetrics(self.font())
        shown = metrics.elidedText(self.text(), Qt.TextElideMode.ElideRight, self.width())
        flags = int(self.alignment() | Qt.AlignmentFlag.AlignVCenter)
        painter.drawText(self.rect(), flags, shown)

    def _explain(self) -> None:
        self.setToolTip(self.text() if self.is_elided else "")

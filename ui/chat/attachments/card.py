"""A file as a small card: its icon, its name, what it costs, and an x."""

from __future__ import annotations

from typing import Final

from PySide6.QtCore import QEvent, QPoint, QRect, QRectF, QSize, Qt, Signal
from PySide6.QtGui import QFontMetrics, QKeyEvent, QPainter, QPaintEvent, QResizeEvent
from PySide6.QtWidgets import QSizePolicy, QWidget
from typing_extensions import override

from app.words import Words
from ui.controls.button import IconButton, PaintedButton
from ui.controls.painting import draw_box, draw_ring
from ui.theme.theme import Theme
from ui.theme.tokens import Radius, Role, Size, Space, TypeSize

_HEIGHT: Final = 46
_WIDEST: Final = 300
_NARROWEST: Final = 150
_PAD: Final = 10
_X: Final = 24
_REMOVE_KEYS: Final = (Qt.Key.Key_Delete, Qt.Key.Key_Backspace)


class FileCard(PaintedButton):
    """One file; a press shows it.

    Signals:
        remove_requested: the x, Delete or Backspace.

    Args:
        theme: the look.
        words: the user's language.
        name: of the file, as it is shown.
        can_go: whether it can be taken away.
        parent: the row of files.

    Attributes:
        remove_button: the x; None where the card stays.
    """

    remove_requested = Signal()

    def __init__(
        self,
        theme: Theme,
        words: Words,
        name: str,
        *,
        can_go: bool = True,
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(theme, parent)
        self._words = words
        self._icon = "file-text"
        self._details = ""
        self._is_wrong = False
        self.setText(name)
        self.setSizePolicy(QSizePolicy.Policy.Fixed, QSizePolicy.Policy.Fixed)
        self.remove_button: IconButton | None = None
        if can_go:
            remove = words("Remove {name}", name=name)
            self.remove_button = IconButton(theme, "x", remove, size=_X, parent=self)
            self.remove_button.clicked.connect(self.remove_requested)
        self.show_state("file-text", "")

    @property
    def details(self) -> str:
        """What is said below the name."""
        return self._details

    def show_state(
        self, icon: str, details: str, *, tooltip: str = "", is_wrong: bool = False
    ) -> None:
        """Say what it is and what it costs.

        Args:
            icon: a Lucide name.
            details: below the name.
            tooltip: more about it.
            is_wrong: it cannot be sent like this.
        """
        self._icon, self._details, self._is_wrong = icon, details, is_wrong
        self.setAccessibleName(f"{self.text()}, {details}" if details else self.text())
        self.setAccessibleDescription(tooltip)
        lines = (self.text(), details, tooltip)
        self.setToolTip("\n".join(line for line in lines if line))
        self.updateGeometry()
        self.update()

    @override
    def sizeHint(self) -> QSize:
        scaled = self._theme.scaled
        texts = (
            QFontMetrics(self._theme.fonts.text(TypeSize.CODE)).horizontalAdvance(self.text()),
            QFontMetrics(self._theme.fonts.text(TypeSize.SMALL)).horizontalAdvance(self._details),
        )
        width = max(texts) + 2 + self._text_x + self._right
        return QSize(max(scaled(_NARROWEST), min(scaled(_WIDEST), width)), scaled(_HEIGHT))

    @override
    def minimumSizeHint(self) -> QSize:
        return QSize(self._theme.scaled(_NARROWEST), self._theme.scaled(_HEIGHT))

    @override
    def keyPressEvent(self, event: QKeyEvent) -> None:
        if event.key() in _REMOVE_KEYS and self.remove_button is not None:
            self.remove_requested.emit()
            return
        super().keyPressEvent(event)

    @override
    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self._place_x()

    @override
    def changeEvent(self, event: QEvent) -> None:
        super().changeEvent(event)
        self._place_x()

    @override
    def paintEvent(self, event: QPaintEvent) -> None:
        del event
        theme, painter = self._theme, QPainter(self)
        rect = QRectF(self.rect())
        if self.has_ring:
            rect = draw_ring(painter, rect, Radius.CODE, theme.color("focus"))
        fill: Role = "pressed" if self.isDown() else "hover" if self.is_hovered else "bg"
        line: Role = "danger" if self._is_wrong else "border"
        if self._is_wrong and not self.is_hovered:
            fill = "danger_soft"
        draw_box(painter, rect, Radius.CODE, fill=theme.color(fill), line=theme.color(line))
        size = theme.scaled(Size.ICON)
        ink: Role = "danger" if self._is_wrong else "muted"
        pixmap = theme.pixmap(self._icon, ink, Size.ICON, self.devicePixelRatio())
        painter.drawPixmap(QPoint(theme.scaled(_PAD), (self.height() - size) // 2), pixmap)
        middle = self.height() // 2
        room = self.width() - self._text_x - self._right
        name = QRect(self._text_x, 0, room, middle + 1)
        self._line(painter, name, self.text(), TypeSize.CODE, "text", is_name=True)
        below = QRect(self._text_x, middle + 1, room, middle)
        self._line(painter, below, self._details, TypeSize.SMALL, ink, is_name=False)

    def _line(
        self,
        painter: QPainter,
        box: QRect,
        text: str,
        size: int,
        ink: Role,
        *,
        is_name: bool,
    ) -> None:
        font = self._theme.fonts.text(size)
        mode = Qt.TextElideMode.ElideMiddle if is_name else Qt.TextElideMode.ElideRight
        painter.setFont(font)
        painter.setPen(self._theme.color(ink))
        shown = QFontMetrics(font).elidedText(text, mode, box.width())
        edge = Qt.AlignmentFlag.AlignBottom if is_name else Qt.AlignmentFlag.AlignTop
        painter.drawText(box, int(Qt.AlignmentFlag.AlignLeft | edge), shown)

    @property
    def _text_x(self) -> int:
        return self._theme.scaled(_PAD + Size.ICON) + Space.GAP

    @property
    def _right(self) -> int:
        """What lies behind the words."""
        x = self._theme.scaled(_X) + Space.TINY if self.remove_button is not None else 0
        return x + self._theme.scaled(_PAD if not x else Space.SMALL)

    def _place_x(self) -> None:
        if getattr(self, "remove_button", None) is None or self.remove_button is None:
            return
        size = self.remove_button.sizeHint()
        x = self.width() - size.width() - self._theme.scaled(Space.SMALL)
        self.remove_button.setGeometry(
            x, (self.height() - size.height()) // 2, size.width(), size.height()
        )

"""A line of text to fill in, with an icon before it and a key hint while it is empty."""

from __future__ import annotations

from PySide6.QtCore import QPoint, QRect, QSize, Qt
from PySide6.QtGui import QFontMetrics, QPainter, QPaintEvent
from PySide6.QtWidgets import QLineEdit, QWidget
from typing_extensions import override

from ui.theme.theme import Theme
from ui.theme.tokens import Size, Space, TypeSize


class Field(QLineEdit):
    """One line of text.

    Args:
        theme: the look.
        name: its accessible name, already in the user's language.
        placeholder: shown while it is empty.
        icon: a Lucide name, or "".
        key_hint: the key that leads here, shown while it is empty and not in use.
        parent: the widget it lives in.
    """

    def __init__(
        self,
        theme: Theme,
        name: str,
        *,
        placeholder: str = "",
        icon: str = "",
        key_hint: str = "",
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(parent)
        self._theme = theme
        self._icon = icon
        self._key_hint = key_hint
        self.setProperty("look", "field")
        self.setAccessibleName(name)
        self.setPlaceholderText(placeholder)
        theme.changed.connect(self._follow_theme)
        self._follow_theme()

    @override
    def sizeHint(self) -> QSize:
        return QSize(super().sizeHint().width(), self._theme.scaled(Size.FIELD))

    @override
    def minimumSizeHint(self) -> QSize:
        return QSize(self._theme.scaled(80), self._theme.scaled(Size.FIELD))

    @override
    def paintEvent(self, event: QPaintEvent) -> None:
        super().paintEvent(event)
        painter = QPainter(self)
        if self._icon:
            size = self._theme.scaled(Size.ICON_SMALL)
            ratio = self.devicePixelRatio()
            pixmap = self._theme.pixmap(self._icon, "muted", Size.ICON_SMALL, ratio)
            painter.drawPixmap(QPoint(Space.ROOM - 2, (self.height() - size) // 2), pixmap)
        if self._key_hint and not self.text() and not self.hasFocus() and self._has_room():
            painter.setFont(self._theme.fonts.text(TypeSize.HINT))
            painter.setPen(self._theme.color("subtle"))
            box = QRect(0, 0, self.width() - Space.ROOM, self.height())
            flags = Qt.AlignmentFlag.AlignVCenter | Qt.AlignmentFlag.AlignRight
            painter.drawText(box, int(flags), self._key_hint)

    def _has_room(self) -> bool:
        hint = QFontMetrics(self._theme.fonts.text(TypeSize.HINT)).horizontalAdvance(self._key_hint)
        words = QFontMetrics(self.font()).horizontalAdvance(self.placeholderText())
        icon = self._theme.scaled(Size.ICON_SMALL) if self._icon else 0
        return hint + words + icon + 4 * Space.ROOM < self.width()

    def _follow_theme(self) -> None:
        self.setFont(self._theme.fonts.text(TypeSize.CONTROL))
        icon = self._theme.scaled(Size.ICON_SMALL) + Space.SMALL if self._icon else 0
        self.setTextMargins(icon, 0, 0, 0)
        self.setMinimumHeight(self._theme.scaled(Size.FIELD))
        self.updateGeometry()

"""Which folder something goes into, in one line."""

from __future__ import annotations

from pathlib import Path

from PySide6.QtCore import QPoint, QRect, QRectF, QSize, Qt
from PySide6.QtGui import QFontMetrics, QPainter, QPaintEvent
from PySide6.QtWidgets import QSizePolicy, QWidget
from typing_extensions import override

from app.words import Words
from ui.controls.painting import draw_box
from ui.first_start.wording import place
from ui.theme.theme import Theme
from ui.theme.tokens import Radius, Size, Space, TypeSize


class FolderLine(QWidget):
    """A folder; its first steps give way where there is no room.  The tooltip has all of it."""

    def __init__(self, theme: Theme, words: Words) -> None:
        super().__init__()
        self._theme = theme
        self._words = words
        self._path: Path | None = None
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        theme.changed.connect(self.updateGeometry)
        theme.changed.connect(self.update)

    @property
    def path(self) -> Path:
        """The folder; the home folder before it is known."""
        return self._path or Path.home()

    def show_path(self, path: Path) -> None:
        """Show another folder."""
        self._path = path
        self.setToolTip(str(path))
        self.setAccessibleName(self._words("Folder: {path}", path=path))
        self.update()

    @override
    def sizeHint(self) -> QSize:
        return QSize(self._theme.scaled(240), self._theme.scaled(Size.FIELD))

    @override
    def minimumSizeHint(self) -> QSize:
        return QSize(self._theme.scaled(90), self._theme.scaled(Size.FIELD))

    @override
    def paintEvent(self, event: QPaintEvent) -> None:
        del event
        theme, painter = self._theme, QPainter(self)
        line = theme.color("edge")
        draw_box(painter, QRectF(self.rect()), Radius.BUTTON, fill=theme.color("bg"), line=line)
        icon = theme.scaled(Size.ICON_SMALL)
        pixmap = theme.pixmap("folder", "muted", Size.ICON_SMALL, self.devicePixelRatio())
        painter.drawPixmap(QPoint(Space.ROOM, (self.height() - icon) // 2), pixmap)
        font = theme.fonts.text(TypeSize.CONTROL)
        left = Space.ROOM + icon + Space.GAP
        box = QRect(left, 0, self.width() - left - Space.ROOM, self.height())
        text = QFontMetrics(font).elidedText(
            place(self._path) if self._path else "", Qt.TextElideMode.ElideLeft, box.width()
        )
        painter.setFont(font)
        painter.setPen(theme.color("text"))
        painter.drawText(box, int(Qt.AlignmentFlag.AlignVCenter), text)

"""The download that is going on, told over the chat; leads back to its page."""

from __future__ import annotations

from typing import Final

from PySide6.QtCore import QPoint, QRect, QRectF, QSize, Qt
from PySide6.QtGui import QFontMetrics, QPainter, QPaintEvent
from PySide6.QtWidgets import QSizePolicy
from typing_extensions import override

from app.models.values import Download, DownloadState
from app.words import Words
from ui.controls.button import PaintedButton
from ui.controls.painting import RING, draw_box
from ui.models.wording import joined, time_left
from ui.theme.theme import Theme
from ui.theme.tokens import Role, Size, Space, TypeSize

_HEIGHT: Final = 30
_BAR: Final = 2


class DownloadStrip(PaintedButton):
    """One line, as high as it must be, with how far it is along its lower edge.

    It is no live region: its name has the percentage for who comes to it.
    """

    def __init__(self, theme: Theme, words: Words) -> None:
        super().__init__(theme)
        self._words = words
        self._fraction = 0.0
        self._is_problem = False
        self.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Fixed)
        self.setToolTip(words("Show the download"))

    def show_download(self, download: Download) -> None:
        """Show a download as it stands."""
        words, name = self._words, download.model.name
        total = download.total_bytes
        self._fraction = download.done_bytes / total if total else 0.0
        self._is_problem = download.state is DownloadState.FAILED
        percent = words("{name}: {percent} %", name=name, percent=int(100 * self._fraction))
        more = {
            DownloadState.PAUSED: words("paused"),
            DownloadState.FAILED: words("stopped"),
            DownloadState.WAITING: words("waiting for the network"),
            DownloadState.VERIFYING: words("being checked"),
        }.get(download.state, "")
        if not more and download.seconds_left is not None:
            more = time_left(words, download.seconds_left)
        text = joined(percent, more)
        if text != self.text():
            self.setText(text)
            self.setAccessibleName(words("Download of {name}", name=text))
        self.update()

    @override
    def sizeHint(self) -> QSize:
        return QSize(Size.WINDOW_MIN, self._theme.scaled(_HEIGHT))

    @override
    def minimumSizeHint(self) -> QSize:
        return QSize(0, self._theme.scaled(_HEIGHT))

    @override
    def paintEvent(self, event: QPaintEvent) -> None:
        del event
        theme, painter, rect = self._theme, QPainter(self), QRectF(self.rect())
        painter.fillRect(rect, theme.color("hover" if self.is_hovered else "surface"))
        icon, left = theme.scaled(Size.ICON_SMALL), Space.PAD + Space.TINY
        role: Role = "danger" if self._is_problem else "muted"
        pixmap = theme.pixmap("download", role, Size.ICON_SMALL, self.devicePixelRatio())
        painter.drawPixmap(QPoint(left, (self.height() - icon) // 2), pixmap)
        font = theme.fonts.text(TypeSize.SMALL)
        start = left + icon + Space.GAP
        box = QRect(start, 0, self.width() - start - Space.PAD, self.height() - _BAR)
        elided = Qt.TextElideMode.ElideRight
        text = QFontMetrics(font).elidedText(self.text(), elided, box.width())
        painter.setFont(font)
        painter.setPen(theme.color("danger" if self._is_problem else "text"))
        painter.drawText(box, int(Qt.AlignmentFlag.AlignVCenter), text)
        track = QRectF(0, self.height() - _BAR, self.width(), _BAR)
        painter.fillRect(track, theme.color("track"))
        track.setWidth(self.width() * min(1.0, self._fraction))
        painter.fillRect(track, theme.color("accent"))
        if self.has_ring:
            draw_box(painter, rect, 0, line=theme.color("focus"), width=RING)

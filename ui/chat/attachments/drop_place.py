"""The place that says: let go of the files here.  It lies over the chat while files are dragged."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Final

from PySide6.QtCore import QEvent, QObject, QRectF, Qt, Signal
from PySide6.QtGui import QDragLeaveEvent, QDropEvent, QPainter, QPaintEvent, QResizeEvent
from PySide6.QtWidgets import QWidget
from typing_extensions import override

from app.words import Words
from ui.chat.attachments.clipboard import files_in
from ui.controls.painting import draw_box
from ui.theme.theme import Theme
from ui.theme.tokens import Radius, Size, Space, TypeSize

_VEIL: Final = 225
"""How much of the chat behind it is covered, of 255."""


class DropPlace(QWidget):
    """Covers a widget while files are dragged over it.

    Signals:
        dropped: (paths: tuple[Path, ...]) files of this computer.

    Args:
        theme: the look.
        words: the user's language.
        host: what files can be dropped on.
        title: what happens with them; None attaches them.
        kinds: which files.
        icon: a Lucide name.
    """

    dropped = Signal(object)

    def __init__(
        self,
        theme: Theme,
        words: Words,
        host: QWidget,
        *,
        title: str | None = None,
        kinds: str | None = None,
        icon: str = "paperclip",
    ) -> None:
        super().__init__(host)
        self._theme = theme
        self._host = host
        self._icon = icon
        self._title = title or words("Drop files to attach them")
        self._kinds = kinds or words("Text, Markdown, code, CSV, PDF, Word and HTML")
        self.sift: Callable[[tuple[Path, ...]], tuple[Path, ...]] = lambda paths: paths
        """Takes files that are not for this place; returns the others."""
        self.setAccessibleName(self._title)
        # The host stays what the pointer is over: else showing this would end the drag over it.
        self.setAttribute(Qt.WidgetAttribute.WA_TransparentForMouseEvents)
        self.hide()

    def begin(self) -> None:
        """Take files from now on; somebody is there who attaches them."""
        self._host.setAcceptDrops(True)
        self._host.installEventFilter(self)

    @override
    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        match event:
            case QDropEvent() if files_in(event.mimeData()):
                return self._on_drag(event)  # entering and moving are drops, too
            case QDragLeaveEvent():
                self.hide()
            case QResizeEvent():
                self.setGeometry(self._host.rect())
        return False

    def _on_drag(self, event: QDropEvent) -> bool:
        event.setDropAction(Qt.DropAction.CopyAction)
        event.accept()
        if event.type() == QEvent.Type.Drop:
            self.hide()
            left = self.sift(files_in(event.mimeData()))
            if left:
                self.dropped.emit(left)
        elif not self.isVisible():
            self.setGeometry(self._host.rect())
            self.raise_()
            self.show()
        return True

    @override
    def paintEvent(self, event: QPaintEvent) -> None:
        del event
        theme, painter = self._theme, QPainter(self)
        veil = theme.color("bg")
        veil.setAlpha(_VEIL)
        painter.fillRect(self.rect(), veil)
        pad = theme.scaled(Space.PAD)
        box = QRectF(self.rect()).adjusted(pad, pad, -pad, -pad)
        draw_box(
            painter,
            box,
            Radius.COMPOSER,
            fill=theme.color("soft"),
            line=theme.color("accent"),
            width=2.0,
        )
        middle = box.center()
        icon = theme.scaled(2 * Size.ICON)
        pixmap = theme.pixmap(self._icon, "accent", 2 * Size.ICON, self.devicePixelRatio())
        painter.drawPixmap(round(middle.x() - icon / 2), round(middle.y() - 1.6 * icon), pixmap)
        flags = int(Qt.AlignmentFlag.AlignHCenter | Qt.TextFlag.TextWordWrap)
        room = box.adjusted(pad, 0, -pad, 0)
        painter.setFont(theme.fonts.text(TypeSize.CARD_TITLE, bold=True))
        painter.setPen(theme.color("text"))
        room.setTop(middle.y())
        painter.drawText(room, flags, self._title)
        room.setTop(middle.y() + theme.scaled(2 * Space.PAD))
        painter.setFont(theme.fonts.text(TypeSize.CODE))
        painter.setPen(theme.color("muted"))
        painter.drawText(room, flags, self._kinds)

"""A small window over all others: ask something, read the answer, go on with what you did."""

from __future__ import annotations

from typing import Final

from PySide6.QtCore import QRectF, Qt, QTimer, Signal
from PySide6.QtGui import QGuiApplication, QKeyEvent, QMouseEvent, QPainter, QPaintEvent
from PySide6.QtWidgets import QHBoxLayout, QVBoxLayout, QWidget
from typing_extensions import override

from app.chats.service import ChatService
from app.settings import SettingsFile
from app.words import Words
from ui.actions import ActionId, make_action
from ui.controls.button import ButtonKind, IconButton, TextButton
from ui.controls.label import ElidedLabel
from ui.controls.painting import draw_box
from ui.desktop.side_chat import SideChat, ToldBefore
from ui.theme.theme import Theme
from ui.theme.tokens import Space, TypeSize

_WIDTH: Final = 640
_HEIGHT: Final = 560
_FROM_TOP: Final = 0.18
"""Where it comes up: so much of the screen is above it."""


class QuickAsk(QWidget):
    """One composer and the answer below; each time it comes up it is empty.

    Unless an answer is still being written: then it is that which is wanted.

    Signals:
        opened: (chat_id: ChatId) the user wants to go on in the window.

    Args:
        theme: the look.
        words: the user's language.
        service: the one there is; what is asked here is a chat of its own.
        settings: what holds everywhere.
        before: what was told before this was there.
    """

    opened = Signal(object)

    def __init__(
        self,
        theme: Theme,
        words: Words,
        service: ChatService,
        settings: SettingsFile,
        before: ToldBefore,
    ) -> None:
        hints = Qt.WindowType
        super().__init__(
            None, hints.Window | hints.FramelessWindowHint | hints.WindowStaysOnTopHint
        )
        self._theme = theme
        self._words = words
        self._is_empty = True
        self.setWindowTitle(words("Quick ask"))
        self.setAttribute(Qt.WidgetAttribute.WA_QuitOnClose, on=False)
        self.chat = SideChat(theme, words, service, settings, before, self)
        self.title = ElidedLabel(theme, words("Quick ask"), size=TypeSize.CONTROL, bold=True)
        self.open_button = TextButton(
            theme, words("Open in Sotto"), kind=ButtonKind.GHOST, icon="external-link", compact=True
        )
        self.close_button = IconButton(theme, "x", words("Hide"), key_hint="Esc")
        self._lay_out()
        self.chat.panel.set_bare()
        self.chat.panel.empty_shown.connect(self._on_empty)
        self.chat.panel.composer.files.fitted.connect(self._fit_later)
        self.chat.title_changed.connect(self._show_title)
        self.open_button.clicked.connect(self._open)
        self.close_button.clicked.connect(self.hide)
        make_action(words, ActionId.CLOSE_WINDOW, self, self.hide)
        theme.changed.connect(self.update)
        self._show_title("")

    def summon(self) -> None:
        """Come up over everything with the caret in the composer; a second time it goes."""
        if self.isVisible() and self.isActiveWindow():
            self.hide()
            return
        if not self.isVisible():
            if not self.chat.view.is_busy:
                self.chat.view.begin()
            self._place()
        self.show()
        self.raise_()
        self.activateWindow()
        self.chat.panel.focus_composer()
        self._fit_later()

    def end(self) -> None:
        """Let go of the chat; Sotto ends."""
        self.chat.close()
        self.close()

    @override
    def keyPressEvent(self, event: QKeyEvent) -> None:
        if event.key() == Qt.Key.Key_Escape:
            self.hide()
            return
        super().keyPressEvent(event)

    @override
    def mousePressEvent(self, event: QMouseEvent) -> None:
        handle = self.windowHandle()
        if event.button() == Qt.MouseButton.LeftButton:
            handle.startSystemMove()  # it has no frame to be moved by

    @override
    def paintEvent(self, event: QPaintEvent) -> None:
        del event
        line = self._theme.color("edge")
        draw_box(QPainter(self), QRectF(self.rect()), 0, fill=self._theme.color("bg"), line=line)

    def _lay_out(self) -> None:
        head = QHBoxLayout()
        head.setContentsMargins(Space.PAD, Space.GAP, Space.GAP, 0)
        head.setSpacing(Space.GAP)
        head.addWidget(self.title, stretch=1)
        head.addWidget(self.open_button)
        head.addWidget(self.close_button)
        self._column = column = QVBoxLayout(self)
        column.setContentsMargins(1, 1, 1, 1)
        column.setSpacing(Space.TINY)
        column.addLayout(head)
        column.addWidget(self.chat.panel, stretch=1)

    def _show_title(self, title: str) -> None:
        self.title.setText(title or self._words("Quick ask"))
        self.open_button.setVisible(bool(title))

    def _open(self) -> None:
        chat_id = self.chat.view.id
        if chat_id is not None:
            self.hide()
            self.opened.emit(chat_id)

    def _place(self) -> None:
        screen = QGuiApplication.screenAt(self.cursor().pos()) or QGuiApplication.primaryScreen()
        room = screen.availableGeometry()
        width = min(self._theme.scaled(_WIDTH), room.width())
        x = room.x() + (room.width() - width) // 2
        self.setFixedWidth(width)
        self.move(x, room.y() + round(room.height() * _FROM_TOP))
        self._fit()

    def _on_empty(self, is_empty: bool) -> None:
        self._is_empty = is_empty
        self._fit()

    def _fit_later(self) -> None:
        """The layouts still count what was just hidden, or not yet what is shown."""
        QTimer.singleShot(0, self, self._fit)

    def _fit(self) -> None:
        """As high as the composer alone until something is asked."""
        height = self._theme.scaled(_HEIGHT)
        if self._is_empty:
            height = self._column.minimumSize().height()
        self.setFixedHeight(height)

"""Sotto in the tray: a menu, a mark for what is new, and the window that goes there to rest."""

from __future__ import annotations

from collections.abc import Callable
from typing import Final

from PySide6.QtCore import QEvent, QObject, QPointF, Signal
from PySide6.QtGui import QCloseEvent, QColor, QIcon, QPainter, QPixmap
from PySide6.QtWidgets import QApplication, QMainWindow, QMenu, QSystemTrayIcon
from typing_extensions import override

from app.chats.changes import ChatChange, ChatMark, ChatMarksChanged
from app.chats.ids import ChatId
from app.words import Words
from ui.actions import ActionId, Actions
from ui.controls.signs import paint_logo
from ui.theme.theme import Theme

_EDGE: Final = 64
IN_MENU: Final = (ActionId.NEW_CHAT, ActionId.QUICK_ASK)


class Tray(QObject):
    """The icon and its menu.

    Signals:
        opened: show the window.
        quit_wanted: end Sotto.

    Args:
        theme: the look.
        words: the user's language.
        actions: of the window.
        parent: owns it.
    """

    opened = Signal()
    quit_wanted = Signal()

    def __init__(self, theme: Theme, words: Words, actions: Actions, parent: QObject) -> None:
        super().__init__(parent)
        self._theme = theme
        self._words = words
        self._actions = actions
        self._is_new = False
        self.menu = QMenu()
        self.icon = QSystemTrayIcon(self)
        self.icon.setContextMenu(self.menu)
        self.icon.activated.connect(self._on_activated)
        self.menu.aboutToShow.connect(self._fill)
        theme.changed.connect(self._draw)
        self._fill()
        self._draw()

    def set_shown(self, is_shown: bool) -> None:
        """Show the icon, or take it away."""
        self.icon.setVisible(is_shown)

    def apply(self, change: ChatChange) -> None:
        """Take a change of the chat service."""
        if isinstance(change, ChatMarksChanged):
            news = (ChatMark.UNREAD, ChatMark.ASKING)
            is_new = any(mark in news for mark in change.marks.values())
            if is_new != self._is_new:
                self._is_new = is_new
                self._draw()

    def tell(self, chat_id: ChatId, title: str, text: str) -> None:
        """Show a notice where there is no service for them; a click opens the window."""
        del chat_id
        self.icon.showMessage(title, text, self.icon.icon())

    def withdraw(self) -> None:
        """Such notices go by themselves."""

    def say_it_stays(self) -> None:
        """The window has gone here for the first time."""
        self.icon.showMessage(
            self._words("Sotto keeps running"),
            self._words("It rests here in the tray; its menu ends it."),
            self.icon.icon(),
        )

    def _fill(self) -> None:
        words, menu = self._words, self.menu
        menu.clear()
        menu.addAction(words("Open Sotto")).triggered.connect(lambda _=False: self.opened.emit())
        for bound in self._actions.all:
            if bound.spec.id in IN_MENU:
                row = menu.addAction(words(bound.spec.words))
                row.setEnabled(not bound.why_not())
                row.triggered.connect(lambda _=False, id_=bound.spec.id: self._run(id_))
        menu.addSeparator()
        menu.addAction(words("Quit")).triggered.connect(lambda _=False: self.quit_wanted.emit())

    def _run(self, action_id: ActionId) -> None:
        if action_id is not ActionId.QUICK_ASK:
            self.opened.emit()
        self._actions.run(action_id)

    def _on_activated(self, reason: QSystemTrayIcon.ActivationReason) -> None:
        if reason == QSystemTrayIcon.ActivationReason.Trigger:
            self.opened.emit()

    def _draw(self) -> None:
        self.icon.setIcon(QIcon(tray_pixmap(self._theme, is_new=self._is_new)))
        new = self._words("Sotto: something new")
        self.icon.setToolTip(new if self._is_new else "Sotto")


def tray_pixmap(theme: Theme, *, is_new: bool) -> QPixmap:
    """Sotto's sign, with a dot where there is something new."""
    pixmap = QPixmap(_EDGE, _EDGE)
    pixmap.fill(QColor(0, 0, 0, 0))
    painter = QPainter(pixmap)
    paint_logo(painter, theme, float(_EDGE))
    if is_new:
        painter.setPen(theme.color("bg"))
        painter.setBrush(theme.color("danger"))
        painter.drawEllipse(QPointF(_EDGE - 13, 13), 12, 12)
    painter.end()
    return pixmap


class RestsInTray(QObject):
    """A window that its frame's button would close is hidden while the tray holds Sotto.

    Closing it otherwise (Quit, the end of the session) closes it.

    Args:
        window: the first window; owns this.
        is_on: whether the user wants that and there is a tray.
        on_hidden: told each time.
    """

    def __init__(
        self, window: QMainWindow, is_on: Callable[[], bool], on_hidden: Callable[[], None]
    ) -> None:
        super().__init__(window)
        self._window = window
        self._is_on = is_on
        self._on_hidden = on_hidden
        window.installEventFilter(self)

    @override
    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        if isinstance(event, QCloseEvent) and event.spontaneous() and self._is_on():
            event.ignore()
            QApplication.setQuitOnLastWindowClosed(False)  # other windows may be closed meanwhile
            self._window.hide()
            self._on_hidden()
            return True
        return super().eventFilter(watched, event)

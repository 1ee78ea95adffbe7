"""Locks a window and opens it again."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, QTimer, Signal
from PySide6.QtGui import QAction
from PySide6.QtWidgets import QApplication, QDialog, QMenu, QWidget

from app.chats.changes import ChatOpened, ChatsChanged
from app.chats.ids import ChatId
from app.chats.values import Problem
from app.chores import Chores
from app.locking import LockKeeper
from app.settings import Settings
from app.words import Words
from ui.actions import ActionId
from ui.settings_doors import SettingsDoors
from ui.theme.theme import Theme
from ui.window import MainWindow

if TYPE_CHECKING:
    from ui.lock.desktop import DesktopLocks
    from ui.lock.idle import IdleWatch
    from ui.lock.page import LockPage


class LockDoor(QObject):
    """While it is locked, nothing of the chats is in any widget, and no action does anything.

    Answers go on being written and stored.  What the lock is made of is made when it is first
    wanted.

    Signals:
        locked, unlocked: for who shows chats elsewhere.

    Args:
        window: what is locked.
        theme: the look.
        words: the user's language.
        keeper: says who may open it.
        chores: where passphrases are looked at.
        settings_doors: forget what the settings show.
        open_chat: has a chat shown; None a new one.
    """

    locked = Signal()
    unlocked = Signal()

    def __init__(
        self,
        window: MainWindow,
        theme: Theme,
        words: Words,
        keeper: LockKeeper,
        chores: Chores,
        settings_doors: SettingsDoors,
        open_chat: Callable[[ChatId | None], None],
    ) -> None:
        super().__init__(window)
        self._window, self._theme, self._words = window, theme, words
        self._keeper, self._chores = keeper, chores
        self._settings_doors, self._open_chat = settings_doors, open_chat
        self.page: LockPage | None = None
        self._idle: IdleWatch | None = None
        self._desktop: DesktopLocks | None = None
        self._is_with_desktop = self._is_locked = False
        self._chat_id: ChatId | None = None
        self._typed = ""
        self._stopped: list[QAction] = []
        window.actions_here.add(ActionId.LOCK, self.lock)

    @property
    def is_locked(self) -> bool:
        """Whether the window is locked."""
        return self._is_locked

    def follow(self, settings: Settings) -> None:
        """Lock by itself as the settings say."""
        if settings.lock_minutes and self._idle is None:
            from ui.lock.idle import IdleWatch  # noqa: PLC0415 - for who wants it

            self._idle = IdleWatch(QApplication.instance() or QApplication([]))
            self._idle.idle.connect(self.lock)
        if self._idle is not None:
            self._idle.set_minutes(settings.lock_minutes)
        self._is_with_desktop = settings.lock_with_desktop
        if self._is_with_desktop and self._desktop is None:
            from ui.lock.desktop import DesktopLocks  # noqa: PLC0415 - for who wants it

            self._desktop = DesktopLocks(self)
            self._desktop.locked.connect(self._on_desktop)

    def lock(self) -> None:
        """Lock the window now."""
        if self.is_locked:
            return
        window = self._window
        self._chat_id = window.chat_id
        window.panel.drafts.tell()
        window.curtain.close()
        self._close_others()
        self._forget_texts()
        page = self._made_page()
        page.show_way(self._keeper.way())
        self._is_locked = True
        window.rooms.setCurrentWidget(page)
        self._stop_actions()
        page.focus()
        QTimer.singleShot(0, page.focus)  # what was closed may have given the focus away
        self.locked.emit()

    def _on_desktop(self) -> None:
        if self._is_with_desktop:
            self.lock()

    def _made_page(self) -> LockPage:
        if self.page is None:
            from ui.lock.page import LockPage  # noqa: PLC0415 - most windows are never locked

            self.page = LockPage(self._theme, self._words)
            self.page.unlock_wanted.connect(self._try)
            self._window.rooms.addWidget(self.page)
            self._window.rooms.currentChanged.connect(self._stay)
        return self.page

    def _stay(self) -> None:
        """Whoever leads to another room, from the tray or a notice, leads to the lock."""
        if self._is_locked and self.page is not None:
            self._window.rooms.setCurrentWidget(self.page)
            QTimer.singleShot(0, self.page.focus)

    def _close_others(self) -> None:
        """Dialogs, menus and hints over the window."""
        for widget in QApplication.topLevelWidgets():
            if isinstance(widget, QDialog | QMenu) and self._is_ours(widget):
                widget.close()
        for dialog in self._window.findChildren(QDialog):
            dialog.close()

    def _is_ours(self, widget: QWidget) -> bool:
        parent = widget.parentWidget()
        return parent is not None and parent.window() is self._window

    def _forget_texts(self) -> None:
        window, composer = self._window, self._window.panel.composer
        window.show_change(ChatOpened(None, ()))
        window.show_change(ChatsChanged((), None))
        self._typed = composer.text
        self._set_typed("")
        window.sidebar.filter.clear()
        window.banner.dismiss()
        window.inspector.forget()
        window.doors.palette.forget()
        window.panel.tools.source.leave()
        window.show_chats()
        self._settings_doors.forget()

    def _set_typed(self, text: str) -> None:
        """Not as an edit: the draft that is kept stays as it is."""
        composer = self._window.panel.composer
        composer.blockSignals(True)
        composer.set_text(text)
        composer.blockSignals(False)

    def _stop_actions(self) -> None:
        quit_action = {one.spec.id: one for one in self._window.actions_here.all}[ActionId.QUIT]
        self._stopped = [
            action
            for action in self._window.findChildren(QAction)
            if action.isEnabled() and action is not quit_action.action
        ]
        for action in self._stopped:
            action.setEnabled(False)

    def _try(self, passphrase: str) -> None:
        page = self._made_page()
        page.say("")
        page.set_working(is_working=True)
        self._chores.run(lambda: self._keeper.may_open(passphrase), self._end, self._fail)

    def _end(self, may_open: bool) -> None:
        page = self._made_page()
        page.set_working(is_working=False)
        if not may_open:
            page.say(self._words("This passphrase does not fit."))
            return
        page.field.field.clear()
        self._unlock()

    def _fail(self, problem: Problem) -> None:
        page = self._made_page()
        page.set_working(is_working=False)
        said = [problem.title, problem.hint]
        page.say(" ".join(self._words(one, **problem.fields) for one in said if one))

    def _unlock(self) -> None:
        window = self._window
        for action in self._stopped:
            action.setEnabled(True)
        self._stopped = []
        self._set_typed(self._typed)
        self._typed = ""
        self._is_locked = False
        window.rooms.setCurrentWidget(window.drawer)
        window.curtain.open()
        self._open_chat(self._chat_id)
        window.panel.focus_composer()
        self.unlocked.emit()

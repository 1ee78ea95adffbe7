"""What Sotto does beyond its window: more windows, quick ask, tray, notices, wishes of others."""

from __future__ import annotations

import os
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject
from PySide6.QtGui import QGuiApplication
from PySide6.QtWidgets import QApplication, QMainWindow, QSystemTrayIcon

from app.chats.changes import ChatChange
from app.chats.ids import ChatId
from app.chats.service import ChatService
from app.current_settings import CurrentSettings
from app.settings import Settings, SettingsFile
from app.words import Words
from ui.actions import ActionId, Actions
from ui.chat.composer import Composer
from ui.desktop.instance import Wanted, Wish
from ui.desktop.quick_key import QuickKey
from ui.desktop.side_chat import ToldBefore
from ui.first_frame import AfterFirstFrame
from ui.theme.theme import Theme
from ui.window import MainWindow

if TYPE_CHECKING:
    from ui.desktop.bus import SessionBus
    from ui.desktop.chat_window import ChatWindow
    from ui.desktop.notices import AnswerNotices, Detail, Teller
    from ui.desktop.quick_ask import QuickAsk
    from ui.desktop.tray import Tray


class DesktopDoor(QObject):
    """Belongs to the first window; what is not wanted is not made.  UI thread.

    Args:
        theme: the look.
        words: the user's language.
        service: the one there is.
        window: the first window.
        current: the settings in force.
        file: where they are kept.
        quick_key: hears the keys of the quick ask.
        environ: the process's environment.
    """

    def __init__(
        self,
        theme: Theme,
        words: Words,
        service: ChatService,
        window: MainWindow,
        current: CurrentSettings,
        file: SettingsFile,
        quick_key: QuickKey,
        environ: Mapping[str, str] = os.environ,
    ) -> None:
        super().__init__(window)
        self._theme, self._words, self._service = theme, words, service
        self._window, self._current, self._file = window, current, file
        self._environ = environ
        self._before = ToldBefore()
        self._key = quick_key
        self._bus: SessionBus | None = None
        self._notices: AnswerNotices | None = None
        self._teller: Teller | None = None
        self.tray: Tray | None = None
        self.quick: QuickAsk | None = None
        self.windows: list[ChatWindow] = []
        self.equip: Callable[[Composer], object] = lambda _: None
        """Gives the composer of a further window what that of the first has."""
        self._is_closed = self._is_locked = False
        self._put_away: list[tuple[ChatId | None, str]] = []
        self._add_actions(window.actions_here)
        service.subscribe(self._take)
        quick_key.pressed.connect(self.ask_quickly)
        AfterFirstFrame(window, self._begin)

    def grant(self, wish: Wanted) -> None:
        """Do what another start of Sotto was for; a chat that is not there shows the window."""
        if isinstance(wish, Path):
            self._offer(wish)
        elif wish is Wish.SHOW or self._is_locked:
            self.show_window()
        elif not isinstance(wish, Wish):
            self._show_chat(wish)
        elif wish is Wish.NEW_WINDOW:
            self.open_window(None)
        else:
            self.ask_quickly()

    def show_window(self) -> None:
        """Bring the first window before the user's eyes."""
        QApplication.setQuitOnLastWindowClosed(True)
        _raise(self._window)

    def open_window(self, chat_id: ChatId | None) -> ChatWindow:
        """Show a chat in a window of its own; one that is shown so already comes forward."""
        from ui.desktop.chat_window import ChatWindow  # noqa: PLC0415 - not before it is wanted

        for window in self.windows:
            if chat_id is not None and window.chat.view.id == chat_id:
                _raise(window)
                return window
        made = ChatWindow(
            self._theme, self._words, self._service, self._file, self._before, chat_id
        )
        made.chat.attach.use(self._window.attach)
        self.equip(made.chat.panel.composer)
        self.windows.append(made)
        made.destroyed.connect(lambda: self.windows.remove(made))
        made.show()
        return made

    def ask_quickly(self) -> None:
        """Bring the quick ask, or take it away where it has the focus."""
        if self._is_locked:
            self.show_window()
            return
        if self.quick is None:
            from ui.desktop.quick_ask import QuickAsk  # noqa: PLC0415 - not before it is wanted

            self.quick = QuickAsk(self._theme, self._words, self._service, self._file, self._before)
            self.quick.opened.connect(self._show_chat)
            self.quick.chat.attach.use(self._window.attach)
        self.quick.summon()

    def lock(self) -> None:
        """The first window is locked: nothing of the chats is shown anywhere else."""
        self._is_locked = True
        for window in tuple(self.windows):
            self._put_away.append((window.chat.view.id, window.chat.panel.composer.text))
            window.close()
        if self.quick is not None:
            self.quick.end()
            self.quick.deleteLater()
            self.quick = None
        if self._teller is not None:
            self._teller.withdraw()

    def unlock(self) -> None:
        """What was put away comes back."""
        self._is_locked = False
        put_away, self._put_away = self._put_away, []
        for chat_id, typed in put_away:
            self.open_window(chat_id).chat.panel.drafts.put_back({chat_id: typed})

    def close(self) -> None:
        """Let go of everything; the first window is closed.  May be called twice."""
        if self._is_closed:
            return
        self._is_closed = True
        for window in tuple(self.windows):
            window.close()
        if self.quick is not None:
            self.quick.end()
        if self.tray is not None:
            self.tray.set_shown(is_shown=False)
        self._key.close()
        if self._bus is not None:
            self._bus.close()

    def _add_actions(self, actions: Actions) -> None:
        actions.add(ActionId.NEW_WINDOW, lambda: self.open_window(self._window.chat_id))
        actions.add(ActionId.QUICK_ASK, self.ask_quickly)

    def _begin(self) -> None:
        """What need not be there before the first frame."""
        if self._is_closed:
            return
        from ui.desktop.bus import SessionBus  # noqa: PLC0415 - see above
        from ui.desktop.notices import AnswerNotices, BusTeller  # noqa: PLC0415
        from ui.desktop.tray import RestsInTray, Tray  # noqa: PLC0415

        self.tray = Tray(self._theme, self._words, self._window.actions_here, self)
        self.tray.opened.connect(self.show_window)
        self.tray.quit_wanted.connect(self._quit)
        self._bus = SessionBus.open(self._environ, self)
        teller = self._teller = (
            BusTeller(self._bus, self._words, self._show_chat) if self._bus else self.tray
        )
        self._notices = AnswerNotices(self._words, teller, self._detail, _is_looking)
        RestsInTray(self._window, self._can_rest, self._on_rested)
        application = QGuiApplication.instance()
        if isinstance(application, QGuiApplication):
            application.focusWindowChanged.connect(self._on_focus)
        self._current.subscribe(self._follow)
        self._follow(self._current.value)

    def _follow(self, settings: Settings) -> None:
        self._key.hear(settings.quick_key)
        if self.tray is not None:
            self.tray.set_shown(is_shown=settings.rests_in_tray)

    def _take(self, change: ChatChange) -> None:
        self._before.take(change)
        if self.tray is not None:
            self.tray.apply(change)
        if self._notices is not None:
            self._notices.apply(change)

    def _on_focus(self) -> None:
        if self._teller is not None and _is_looking() and not self._is_closed:
            self._teller.withdraw()

    def _detail(self) -> Detail:
        chosen = self._current.value.notices
        return "bare" if self._is_locked and chosen != "off" else chosen

    def _can_rest(self) -> bool:
        is_wanted = self._current.value.rests_in_tray
        return is_wanted and QSystemTrayIcon.isSystemTrayAvailable()

    def _on_rested(self) -> None:
        if self.tray is not None and not self._current.value.has_rested:
            self._current.change(has_rested=True)
            self.tray.say_it_stays()

    def _show_chat(self, chat_id: ChatId) -> None:
        self.show_window()
        if self._is_locked:
            return
        self._window.show_chats()
        self._service.open_chat(chat_id)

    def _offer(self, model: Path) -> None:
        """As when it is dropped on the chat; behind a lock it waits there."""
        self.show_window()
        if not self._is_locked:
            self._window.show_chats()
        self._window.panel.drop_place.sift((model,))

    def _quit(self) -> None:
        self._window.close()
        QApplication.quit()


def _is_looking() -> bool:
    return QGuiApplication.focusWindow() is not None


def _raise(window: QMainWindow) -> None:
    """Show, un-minimise, and bring to the front as far as the desktop lets."""
    window.showNormal() if window.isMinimized() else window.show()
    window.raise_()
    window.activateWindow()

"""Private chats in a window: how they are begun, marked, kept, and forgotten on closing."""

from __future__ import annotations

from PySide6.QtCore import QEvent, QObject, Qt, Signal
from PySide6.QtWidgets import QMainWindow
from typing_extensions import override

from app.chats.changes import ChatChange, ChatOpened, ChatsChanged, MessageAdded
from app.chats.values import Chat
from app.words import Words
from ui.actions import ActionId
from ui.chat.panel import ChatPanel
from ui.chat_commands import KeepsPrivate
from ui.theme.theme import Theme
from ui.top_bar import TopBar
from ui.window_actions import WindowActions


class PrivateDoor(QObject):
    """Marks the private chats of a window and asks before they are forgotten.

    Signals:
        stayed: the user was asked and would rather not close.

    Args:
        theme: the look.
        words: the user's language.
        window: which is asked to close.
        rooms: the open chat and the bar over it.
        actions: get those of private chats.
        private: those of the service.
    """

    stayed = Signal()

    def __init__(
        self,
        theme: Theme,
        words: Words,
        window: QMainWindow,
        rooms: tuple[ChatPanel, TopBar],
        actions: WindowActions,
        private: KeepsPrivate,
    ) -> None:
        super().__init__(window)
        self._theme, self._words, self._window = theme, words, window
        self._panel, self._top_bar = rooms
        self._private = private
        self._chat: Chat | None = None
        self.is_settled = False
        """The window may close without a question."""
        actions.add(ActionId.NEW_PRIVATE_CHAT, actions.start_private_chat)
        actions.add(ActionId.KEEP_CHAT, self._keep, self._why_not_keep)
        self._top_bar.private_sign.keep_requested.connect(self._keep)
        window.installEventFilter(self)

    @override
    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        if watched is self._window and event.type() == QEvent.Type.Close and not self.may_close():
            event.ignore()
            return True
        return False

    def apply(self, change: ChatChange) -> None:
        """Follow which chat is open."""
        if isinstance(change, ChatOpened):
            self._show(change.chat)
        elif isinstance(change, ChatsChanged | MessageAdded) and self._is_private:
            self._top_bar.private_sign.can_keep = not self._why_not_keep()

    def may_close(self) -> bool:
        """Whether the window may close now; else the user is asked first, who may close it."""
        count = len(self._private.chats)
        if self.is_settled or not count:
            return True
        from ui.private_question import ask_to_forget  # noqa: PLC0415 - when it is asked

        asked = ask_to_forget(self._theme, self._words, self._window, count, self._close)
        asked.rejected.connect(self.stayed, Qt.ConnectionType.UniqueConnection)
        return False

    def _close(self) -> None:
        self.is_settled = True
        self._window.close()

    @property
    def _is_private(self) -> bool:
        return self._chat is not None and self._chat.is_private

    def _show(self, chat: Chat | None) -> None:
        self._chat = chat
        self._panel.composer.set_private(self._is_private)
        sign = self._top_bar.private_sign
        sign.can_keep = not self._why_not_keep()
        self._top_bar.show_private(is_private=self._is_private)

    def _keep(self) -> None:
        if self._chat is not None and not self._why_not_keep():
            self._private.keep(self._chat.id)

    def _why_not_keep(self) -> str:
        if self._chat is None or not self._is_private:
            return self._words("This chat is not private.")
        if all(one.id != self._chat.id for one in self._private.chats):
            return self._words("This chat is new and still empty.")
        return ""

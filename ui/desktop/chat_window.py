"""A second window over the same history and the same model: one chat, to read and to go on."""

from __future__ import annotations

from functools import partial

from PySide6.QtCore import QSize, Qt
from PySide6.QtGui import QCloseEvent
from PySide6.QtWidgets import QMainWindow
from typing_extensions import override

from app.chats.ids import ChatId
from app.chats.service import ChatService
from app.settings import SettingsFile
from app.words import Words
from ui.actions import ActionId, make_action
from ui.desktop.side_chat import SideChat, ToldBefore
from ui.theme.theme import Theme
from ui.theme.tokens import Size

_SIZE = QSize(760, 820)


class ChatWindow(QMainWindow):
    """Shows one chat.

    Args:
        theme: the look.
        words: the user's language.
        service: the one there is.
        settings: what holds in all windows.
        before: what was told before this window was there.
        chat_id: what to show; None for a new chat.
    """

    def __init__(
        self,
        theme: Theme,
        words: Words,
        service: ChatService,
        settings: SettingsFile,
        before: ToldBefore,
        chat_id: ChatId | None,
    ) -> None:
        super().__init__()
        self._words = words
        self._is_closed = False
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        self.chat = SideChat(theme, words, service, settings, before, self)
        self.setCentralWidget(self.chat.panel)
        self.setMinimumSize(Size.WINDOW_MIN, 420)
        self.resize(_SIZE)
        self.chat.title_changed.connect(self._show_title)
        make_action(words, ActionId.CLOSE_WINDOW, self, self.close)
        finding = self.chat.panel.finding
        make_action(words, ActionId.FIND_IN_CHAT, self, finding.open)
        make_action(words, ActionId.FIND_NEXT, self, partial(finding.step, forward=True))
        make_action(words, ActionId.FIND_PREVIOUS, self, partial(finding.step, forward=False))
        self._show_title("")
        if chat_id is None:
            self.chat.view.begin()
        else:
            self.chat.open(chat_id)
        self.chat.panel.focus_composer()

    @override
    def closeEvent(self, event: QCloseEvent) -> None:
        if not self._is_closed:
            self._is_closed = True
            self.chat.close()
        super().closeEvent(event)

    def _show_title(self, title: str) -> None:
        self.setWindowTitle(f"{title or self._words('New chat')} – Sotto")

"""The way from open panels of thoughts to the summaries of the chat service."""

from __future__ import annotations

from typing import Final

from PySide6.QtCore import QObject, Qt, QTimer

from app.chats.values import Message
from app.settings import Settings
from ui.chat.panel import ChatPanel
from ui.chat_commands import Summarising

REST_MS: Final = 3_000
"""After the last key: until then whoever writes may send at any moment."""


class SummaryDoor(QObject):
    """Tells the service which summaries are waited for.

    Args:
        summaries: the service's.
        panel: where the thoughts are; owns this.
        settings: how thoughts are shown at first.

    Attributes:
        rest: runs out when the user has not written for a while.
    """

    def __init__(self, summaries: Summarising, panel: ChatPanel, settings: Settings) -> None:
        super().__init__(panel)
        self._summaries = summaries
        self._composer = panel.composer
        display, is_checking = settings.thoughts_display, settings.checks_thoughts
        panel.view.show_display(display, is_checking=is_checking)
        # Queued: what is told at once must find the message in its place.
        panel.view.summary_wanted.connect(self._on_wanted, Qt.ConnectionType.QueuedConnection)
        panel.composer.edited.connect(self._on_edited)
        self.rest = QTimer(self, singleShot=True, interval=REST_MS)
        self.rest.timeout.connect(summaries.user_rests)

    def _on_edited(self) -> None:
        if self._composer.text:
            self._summaries.user_types()
            self.rest.start()

    def _on_wanted(self, message: Message, is_wanted: bool) -> None:
        if is_wanted:
            self._summaries.want(message)
        else:
            self._summaries.release(message.id)

"""The way from open panels of thoughts to the summaries of the chat service."""

from __future__ import annotations

from PySide6.QtCore import QObject, Qt

from app.chats.values import Message
from app.thoughts.display import ThoughtsDisplay
from ui.chat.panel import ChatPanel
from ui.chat_commands import Summarising


class SummaryDoor(QObject):
    """Tells the service which summaries are waited for.

    Args:
        summaries: the service's.
        panel: where the thoughts are; owns this.
        display: how thoughts are shown at first.
    """

    def __init__(self, summaries: Summarising, panel: ChatPanel, display: ThoughtsDisplay) -> None:
        super().__init__(panel)
        self._summaries = summaries
        self._composer = panel.composer
        panel.view.show_display(display)
        # Queued: what is told at once must find the message in its place.
        panel.view.summary_wanted.connect(self._on_wanted, Qt.ConnectionType.QueuedConnection)
        panel.composer.edited.connect(self._on_edited)

    def _on_edited(self) -> None:
        if self._composer.text:
            self._summaries.user_types()

    def _on_wanted(self, message: Message, is_wanted: bool) -> None:
        if is_wanted:
            self._summaries.want(message)
        else:
            self._summaries.release(message.id)

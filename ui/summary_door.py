"""The way from open panels of thoughts to the summaries of the chat service."""

from __future__ import annotations

from PySide6.QtCore import QObject, Qt

from app.chats.values import Message
from ui.chat.conversation_view import ConversationView
from ui.chat_commands import Summarising


class SummaryDoor(QObject):
    """Tells the service which summaries are waited for.

    Args:
        summaries: the service's.
        view: where the panels are.
    """

    def __init__(self, summaries: Summarising, view: ConversationView) -> None:
        super().__init__(view)
        self._summaries = summaries
        # Queued: what is told at once must find the message in its place.
        view.summary_wanted.connect(self._on_wanted, Qt.ConnectionType.QueuedConnection)

    def _on_wanted(self, message: Message, is_wanted: bool) -> None:
        if is_wanted:
            self._summaries.want(message)
        else:
            self._summaries.release(message.id)

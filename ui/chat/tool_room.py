"""What belongs to tools in a chat: questions in their cards, and the source beside the chat."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtCore import QEvent, QObject
from PySide6.QtWidgets import QWidget
from typing_extensions import override

from app.chats.changes import (
    AnswerCallChanged,
    ChatChange,
    ChatOpened,
    PermissionAsked,
    PermissionSettled,
)
from app.permissions.values import PermissionRequest
from ui.chat.conversation_view import ConversationView
from ui.chat.sources.panel import SourcePanel
from ui.chat.tools.card import ToolCard

MakeQuestion = Callable[[PermissionRequest], QWidget]
"""Makes the card that asks; its signals are connected already."""


class ToolRoom(QObject):
    """Keeps the questions that wait, since cards come and go with what is in view.

    Args:
        panel: the chat panel.
        view: where the cards are.
        source: where a page is shown.
        make_question: see `MakeQuestion`.
    """

    def __init__(
        self,
        panel: QWidget,
        view: ConversationView,
        source: SourcePanel,
        make_question: MakeQuestion,
    ) -> None:
        super().__init__(panel)
        self._view = view
        self._make_question = make_question
        self._waiting: dict[int, PermissionRequest] = {}
        self._cards: dict[int, ToolCard] = {}
        self.source = source
        view.source_requested.connect(source.open)
        panel.installEventFilter(self)

    def apply(self, change: ChatChange) -> None:
        """Take a change after the view has."""
        match change:
            case PermissionAsked(request=request):
                self._waiting[request.id] = request
                self._place_questions()
            case PermissionSettled(request_id=request_id):
                self._waiting.pop(request_id, None)
                self._settle(request_id)
            case AnswerCallChanged():
                self._place_questions()
            case ChatOpened():
                self.source.leave()
                self._cards.clear()
                self._place_questions()

    @override
    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        if event.type() == QEvent.Type.Resize:
            self.source.place()
        return super().eventFilter(watched, event)

    def _place_questions(self) -> None:
        """Give each question that waits its place, as soon as the call has its card."""
        for request in self._waiting.values():
            answer = self._view.answer(request.message_id)
            card = answer.flow.cards.get(request.call_number) if answer is not None else None
            if card is not None and card.question is None:
                card.set_question(self._make_question(request))
                self._cards[request.id] = card
                self._view.changed()

    def _settle(self, request_id: int) -> None:
        card = self._cards.pop(request_id, None)
        if card is not None and card.question is not None:
            card.set_question(None)
            self._view.changed()

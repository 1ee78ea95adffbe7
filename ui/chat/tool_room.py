"""What belongs to tools in a chat: questions in their cards, and the source beside the chat."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QEvent, QObject, Qt, Signal
from PySide6.QtWidgets import QApplication, QWidget
from typing_extensions import override

from app.chats.changes import (
    AnswerCallChanged,
    ChatChange,
    ChatOpened,
    ChatsChanged,
    PermissionAsked,
    PermissionSettled,
)
from app.chats.ids import ChatId
from app.permissions.values import Decision, PermissionRequest
from app.tools.tool import CallRefusedError
from ui.actions import ActionId, make_action
from ui.chat.conversation_view import ConversationView
from ui.chat.permissions.waiting_row import WaitingCall
from ui.chat.sources.panel import SourcePanel
from ui.chat.tools.doors import ToolDoors
from ui.markdown.context import MarkdownContext

if TYPE_CHECKING:  # with the first call: `ui.chat.first_message`
    from ui.chat.permission_card import PermissionCard
    from ui.chat.tools.card import ToolCard


class ToolRoom(QObject):
    """Keeps the questions that wait, since cards come and go with what is in view.

    F6 leads to the question that waits longest.

    Signals:
        waiting_changed: (is_waiting: bool) whether there is a question in this chat.
        chat_requested: (chat_id: ChatId) the user wants to see a question in another chat.

    Args:
        panel: the chat panel.
        view: where the cards are.
        source: where a page is shown.
        context: shared with all messages.
        doors: take the answers.
    """

    waiting_changed = Signal(bool)
    chat_requested = Signal(object)

    def __init__(
        self,
        panel: QWidget,
        view: ConversationView,
        source: SourcePanel,
        context: MarkdownContext,
        doors: ToolDoors,
    ) -> None:
        super().__init__(panel)
        self._view = view
        self._context = context
        self._doors = doors
        self._waiting: dict[int, PermissionRequest] = {}
        self._cards: dict[int, ToolCard] = {}
        self._titles: dict[ChatId, str] = {}
        self._led_to: ChatId | None = None
        self.source = source
        go_there = self._go_to_question
        self.go_action = make_action(context.words, ActionId.GO_TO_QUESTION, panel, go_there)
        self.go_action.setEnabled(False)
        view.source_requested.connect(source.open)
        panel.installEventFilter(self)

    @property
    def questions(self) -> list[PermissionCard]:
        """The questions in view's chat, the oldest first."""
        if not self._cards:
            return []
        from ui.chat.permission_card import PermissionCard  # noqa: PLC0415 - see above

        found = [card.question for card in self._cards.values()]
        return [one for one in found if isinstance(one, PermissionCard)]

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
            case ChatsChanged(chats=chats):
                self._titles = {chat.id: chat.title for chat in chats}
            case ChatOpened(chat=chat):
                self.source.leave()
                self._cards.clear()
                self._place_questions()
                if self._led_to is not None and chat is not None and chat.id == self._led_to:
                    self._go_to_question()
                self._led_to = None

    def lead_to(self, chat_id: ChatId) -> None:
        """The user wants to see the question in another chat: go there, with the focus."""
        self._led_to = chat_id
        self.chat_requested.emit(chat_id)

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
                card.set_question(self._make(request))
                self._cards[request.id] = card
                card.height_changed.emit(False)  # at once: nothing may be seen in a wrong place
        self._tell_together()

    def _make(self, request: PermissionRequest) -> PermissionCard:
        from ui.chat.permission_card import PermissionCard  # noqa: PLC0415 - see above

        question = PermissionCard(self._context, request, self._doors.objection)
        question.decided.connect(self._decide)
        question.decided_together.connect(self._doors.decide_all)
        question.chat_requested.connect(self.lead_to)
        return question

    def _decide(self, request_id: int, decision: Decision) -> None:
        try:
            self._doors.decide(request_id, decision)
        except CallRefusedError:
            self._settle(request_id)  # the tool takes no such body: ask once more
            self._place_questions()

    def _settle(self, request_id: int) -> None:
        card = self._cards.pop(request_id, None)
        if card is not None and card.question is not None:
            focused = QApplication.focusWidget()
            had_focus = focused is not None and (
                focused is card.question or card.question.isAncestorOf(focused)
            )
            card.set_question(None)
            card.height_changed.emit(False)
            if had_focus:  # it stays where it was rather than going to whatever comes next
                card.fit(card.width())
                card.head.setFocus(Qt.FocusReason.OtherFocusReason)
        self._tell_together()

    def _tell_together(self) -> None:
        is_asked = any(id_ in self._cards for id_ in self._waiting)
        if self.go_action.isEnabled() != is_asked:
            self.go_action.setEnabled(is_asked)
            self.waiting_changed.emit(is_asked)
        for question in self.questions:
            question.show_waiting(self._others(question.request))

    def _others(self, asked: PermissionRequest) -> list[WaitingCall]:
        """What waits besides, in whichever chat."""
        return [
            WaitingCall(one, "" if one.chat_id == asked.chat_id else self._title(one.chat_id))
            for one in self._waiting.values()
            if one.id != asked.id
        ]

    def _title(self, chat_id: ChatId) -> str:
        return self._titles.get(chat_id) or self._context.words("Another chat")

    def _go_to_question(self) -> None:
        if self.questions:
            self.questions[0].focus_card()

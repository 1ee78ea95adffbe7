"""The chat panel: conversation or empty state above, composer below."""

from __future__ import annotations

import time
from collections.abc import Callable
from typing import Final

from PySide6.QtCore import Qt, QTimer, QUrl, Signal
from PySide6.QtGui import QDesktopServices, QGuiApplication, QResizeEvent, QShowEvent
from PySide6.QtWidgets import QHBoxLayout, QStackedWidget, QVBoxLayout, QWidget
from typing_extensions import override

from app.chats.changes import (
    AnswerBeginningLeftOut,
    BusyChanged,
    ChatChange,
    ChatGlimpsed,
    ChatOpened,
    MessageAdded,
    MessageEnded,
    ModelState,
    SendRefused,
    StatusChanged,
)
from app.chats.ids import ChatId, MessageId
from app.chats.values import Message, MessageRole
from app.words import Words
from engine.harmony.messages import Effort
from ui.actions import ActionId, make_action
from ui.chat.attachments.drop_place import DropPlace
from ui.chat.composer import Composer
from ui.chat.conversation_view import ConversationView
from ui.chat.drafts import Drafts
from ui.chat.empty_state import EmptyState
from ui.chat.find.room import FindRoom
from ui.chat.link_question import LinkQuestion
from ui.chat.live_region import LiveRegion
from ui.chat.problem_card import ProblemCard
from ui.chat.send_reason import reason_against
from ui.chat.sources.panel import SourcePanel
from ui.chat.tool_room import ToolRoom
from ui.chat.tools.doors import ToolDoors
from ui.controls.announcing import announce
from ui.markdown.context import MarkdownContext
from ui.markdown.document_style import DocumentStyle
from ui.markdown.parser import MarkdownParser
from ui.markdown.typesetter import Typesetter
from ui.theme.theme import Theme
from ui.theme.tokens import Size, Space

_MARGIN: Final = 16
_WARM_UP_MS: Final = 500
"""After the first frames, so that they do not wait for it."""


class ChatPanel(QWidget):
    """Show one chat and take the user's words.  Holds no facts of its own but unsent drafts.

    Signals:
        submitted: (text: str, effort: Effort) the user sent a message.
        stop_requested: the user wants the running answer to end.
        answer_now_requested: the user wants the running answer without further thoughts.
        empty_shown: (is_empty: bool) messages came, or went.
        effort_changed: (effort: Effort) the user chose another effort; worth storing.

    Args:
        theme: the look.
        words: the user's language.
        parent: the window.
        now: seconds of a clock that never goes back.
        open_url: hands an address to the desktop once the user agreed.
        doors: what cards of calls ask of the chat service.
    """

    submitted = Signal(str, object)
    stop_requested = Signal()
    answer_now_requested = Signal()
    effort_changed = Signal(object)
    empty_shown = Signal(bool)

    def __init__(
        self,
        theme: Theme,
        words: Words,
        parent: QWidget | None = None,
        *,
        now: Callable[[], float] = time.monotonic,
        open_url: Callable[[QUrl], object] = QDesktopServices.openUrl,
        doors: ToolDoors | None = None,
    ) -> None:
        super().__init__(parent)
        self._theme = theme
        self._words = words
        self._open_url = open_url
        self._chat_id: ChatId | None = None
        self._running: MessageId | None = None
        self._is_sending = self._is_bare = False
        self._is_loading = False
        self.typesetter = Typesetter(self)
        """Draws formulas; `close` ends its thread."""
        context = MarkdownContext(
            theme, words, DocumentStyle(theme), self.typesetter, self._ask_link, _copy
        )
        parser = MarkdownParser(words("Image: {alt}"))
        doors = doors or ToolDoors()
        self.view = ConversationView(context, parser, now, doors=doors)
        self.live = LiveRegion(words, lambda said: announce(self.view, said))
        self.empty = EmptyState(theme, words)
        self.problem = ProblemCard(theme, words)
        self.composer = Composer(theme, words)
        self.drafts = Drafts(self.composer, self)
        self.drop_place = DropPlace(theme, words, self)
        self._stack = QStackedWidget()
        self._column = QVBoxLayout(self)
        self._banner: QWidget | None = None
        self._warm_up = QTimer(self, singleShot=True, interval=_WARM_UP_MS)
        self._warm_up.timeout.connect(self.typesetter.warm_up)
        self._lay_out()
        source = SourcePanel(theme, words, doors, self._ask_link, self)
        source.room_taken.connect(self.leave_room)
        self.tools = ToolRoom(self, self.view, source, context, doors)
        self.tools.waiting_changed.connect(self.composer.set_asked)
        self.finding = FindRoom(self.view, context, parser, on_closed=self.focus_composer)
        self._connect()
        self._show_empty(True)

    def apply(self, change: ChatChange) -> None:
        """Show what the chat service tells; changes of other views are ignored."""
        match change:
            case ChatOpened() | ChatGlimpsed():
                self._open(change)
            case MessageAdded(message=message):
                self._add(message)
            case MessageEnded(message=message):
                self.view.end(message)
            case BusyChanged():
                self._set_busy(change)
            case StatusChanged():
                self._show_status(change)
            case SendRefused():
                self._take_back(change)
            case AnswerBeginningLeftOut():
                self.view.show_left_out(change.left_out_messages)
            case _:
                self.view.take(change)
        for room in (self.tools, self.live, self.view.honesty, self.composer, self.finding):
            room.apply(change)

    def set_effort(self, effort: Effort) -> None:
        """Choose an effort without announcing it (the stored one, at start)."""
        self.composer.set_effort(effort)

    def focus_composer(self) -> None:
        """Put the caret into the composer."""
        self.composer.edit.setFocus(Qt.FocusReason.OtherFocusReason)

    def set_bare(self) -> None:
        """Show nothing but the composer until something is said."""
        self._is_bare = True
        self._show_empty(self._stack.currentWidget() is self.empty)

    def set_banner(self, banner: QWidget) -> None:
        """Give the window's banner its place above the composer; it shows and hides itself."""
        self._banner = banner
        self._column.insertLayout(1, _centred(banner, 0))
        self._limit_widths()

    def close_threads(self) -> None:
        """End the thread that draws formulas; the window calls this when it closes."""
        self.typesetter.close()

    # ---- changes

    def _open(self, change: ChatOpened | ChatGlimpsed) -> None:
        chat_id = change.chat.id if change.chat else None
        self._is_sending &= chat_id is not None  # else another chat was begun in the meantime
        is_first_send = self._is_sending and self._chat_id is None and not change.messages
        if chat_id != self._chat_id and not is_first_send:
            self.drafts.open(chat_id)
            self.problem.hide()
        self.drafts.open(chat_id, is_same=True)
        self._chat_id = chat_id
        # The view gets its size when it is shown; before that it would be laid out twice.
        self._show_empty(not change.messages and not is_first_send)
        self.view.show_chat(change)

    def _add(self, message: Message) -> None:
        if message.role is MessageRole.USER:
            self._is_sending = False
        self._show_empty(False)
        self.view.append(message)
        answer = self.view.answer(message.id)
        if answer is not None and self._is_loading:
            answer.thoughts.wait_for_model()

    def _set_busy(self, change: BusyChanged) -> None:
        self._running = change.message_id
        self.composer.set_busy(change.is_busy)
        self.stop_action.setEnabled(change.is_busy)
        self.hurry_action.setEnabled(change.is_busy)

    def _on_hurry(self) -> None:
        if self._running is not None and (answer := self.view.answer(self._running)) is not None:
            answer.thoughts.hurry()

    def _show_status(self, status: StatusChanged) -> None:
        self.empty.set_practice(status.is_practice)
        self._is_loading = status.state is ModelState.LOADING
        # What is sent while the model loads is stored at once and answered when it is there.
        self.composer.set_reason(
            reason_against(status, self._words), is_blocking=not self._is_loading
        )

    def _take_back(self, refused: SendRefused) -> None:
        """Nothing was sent: the text stands in the composer again, before anything new."""
        self._is_sending = False
        typed = self.composer.text
        self.composer.set_text(f"{refused.text}\n{typed}" if typed.strip() else refused.text)
        self.problem.show_problem(refused.problem)
        self.problem.setVisible(True)
        self._fit_problem()
        self._show_empty(self.view.message_count == 0)

    # ---- wishes

    def _on_submitted(self, text: str, effort: Effort) -> None:
        self._is_sending = True
        self.problem.hide()
        self.submitted.emit(text, effort)
        self.drafts.tell()  # after the message, which takes its place

    def _on_prompt_chosen(self, text: str) -> None:
        self.composer.set_text(text)
        self.focus_composer()
        self.composer.submit()

    def _ask_link(self, address: str) -> None:
        question = LinkQuestion(
            self._theme, self._words, address, self._open_url, _copy, self.window()
        )
        question.open()

    # ---- looks

    @override
    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self._fit_problem()

    @override
    def showEvent(self, event: QShowEvent) -> None:
        super().showEvent(event)
        self._warm_up.start()

    def leave_room(self, px: int) -> None:
        """So much at the right belongs to a panel that is shown beside the chat."""
        self._column.setContentsMargins(0, 0, px, Space.GAP)

    def _limit_widths(self) -> None:
        width = self._theme.scaled(Size.COMPOSER)
        self.composer.setMaximumWidth(width)
        self.problem.setMaximumWidth(width)
        if self._banner is not None:
            self._banner.setMaximumWidth(width + 2 * _MARGIN)  # it keeps its own margins

    def _fit_problem(self) -> None:
        width = min(self.problem.maximumWidth(), self.width() - 2 * _MARGIN)
        self.problem.setFixedHeight(self.problem.fit(max(1, width)))

    def _show_empty(self, is_empty: bool) -> None:
        self._stack.setCurrentWidget(self.empty if is_empty else self.view)
        self._stack.setVisible(not (self._is_bare and is_empty))
        self.empty_shown.emit(is_empty)

    def _lay_out(self) -> None:
        self._stack.addWidget(self.view)
        self._stack.addWidget(self.empty)
        layout = self._column
        self.leave_room(0)
        layout.setSpacing(Space.GAP)
        layout.addWidget(self._stack, 1)
        layout.addLayout(_centred(self.problem, _MARGIN))
        layout.addLayout(_centred(self.composer, _MARGIN))
        self._limit_widths()
        self.problem.hide()
        self.setAutoFillBackground(True)

    def _connect(self) -> None:
        words = self._words
        stop, hurry = ActionId.STOP, ActionId.ANSWER_NOW
        self.stop_action = make_action(words, stop, self, self.stop_requested.emit, is_local=True)
        self.hurry_action = make_action(words, hurry, self, self._on_hurry, is_local=True)
        for action in (self.stop_action, self.hurry_action):
            action.setEnabled(False)  # until an answer is being written
        self.view.answer_now_requested.connect(self.answer_now_requested)
        self.composer.submitted.connect(self._on_submitted)
        self.composer.stop_requested.connect(self.stop_requested)
        self.composer.effort_changed.connect(self.effort_changed)
        self.composer.edit.pages_turned.connect(self.view.scroll_pages)
        self._theme.changed.connect(self._limit_widths)
        self.empty.prompt_chosen.connect(self._on_prompt_chosen)


def _centred(widget: QWidget, margin: int) -> QHBoxLayout:
    """A row that gives a widget all the width it may have, in the middle."""
    row = QHBoxLayout()
    row.setContentsMargins(margin, 0, margin, 0)
    row.addStretch(1)
    row.addWidget(widget, 1000)
    row.addStretch(1)
    return row


def _copy(text: str) -> None:
    QGuiApplication.clipboard().setText(text)

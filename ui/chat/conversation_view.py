"""The scrolling column of messages; widgets exist only near what is seen."""

from __future__ import annotations

import time
from collections.abc import Callable
from typing import Final

from PySide6.QtCore import Qt, QTimer, Signal
from PySide6.QtGui import (
    QResizeEvent,
)
from PySide6.QtWidgets import QFrame, QScrollArea, QWidget
from typing_extensions import override

from app.chats.changes import (
    BranchesChanged,
    ChatChange,
    ChatGlimpsed,
    ChatOpened,
    ThoughtsSummaryChanged,
)
from app.chats.values import Message, MessageStatus
from app.thoughts.display import ThoughtsDisplay
from ui.chat.branch_swap import BranchSwap
from ui.chat.canvas import Canvas
from ui.chat.first_message import OF_ANSWERS, answer_of
from ui.chat.flush_timer import FlushTimer
from ui.chat.glimpse import Glimpse
from ui.chat.message_desk import MessageDesk
from ui.chat.message_reach import MessageReach
from ui.chat.message_widgets import MessageWidgets
from ui.chat.newest_button import NewestButton
from ui.chat.placement import Placement
from ui.chat.reading_order import walk
from ui.chat.rows import BETWEEN, Rows
from ui.chat.seeking import Seeking
from ui.chat.tools.doors import ToolDoors
from ui.chat.viewport_rows import ViewportRows
from ui.markdown.context import MarkdownContext
from ui.markdown.parser import MarkdownParser
from ui.theme.tokens import Size

_MARGIN: Final = 16


class ConversationView(QScrollArea):
    """Show the messages of one chat.

    Signals:
        follow_changed: (is_following: bool) the end is kept in view, or no longer.
        placed: messages may have come into view, or may have got other words.
        answer_now_requested: the user wants the answer without further thoughts.
        source_requested: (wish: SourceWish) the user wants to see a page.
        summary_wanted: (message: Message, is_wanted: bool) of an answer, or no longer.

    Args:
        context: shared with all messages.
        parser: shared with all messages.
        now: seconds of a clock that never goes back.
        parent: the panel.
        doors: what cards of calls ask of the chat service.
    """

    follow_changed = Signal(bool)
    placed = Signal()
    answer_now_requested = Signal()
    source_requested = Signal(object)
    summary_wanted = Signal(object, bool)

    def __init__(
        self,
        context: MarkdownContext,
        parser: MarkdownParser,
        now: Callable[[], float] = time.monotonic,
        parent: QWidget | None = None,
        doors: ToolDoors | None = None,
    ) -> None:
        super().__init__(parent)
        self._context = context
        self._rows = Rows()
        self.desk = MessageDesk(self)
        """What can be done with the messages."""
        self._canvas = Canvas(context.theme)
        self._widgets = MessageWidgets(
            self._canvas,
            self._rows,
            context,
            parser,
            now,
            self._on_height_changed,
            doors or ToolDoors(),
            self.desk,
        )
        self._glimpse = Glimpse(self._rows, self._widgets)
        self._widgets.on_grew_late = self._on_grew_late
        self.honesty = self._widgets.honesty
        self._widgets.on_answer_now = self.answer_now_requested.emit
        self._widgets.on_summary_wanted = self.summary_wanted.emit
        self._widgets.on_source = self.source_requested.emit
        self.setWidget(self._canvas)
        self._seen = ViewportRows(self, self._canvas, self._rows, self._widgets)
        self.scroll_pages = self._seen.scroll_pages
        self._placement = Placement(
            self._seen,
            self._rows,
            self._widgets,
            lambda: (self.width(), self.column_width),
            self._on_placed,
            self.follow_changed.emit,
        )
        self._place = self._placement.place
        shown = self._rows, self._widgets, self._seen, self._placement
        self.seeking = Seeking(*shown, lambda: self.column_width)
        self._swap = BranchSwap(*shown)
        self.reach = MessageReach(*shown, lambda: self.column_width, self.desk)
        self.widget_of, self.answer = self.reach.widget_of, self.reach.answer
        self.follow_changed.connect(self._place_button)
        self._set_up()
        self.newest_button = NewestButton(context, self)
        self.newest_button.clicked.connect(self.go_to_end)
        self._flush_timer = FlushTimer(self)
        self._flush_timer.due.connect(self._flush)
        self._fill_timer = QTimer(self, singleShot=True, interval=0)
        self._fill_timer.timeout.connect(self._fill_one)
        self.verticalScrollBar().valueChanged.connect(self._placement.scrolled)
        # Queued: the messages, which are made later, must have taken the new fonts by then.
        context.theme.changed.connect(self._remeasure, Qt.ConnectionType.QueuedConnection)

    # ---- what is shown

    @property
    def is_following(self) -> bool:
        """Whether new text keeps the end in view."""
        return self._placement.is_following

    @property
    def real_widgets(self) -> int:
        """How many messages have a widget now."""
        return len(self._widgets)

    @property
    def message_count(self) -> int:
        """How many messages the chat has."""
        return len(self._rows)

    def show_chat(self, change: ChatOpened | ChatGlimpsed) -> None:
        """Show another chat from its end, the rest of one, or another branch of this one."""
        is_rest = self._glimpse.is_completed_by(change)
        self.desk.set_newest(change.messages[-1].id if change.messages else None)
        is_whole = isinstance(change, ChatOpened)
        if is_whole and not is_rest and self._swap.is_of_this_chat(change.messages):
            self._swap.show(change.messages, self.column_width)
            return
        with self._placement.quietly():  # hiding what has the focus moves it, and with it the view
            anchor = self._seen.anchor()
            self._glimpse.show(change, self.column_width)
            if is_rest:
                self._seen.scroll_to(anchor, is_following=self.is_following)
        self._place() if is_rest else self.go_to_end()

    def append(self, message: Message) -> None:
        """Add a message at the end and go there."""
        self.desk.set_newest(message.id)
        self._rows.append(message, self.column_width)
        self.go_to_end()

    def show_left_out(self, messages: int) -> None:
        """The model does not read so many messages at the beginning."""
        anchor = self._seen.anchor()
        self._widgets.show_left_out(messages, self.column_width)
        self._place(anchor)

    def show_display(self, display: ThoughtsDisplay, *, is_checking: bool = False) -> None:
        """Show thoughts in another way, but where the user chose one, or once they are checked."""
        anchor = self._seen.anchor()
        self._widgets.show_display(display, self.column_width, is_checking=is_checking)
        self._place(anchor)

    def take(self, change: ChatChange) -> None:
        """Take a change that concerns one answer; others are ignored."""
        if isinstance(change, BranchesChanged):
            self.desk.set_places(change.places)
            self._swap.bring_focus()
        elif isinstance(change, ThoughtsSummaryChanged):
            index = self._rows.index_of(change.message_id)
            if index is not None:
                self._widgets.show_summary(index, change.summary)
        elif isinstance(change, OF_ANSWERS):
            answer = self.answer(change.message_id)
            if answer is not None:
                answer.take(change)
                self._flush_timer.request()

    def end(self, message: Message) -> None:
        """An answer is final."""
        index = self._rows.index_of(message.id)
        if index is None:
            return
        self._rows[index].message = message
        anchor = self._seen.anchor()
        self._widgets.show_left_out(message.usage.left_out_messages, self.column_width)
        if (answer := answer_of(self._widgets.get(index))) is not None:
            answer.end(message)
            self._widgets.measure(index, self.column_width)
        self._place(anchor)

    def go_to_end(self) -> None:
        """Show the newest words and follow them."""
        self._placement.go_to_end()

    @property
    def column_width(self) -> int:
        """Width of the reading column in logical px."""
        widest = self._context.theme.scaled(Size.COLUMN)
        return max(1, min(widest, self.width() - 2 * _MARGIN))

    # ---- what happens

    def _set_up(self) -> None:
        self.setFrameShape(QFrame.Shape.NoFrame)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self.setAccessibleName(self._context.words("Conversation"))

    def _on_placed(self) -> None:
        self._place_button()
        self._fill_timer.start()
        self.placed.emit()

    def _fill_one(self) -> None:
        """In idle time: make one row that will soon be in view, so that scrolling is smooth."""
        for index in self._seen.near(1):
            if index not in self._widgets:
                self._widgets.make_measured(index, self.column_width)
                self._place()
                return

    def _flush(self) -> None:
        anchor = self._seen.anchor()
        self._widgets.flush_newest(self.column_width)
        self._place(anchor)
        self._placement.follow_again()

    def _on_height_changed(self, index: int, by_user: bool) -> None:
        if index not in self._widgets:
            return
        if by_user:
            # What was pressed stands at the top of what it opens or closes.
            self._placement.grown(index, self._seen.top_of(index))
            return
        anchor = self._seen.anchor()
        self._widgets.measure(index, self.column_width)
        self._place(anchor)

    def _on_grew_late(self, index: int) -> None:
        """Something came that belongs to an answer that was there already."""
        is_written = self._rows[len(self._rows) - 1].message.status is MessageStatus.STREAMING
        if self.is_following and is_written:
            self._on_height_changed(index, False)
        elif index in self._widgets:
            self._placement.grown(index, self._seen.anchor())

    def _place_button(self) -> None:
        self.newest_button.show_if(not self._seen.is_at_end and not self.is_following)

    def _remeasure(self) -> None:
        with self._placement.quietly():
            anchor = self._seen.anchor()
            self._rows.gap = self._context.theme.distance(BETWEEN)
            self._rows.forget_heights(self.column_width)
            self._widgets.measure_all(self.column_width)
            self._rows.lay_out()
            self._seen.scroll_to(anchor, is_following=self.is_following)
        self._place()

    @override
    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        if event.oldSize().width() != event.size().width():
            self._remeasure()
        else:
            self._place()

    @override
    def focusNextPrevChild(self, forward: bool) -> bool:
        """Walk the messages in the order they are read in, whenever they were made."""
        moved = walk(self._canvas, self._widgets.in_reading_order(), forward=forward)
        if moved is None:
            return super().focusNextPrevChild(forward)
        if self._canvas.isAncestorOf(moved):
            self._seen.reveal(moved)
        return True

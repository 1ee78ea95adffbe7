"""The widgets of the messages near the view.  Knows where rows stand, not what is scrolled to."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import replace
from typing import TYPE_CHECKING, Final

from PySide6.QtWidgets import QApplication, QWidget
from typing_extensions import override

from app.chats.values import Message, MessageRole
from app.thoughts.display import ThoughtsDisplay
from app.thoughts.summary_values import ThoughtsSummary
from ui.chat.first_message import answer_of, bubble_of
from ui.chat.honesty_signs import HonestySigns
from ui.chat.message_desk import MessageDesk
from ui.chat.message_widget import MessageWidget
from ui.chat.rows import Row, Rows
from ui.chat.sources.values import PageSpot, SourceWish
from ui.chat.tools.doors import ToolDoors
from ui.markdown.context import MarkdownContext
from ui.markdown.parser import MarkdownParser

if TYPE_CHECKING:
    from ui.chat.answer import Answer
    from ui.chat.user_bubble import UserBubble

NEWEST: Final = 2
"""So many messages at the end keep their widgets: one of them is perhaps still being written."""


class MessageWidgets(Mapping[int, MessageWidget]):
    """Make, measure, move and drop widgets; a mapping from a row's index to its widget.

    Args:
        canvas: what the widgets lie on.
        rows: the messages; heights are noted there.
        context: shared with all messages.
        parser: shared with all messages.
        now: seconds of a clock that never goes back.
        on_height_changed: told the index and whether the user did it.
        doors: what cards of calls ask of the chat service.
        desk: hears what the user wants of a message.

    Attributes:
        honesty: what is said of what the model cannot know.
        display: how thoughts are shown where the user did not choose for one answer.
        is_checking: thoughts are checked before any of them is shown.
        on_summary_wanted: called with an answer, and whether its summary would be shown.
        on_answer_now: called when the user wants the answer without further thoughts.
        on_source: called when the user wants to see a page.
        on_grew_late: called with the index of a message that needs another height after its end.
    """

    def __init__(
        self,
        canvas: QWidget,
        rows: Rows,
        context: MarkdownContext,
        parser: MarkdownParser,
        now: Callable[[], float],
        on_height_changed: Callable[[int, bool], None],
        doors: ToolDoors,
        desk: MessageDesk,
    ) -> None:
        self._canvas = canvas
        self._rows = rows
        self._context = context
        self._parser = parser
        self._now = now
        self._on_height_changed = on_height_changed
        self._doors = doors
        self._desk = desk
        self.honesty = HonestySigns(rows)
        self.display = ThoughtsDisplay.SUMMARY
        self.is_checking = False
        self.on_summary_wanted: Callable[[Message, bool], object] = lambda _message, _is: None
        self.on_answer_now: Callable[[], object] = lambda: None
        self.on_source: Callable[[SourceWish], object] = lambda _wish: None
        self.on_grew_late: Callable[[int], object] = lambda _index: None
        self._widgets: dict[int, MessageWidget] = {}

    @override
    def __getitem__(self, index: int) -> MessageWidget:
        return self._widgets[index]

    @override
    def __iter__(self) -> Iterator[int]:
        return iter(self._widgets)

    @override
    def __len__(self) -> int:
        return len(self._widgets)

    def in_reading_order(self) -> list[MessageWidget]:
        """The widgets from the oldest message to the newest."""
        return [self._widgets[index] for index in sorted(self._widgets)]

    def make(self, index: int) -> None:
        """Give a message its widget, not yet measured."""
        row = self._rows[index]
        widget: MessageWidget
        if row.message.role is MessageRole.USER:
            widget = self._make_bubble(row)
        else:
            widget = self._make_answer(index, row)
        widget.height_changed.connect(lambda by_user: self._on_height_changed(index, by_user))
        widget.grew_late.connect(lambda: self.on_grew_late(index))
        self._widgets[index] = widget
        row.is_measured = False
        widget.show()

    def _make_bubble(self, row: Row) -> UserBubble:
        from ui.chat.user_bubble import UserBubble  # noqa: PLC0415 - see `ui.chat.first_message`

        bubble = UserBubble(self._context, row.message, self._desk, self._canvas)
        bubble.set_left_out(row.left_out)
        return bubble

    def _make_answer(self, index: int, row: Row) -> Answer:
        from ui.chat.answer import Answer  # noqa: PLC0415 - see `ui.chat.first_message`

        answer = Answer(
            self._context,
            self._parser,
            row.message,
            self._now,
            self._canvas,
            doors=self._doors,
            earlier=lambda: self._pages_before(index),
            desk=self._desk,
        )
        answer.honesty.follow(self.honesty, index)
        answer.summary_wanted.connect(lambda is_on: self.on_summary_wanted(row.message, is_on))
        answer.display_chosen.connect(lambda display: setattr(row, "display", display))
        answer.thoughts.set_display(row.display or self.display, is_checking=self.is_checking)
        answer.thoughts.set_open(row.is_open)
        answer.flow.open_cards(row.open_calls)
        answer.thoughts_toggled.connect(lambda is_open: setattr(row, "is_open", is_open))
        answer.card_toggled.connect(row.note_card)
        answer.answer_now_requested.connect(self.on_answer_now)
        answer.source_requested.connect(self.on_source)
        return answer

    def make_loose(self, message: Message, index: int, parent: QWidget) -> Answer:
        """A version of an answer that is only to be read, at the place of one that is shown."""
        from ui.chat.answer import Answer  # noqa: PLC0415 - see `ui.chat.first_message`

        desk = MessageDesk(parent)
        desk.can_change = False
        answer = Answer(
            self._context,
            self._parser,
            message,
            self._now,
            parent,
            doors=self._doors,
            earlier=lambda: self._pages_before(index),
            desk=desk,
        )
        answer.thoughts.set_display(self.display, is_checking=self.is_checking)
        answer.source_requested.connect(self.on_source)
        return answer

    def _pages_before(self, index: int) -> Iterable[PageSpot]:
        """Pages that the answers above read, oldest first."""
        for above in range(index):
            message = self._rows[above].message
            for call in message.calls:
                if call.page is not None:
                    yield PageSpot(message.id, call.number, call.page)

    def show_display(self, display: ThoughtsDisplay, width: int, *, is_checking: bool) -> None:
        """Show thoughts in another way, but where the user chose one for an answer."""
        self.display, self.is_checking = display, is_checking
        for index, widget in self._widgets.items():
            if (answer := answer_of(widget)) is not None:
                chosen = self._rows[index].display or display
                answer.thoughts.set_display(chosen, is_checking=is_checking)
                self.measure(index, width)

    def show_summary(self, index: int, summary: ThoughtsSummary) -> None:
        """The summary of an answer's thoughts is further; its widget need not be there."""
        row = self._rows[index]
        row.message = replace(row.message, summary=summary)
        if (answer := answer_of(self._widgets.get(index))) is not None:
            answer.thoughts.show_summary(summary)

    def make_measured(self, index: int, width: int) -> None:
        """Give a message its widget, fitted into a column."""
        self.make(index)
        self.measure(index, width)

    def measure(self, index: int, width: int) -> bool:
        """Fit a message into a column; True if its row has another height now."""
        return self._rows.measure(index, self._widgets[index].fit(width))

    def make_visible(self, indexes: Iterable[int], width: int) -> bool:
        """Make and measure these messages; True if a row has another height now."""
        has_changed = False
        for index in indexes:
            if index not in self._widgets:
                self.make(index)
            if not self._rows[index].is_measured:
                has_changed = self.measure(index, width) or has_changed
        return has_changed

    def show_left_out(self, messages: int, width: int) -> None:
        """The model does not read so many messages at the beginning."""
        for index in self._rows.mark_left_out(messages):
            if (bubble := bubble_of(self._widgets.get(index))) is not None:
                bubble.set_left_out(self._rows[index].left_out)
                self.measure(index, width)

    def measure_all(self, width: int) -> None:
        """Fit all into a column of another width."""
        for index in self._widgets:
            self.measure(index, width)

    def flush_newest(self, width: int) -> None:
        """Show what was added to the newest messages."""
        for index in range(max(0, len(self._rows) - NEWEST), len(self._rows)):
            if (answer := answer_of(self._widgets.get(index))) is not None:
                answer.flush()
                self.measure(index, width)

    def move(self, whole_width: int, width: int) -> None:
        """Put every measured widget where its row stands, in a column of `width` in the middle."""
        x = (whole_width - width) // 2
        for index, widget in self._widgets.items():
            row = self._rows[index]
            if row.is_measured:
                left, whole = x - widget.bleed, width + widget.bleed
                widget.setGeometry(left, self._rows.top(index), whole, row.height)

    def drop_beyond(self, near: range) -> None:
        """Let go of widgets outside of `near`, but for the newest and the one with the focus."""
        for index in [index for index in self._widgets if index not in near]:
            if not self._must_stay(index):
                self._drop(index)

    def drop_before(self, first: int) -> None:
        """Let go of the widgets above a row."""
        for index in [index for index in self._widgets if index < first]:
            self._drop(index)

    def drop_from(self, first: int) -> None:
        """Let go of the widgets from a row on: other messages will stand there."""
        self.honesty.start_over()
        for index in [index for index in self._widgets if index >= first]:
            self._drop(index)

    def drop_all(self) -> None:
        """Let go of every widget: another chat will be shown."""
        self.honesty.start_over()
        while self._widgets:
            self._drop(next(iter(self._widgets)))

    def _must_stay(self, index: int) -> bool:
        focused = QApplication.focusWidget()
        is_newest = index >= len(self._rows) - NEWEST
        return is_newest or (focused is not None and self._widgets[index].isAncestorOf(focused))

    def _drop(self, index: int) -> None:
        widget = self._widgets.pop(index)
        if (answer := answer_of(widget)) is not None:
            answer.thoughts.want_summary(False)
        widget.hide()
        widget.deleteLater()

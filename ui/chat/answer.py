"""One answer: thoughts above, words and calls in their order, sources, an error, the foot."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterable, Iterator
from dataclasses import replace
from typing import Final

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QWidget
from typing_extensions import override

from app.chats.changes import (
    AnswerCallChanged,
    AnswerCheckChanged,
    AnswerPhaseChanged,
    AnswerPreambleAdded,
    AnswerQueued,
    AnswerTextAdded,
    AnswerThoughtAdded,
    ChatChange,
)
from app.chats.values import Message, MessageStatus
from app.tools.records import CallRecord, CallStatus
from engine.analysis_filter import ThoughtPiece
from engine.events import Phase
from ui.chat.action_row import ActionRow
from ui.chat.answer_copies import AnswerCopies
from ui.chat.answer_flow import AnswerFlow
from ui.chat.answer_foot import AnswerFoot
from ui.chat.check_card import CheckCard
from ui.chat.honesty_line import HonestyLine
from ui.chat.message_desk import MessageDesk
from ui.chat.message_widget import BLEED, MessageWidget
from ui.chat.problem_card import ProblemCard
from ui.chat.reading_place import reading_place
from ui.chat.sources.citing import Citing
from ui.chat.sources.source_list import SourceList
from ui.chat.sources.values import PageSpot, SourceWish
from ui.chat.thoughts_panel import ThoughtsPanel
from ui.chat.tools.doors import ToolDoors
from ui.chat.writing_mark import WritingMark
from ui.markdown.column import MarkdownColumn
from ui.markdown.context import MarkdownContext
from ui.markdown.parser import MarkdownParser

_ASKING: Final = frozenset({CallStatus.WAITING, CallStatus.PAUSED})
_GAP: Final = 12
_FOOT_GAP: Final = 6

_Part = ThoughtsPanel | AnswerFlow | CheckCard | SourceList | ProblemCard


class Answer(MessageWidget):
    """Show an answer, stored or being written.

    Signals:
        thoughts_toggled: (is_open: bool) the user opened or closed the thoughts.
        display_chosen: (display: ThoughtsDisplay) the user chose another way to show them.
        summary_wanted: (is_wanted: bool) a summary of them would be shown, or no longer.
        card_toggled: (number: int, is_open: bool) the user opened or closed the card of a call.
        answer_now_requested: the user wants the answer without further thoughts.
        source_requested: (wish: SourceWish) the user wants to see a page.

    Args:
        context: shared with all messages.
        parser: shared with all messages.
        message: the answer as far as it is.
        now: seconds of a clock that never goes back.
        parent: the conversation.
        doors: what cards of calls ask of the chat service.
        earlier: pages that answers before this one read, oldest first.
        desk: hears what the user wants of the answer.
    """

    bleed = BLEED

    thoughts_toggled = Signal(bool)
    display_chosen = Signal(object)
    summary_wanted = Signal(bool)
    card_toggled = Signal(int, bool)
    answer_now_requested = Signal()
    source_requested = Signal(object)

    def __init__(
        self,
        context: MarkdownContext,
        parser: MarkdownParser,
        message: Message,
        now: Callable[[], float] = time.monotonic,
        parent: QWidget | None = None,
        *,
        doors: ToolDoors | None = None,
        earlier: Callable[[], Iterable[PageSpot]] = tuple,
        desk: MessageDesk | None = None,
    ) -> None:
        desk = desk or MessageDesk()
        super().__init__(desk, message.id, parent)
        self._earlier = earlier
        self._message = message
        self._text: list[str] = []
        self.setAccessibleName(context.words("Sotto answered"))
        self.foot = AnswerFoot(context.theme, context.words, desk, message, self)
        context = replace(context, follow_own=self._follow_citation, extend_menu=self.foot.extend)
        self._context = context
        self.thoughts = ThoughtsPanel(context, parser, now, self)
        self._citing = Citing(context.words, self._spots)
        self.flow = AnswerFlow(context, parser, doors or ToolDoors(), self._citing.blocks, self)
        self.sources = SourceList(context.theme, context.words, self)
        self.check = CheckCard(context.theme, context.words, self)
        self.problem = ProblemCard(context.theme, context.words, self)
        self.mark = WritingMark(context.theme, self)
        self.honesty = HonestyLine(context.theme, context.words, self)
        self.honesty.changed.connect(self.grew_late)
        for part in (self.thoughts, self.flow):
            part.height_changed.connect(self.height_changed)
        self.thoughts.grew_late.connect(self.grew_late)
        self.thoughts.toggled.connect(self.thoughts_toggled)
        self.thoughts.display_chosen.connect(self.display_chosen)
        self.thoughts.summary_wanted.connect(self.summary_wanted)
        self.thoughts.answer_now_requested.connect(self.answer_now_requested)
        self.flow.card_toggled.connect(self.card_toggled)
        self.flow.page_requested.connect(self._ask_for_page)
        self.sources.chosen.connect(self.source_requested)
        self._copies = AnswerCopies(
            context, parser, self._citing, lambda: self.markdown, lambda: self.thoughts.pieces
        )
        self._copies.serve(self.foot)
        self.check.appealed.connect(lambda: (doors or ToolDoors()).appeal(message.id))
        self.foot.select_pressed.connect(self.flow.focus_text)
        if message.status is MessageStatus.STREAMING:
            self._begin()
        else:
            self._show_ended()
        self.wake()

    @property
    @override
    def actions_row(self) -> ActionRow:
        return self.foot.row

    @property
    def body(self) -> MarkdownColumn:
        """The column of the text that was written last."""
        return self.flow.column("text")

    @property
    def preamble(self) -> MarkdownColumn:
        """The column of what was said last before a call."""
        return self.flow.column("preamble")

    @property
    def markdown(self) -> str:
        """The answer's text as far as it is, without thoughts."""
        return "".join(self._text) if self._text else self._message.text

    def take(self, change: ChatChange) -> None:
        """Take one of the changes `ui.chat.first_message.OF_ANSWERS`; `flush` shows it."""
        match change:
            case AnswerTextAdded(text=text):
                self.add_text(text)
            case AnswerPreambleAdded(text=text):
                self.add_preamble(text)
            case AnswerThoughtAdded(piece=piece):
                self.add_thought(piece)
            case AnswerCallChanged(call=call):
                self.put_call(call)
            case AnswerCheckChanged(stage=stage):
                self.check.show_stage(stage)
            case AnswerPhaseChanged():
                self.set_phase(change.phase, change.done_tokens, change.total_tokens)
            case AnswerQueued():
                self.thoughts.wait_for_turn()

    def add_text(self, text: str) -> None:
        """Take more of the answer; `flush` shows it."""
        self._text.append(text)
        self.flow.add_text(text)

    def add_preamble(self, text: str) -> None:
        """Take more of what is said before a tool call; `flush` shows it."""
        self.flow.add_preamble(text)

    def put_call(self, call: CallRecord) -> None:
        """A call of a tool is new, or is further than it was; `flush` shows it."""
        self.flow.put_call(call)

    def add_thought(self, piece: ThoughtPiece) -> None:
        """Take one more filtered thought; `flush` shows it."""
        self.thoughts.add(piece)

    def set_phase(self, phase: Phase, done_tokens: int, total_tokens: int) -> None:
        """The answer went over to another phase."""
        self.thoughts.set_phase(phase, done_tokens, total_tokens)

    def flush(self) -> None:
        """Show everything that was added; `fit` must follow."""
        self.thoughts.flush()
        self.flow.flush()
        self.thoughts.show_asking(any(call.status in _ASKING for call in self.flow.calls))

    def end(self, message: Message) -> None:
        """The answer is final; only what differs is drawn again.  `fit` must follow."""
        self._message = message
        self._text = []
        self._show_ended()

    @override
    def fit(self, width: int) -> int:
        y, gap = 0, self._context.theme.distance(_GAP)
        parts: tuple[tuple[_Part, bool], ...] = (
            (self.thoughts, self.thoughts.is_needed and not self.check.is_first),
            (self.flow, not self.flow.is_empty),
            (self.check, self.check.is_needed),
            (self.sources, not self.sources.is_empty),
            (self.problem, self._message.problem is not None),
        )
        for part, is_shown in parts:
            part.setVisible(is_shown)
            if is_shown:
                y = _put(part, part.fit(width), width, y, is_bleeding=part is self.thoughts) + gap
        self._place_mark()
        # The room for the foot is kept while the answer grows, so that nothing jumps at the end.
        y = max(0, y - gap + _FOOT_GAP)
        _put(self.foot, self.foot.fit(width), width, y, is_bleeding=True)
        return self.honesty.stand_in(self.foot, self.foot.free, width)

    @override
    def place_at(self, y: int) -> Callable[[], int]:
        others = (self.check, self.sources, self.problem, self.foot)
        return reading_place(self.thoughts, self.flow, others, y)

    def _place_mark(self) -> None:
        is_live = self._message.status is MessageStatus.STREAMING
        caret = self.flow.end_of_text() if is_live else None
        self.mark.stand_at(caret.translated(self.flow.pos()) if caret is not None else None)

    def _begin(self) -> None:
        """A streaming answer, perhaps one that was opened in the middle."""
        message = self._message
        self.foot.hide()
        self.check.show_message(message)
        for piece in message.thoughts:
            self.thoughts.add(piece)
        self.flow.has_json = bool(message.format_name)
        self._add_all(message)
        if message.text:
            self.thoughts.set_phase(Phase.ANSWERING)
        else:
            self.thoughts.set_phase(Phase.THINKING if message.thoughts else Phase.READING)
        self.flush()

    def _add_all(self, message: Message) -> None:
        """What there is by now, as if it were written this moment."""
        said = shown = 0
        for call in message.calls:
            self._add_words(message.preamble[said : call.preamble_chars], "")
            self._add_words("", message.text[shown : call.text_chars])
            said, shown = call.preamble_chars, call.text_chars
            self.put_call(call)
        self._add_words(message.preamble[said:], message.text[shown:])

    def _add_words(self, preamble: str, text: str) -> None:
        if preamble:
            self.add_preamble(preamble)
        if text:
            self.add_text(text)

    def _show_ended(self) -> None:
        message = self._message
        self.thoughts.show_message(message)
        self.flow.show_message(message)
        self.sources.show_sources(self._citing.cited, self._own_spots())
        self.check.show_message(message)
        if message.problem is not None:
            self.problem.show_problem(message.problem)
        self.foot.show_message(message)
        self.foot.show()
        self.honesty.refresh()

    def _spots(self) -> Iterator[PageSpot]:
        """Pages that this answer may cite, oldest first."""
        yield from self._earlier()
        yield from self._own_spots()

    def _own_spots(self) -> Iterator[PageSpot]:
        calls = self._message.calls or self.flow.calls
        for call in calls:
            if call.page is not None:
                yield PageSpot(self._message.id, call.number, call.page)

    def _follow_citation(self, address: str) -> bool:
        wish = self._citing.wish(address)
        if wish is not None:
            self.source_requested.emit(wish)
        return wish is not None

    def _ask_for_page(self, number: int) -> None:
        for spot in self._own_spots():
            if spot.number == number:
                self.source_requested.emit(SourceWish(spot))


def _put(widget: QWidget, height: int, width: int, y: int, *, is_bleeding: bool) -> int:
    """Give a part its place; returns where it ends."""
    left = 0 if is_bleeding else BLEED
    widget.setGeometry(left, y, width + BLEED - left, height)
    return y + height

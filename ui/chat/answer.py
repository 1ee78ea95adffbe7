"""One answer: thoughts above, the text, an error in its place, and the foot."""

from __future__ import annotations

import time
from collections.abc import Callable
from typing import Final

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QWidget
from typing_extensions import override

from app.chats.values import Message, MessageStatus
from engine.analysis_filter import ThoughtPiece
from engine.events import Phase
from ui.chat.answer_foot import AnswerFoot
from ui.chat.message_widget import MessageWidget
from ui.chat.problem_card import ProblemCard
from ui.chat.thoughts_panel import ThoughtsPanel
from ui.chat.writing_mark import WritingMark
from ui.markdown.column import MarkdownColumn
from ui.markdown.context import MarkdownContext
from ui.markdown.parser import MarkdownParser

_JSON_FENCE: Final = "```json\n"
_GAP: Final = 12
_FOOT_GAP: Final = 6


class Answer(MessageWidget):
    """Show an answer, stored or being written.

    Signals:
        thoughts_toggled: (is_open: bool) the user opened or closed the thoughts.
        answer_now_requested: the user wants the answer without further thoughts.

    Args:
        context: shared with all messages.
        parser: shared with all messages.
        message: the answer as far as it is.
        now: seconds of a clock that never goes back.
        parent: the conversation.
    """

    thoughts_toggled = Signal(bool)
    answer_now_requested = Signal()

    def __init__(
        self,
        context: MarkdownContext,
        parser: MarkdownParser,
        message: Message,
        now: Callable[[], float] = time.monotonic,
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(parent)
        self._context = context
        self._message = message
        self._text: list[str] = []
        self.setAccessibleName(context.words("Sotto answered"))
        self.thoughts = ThoughtsPanel(context, parser, now, self)
        self.preamble = MarkdownColumn(context, parser, role="muted", parent=self)
        self.body = MarkdownColumn(context, parser, parent=self)
        self.problem = ProblemCard(context.theme, context.words, self)
        self.mark = WritingMark(context.theme, self)
        self.foot = AnswerFoot(context.theme, context.words, self)
        for part in (self.thoughts, self.preamble, self.body):
            part.height_changed.connect(self._on_height_changed)
        self.thoughts.toggled.connect(self.thoughts_toggled)
        self.thoughts.answer_now_requested.connect(self.answer_now_requested)
        self.foot.copy_pressed.connect(self._on_copy)
        if message.status is MessageStatus.STREAMING:
            self._begin()
        else:
            self._show_ended()

    @property
    def markdown(self) -> str:
        """The answer's text as far as it is, without thoughts."""
        return "".join(self._text) if self._text else self._message.text

    def add_text(self, text: str) -> None:
        """Take more of the answer; `flush` shows it."""
        self._text.append(text)
        self.body.add(text)

    def add_preamble(self, text: str) -> None:
        """Take more of what is said before a tool call; `flush` shows it."""
        self.preamble.add(text)

    def add_thought(self, piece: ThoughtPiece) -> None:
        """Take one more filtered thought; `flush` shows it."""
        self.thoughts.add(piece)

    def set_phase(self, phase: Phase, done_tokens: int, total_tokens: int) -> None:
        """The answer went over to another phase."""
        self.thoughts.set_phase(phase, done_tokens, total_tokens)

    def flush(self) -> None:
        """Show everything that was added; `fit` must follow."""
        self.thoughts.flush()
        self.preamble.flush()
        self.body.flush()

    def end(self, message: Message) -> None:
        """The answer is final; only what differs is drawn again.  `fit` must follow."""
        self._message = message
        self._text = []
        self._show_ended()

    @override
    def fit(self, width: int) -> int:
        y = 0
        is_thinking = self.thoughts.is_needed
        self.thoughts.setVisible(is_thinking)
        if is_thinking:
            y = self._put(self.thoughts, self.thoughts.fit(width), width, y) + _GAP
        for column in (self.preamble, self.body):
            column.setVisible(not column.is_empty)
            if not column.is_empty:
                y = self._put(column, column.fit(width), width, y) + _GAP
        has_problem = self._message.problem is not None
        self.problem.setVisible(has_problem)
        if has_problem:
            y = self._put(self.problem, self.problem.fit(width), width, y) + _GAP
        self._place_mark()
        # The room for the foot is kept while the answer grows, so that nothing jumps at the end.
        y = max(0, y - _GAP + _FOOT_GAP)
        return self._put(self.foot, self.foot.fit(width), width, y)

    def _put(self, widget: QWidget, height: int, width: int, y: int) -> int:
        widget.setGeometry(0, y, width, height)
        return y + height

    def _place_mark(self) -> None:
        is_live = self._message.status is MessageStatus.STREAMING
        caret = self.body.end_of_text() if is_live else None
        self.mark.stand_at(caret.translated(self.body.pos()) if caret is not None else None)

    def _begin(self) -> None:
        """A streaming answer, perhaps one that was opened in the middle."""
        message = self._message
        self.foot.hide()
        for piece in message.thoughts:
            self.thoughts.add(piece)
        if message.preamble:
            self.add_preamble(message.preamble)
        if message.format_name:
            self.body.add(_JSON_FENCE)
        if message.text:
            self.add_text(message.text)
            self.thoughts.set_phase(Phase.ANSWERING)
        else:
            self.thoughts.set_phase(Phase.THINKING if message.thoughts else Phase.READING)
        self.flush()

    def _show_ended(self) -> None:
        message = self._message
        self.thoughts.set_thoughts(message.thoughts, message.usage)
        self.preamble.set_markdown(message.preamble)
        self.body.set_markdown(_shown(message))
        if message.problem is not None:
            self.problem.show_problem(message.problem)
        self.foot.show_message(message)
        self.foot.show()

    def _on_height_changed(self, by_user: bool = False) -> None:
        self.height_changed.emit(by_user)

    def _on_copy(self) -> None:
        self._context.copy(self.markdown)


def _shown(message: Message) -> str:
    """The text as Markdown; JSON stands in a code block, which no line of JSON can close."""
    if message.format_name and message.text:
        return f"{_JSON_FENCE}{message.text}\n```"
    return message.text

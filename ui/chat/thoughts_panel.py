"""The thoughts of one answer: closed by default, only what the filter let through."""

from __future__ import annotations

import time
from collections.abc import Callable
from typing import Final

from PySide6.QtCore import QRectF, QTimer, Signal
from PySide6.QtGui import QPainter, QPaintEvent
from PySide6.QtWidgets import QWidget
from typing_extensions import override

from app.chats.values import Message
from app.thoughts.display import ThoughtsDisplay
from app.thoughts.summary_values import ThoughtsSummary
from engine.analysis_filter import ThoughtPiece
from engine.events import Phase
from ui.chat.answer_now_button import AnswerNowButton
from ui.chat.display_switch import DISPLAYS, DisplaySwitch
from ui.chat.message_widget import BLEED
from ui.chat.thoughts_body import ThoughtsBody
from ui.chat.thoughts_headline import LiveHeadline
from ui.chat.thoughts_line import ThoughtsLine
from ui.chat.thoughts_state import ThoughtsState
from ui.controls.painting import draw_box
from ui.markdown.context import MarkdownContext
from ui.markdown.parser import MarkdownParser
from ui.markdown.selection import SCOPE
from ui.theme.tokens import Radius, Space

_PAD: Final = 14
_GAP: Final = 8
_TOP: Final = 6
"""Above the line, open or closed, so that it stays under the pointer."""
_TICK_MS: Final = 250


class ThoughtsPanel(QWidget):
    """One line while closed; a card with the thoughts in one of three ways while open.

    Signals:
        height_changed: (by_user: bool) it needs another height.
        grew_late: it needs another height, because a summary came.
        toggled: (is_open: bool) the user opened or closed it.
        display_chosen: (display: ThoughtsDisplay) the user chose another way for this panel.
        summary_wanted: (is_wanted: bool) a summary would be shown, or no longer.
        answer_now_requested: the user wants the answer without further thoughts.

    Args:
        context: shared with all messages.
        parser: shared with all messages.
        now: seconds of a clock that never goes back.
        parent: the answer.
        display: the way that is shown at first; then, that is shown now.
    """

    height_changed = Signal(bool)
    grew_late = Signal()
    toggled = Signal(bool)
    display_chosen = Signal(object)
    summary_wanted = Signal(bool)
    answer_now_requested = Signal()

    def __init__(
        self,
        context: MarkdownContext,
        parser: MarkdownParser,
        now: Callable[[], float] = time.monotonic,
        parent: QWidget | None = None,
        display: ThoughtsDisplay = ThoughtsDisplay.SUMMARY,
    ) -> None:
        super().__init__(parent)
        self.setProperty(SCOPE, True)
        self._context = context
        self._words = context.words
        self._state = ThoughtsState(context.words, now)
        self._headline = LiveHeadline(context.theme, now)
        self._is_wanting = False
        self._pieces: list[ThoughtPiece] = []
        self._summary = ThoughtsSummary()
        self.display = display
        self.line = ThoughtsLine(context.theme, self)
        self.switch: DisplaySwitch | None = None
        self._parser = parser
        self._body: ThoughtsBody | None = None
        self.answer_now = AnswerNowButton(context.theme, context.words, self)
        self._timer = QTimer(self, interval=_TICK_MS)
        self._timer.timeout.connect(self._say)
        self.line.clicked.connect(self._on_clicked)
        self.answer_now.clicked.connect(self.hurry)
        context.theme.changed.connect(self.update)
        self._say()

    @property
    def body(self) -> ThoughtsBody:
        """What stands below the line; made when the panel is first opened."""
        if self._body is None:
            self._body = ThoughtsBody(self._context, self._parser, self)
            self._body.height_changed.connect(self.height_changed)
        return self._body

    @property
    def is_open(self) -> bool:
        """Whether the thoughts are shown."""
        return self.line.isChecked()

    @property
    def pieces(self) -> tuple[ThoughtPiece, ...]:
        """The filtered thoughts so far, as far as they may be shown."""
        return tuple(self._pieces) if self._state.may_show(self._summary) else ()

    @property
    def is_needed(self) -> bool:
        """Whether there is anything to say about thoughts or reading."""
        return self._state.is_live or self._has_thought

    @property
    def _has_thought(self) -> bool:
        return bool(self._pieces) or self._state.has_taken_time

    def set_open(self, is_open: bool) -> None:
        """Open or close without telling anyone (a message that comes back into view)."""
        self.line.setChecked(is_open)
        self._show_body()

    def set_display(self, display: ThoughtsDisplay, *, is_checking: bool = False) -> None:
        """Show the thoughts in another way, without telling anyone; `fit` must follow."""
        if is_checking != self._state.is_checking:
            self.want_summary(False)  # what is there was made for the other case
        self.display, self._state.is_checking = display, is_checking
        if self.switch is not None:
            self.switch.set_index(DISPLAYS.index(display))
        self._show_body()

    def show_summary(self, summary: ThoughtsSummary) -> None:
        """The summary is further, or there is none."""
        if summary == self._summary:
            return
        self._summary = summary
        if self.is_open:
            self._show_body()
            self.grew_late.emit()

    def show_message(self, message: Message) -> None:
        """Show the thoughts of a finished answer."""
        self._pieces = list(message.thoughts)
        self._summary = message.summary
        self._state.end(message.usage)
        self._timer.stop()
        self._show_body()

    def hurry(self) -> None:
        """Ask for the answer, if it is not there yet and was not asked for already."""
        if self._state.can_hurry:
            self._state.is_hurried = True
            self._say()
            self.answer_now_requested.emit()

    def wait_for_model(self) -> None:
        """The model is still being loaded; the first phase ends this."""
        self._wait(self._words("Waiting for the model…"))

    def wait_for_turn(self) -> None:
        """Another chat is answered first; the next phase ends this."""
        self._wait(self._words("Waiting for its turn: another chat is answered first"))

    def _wait(self, why: str) -> None:
        self._state.wait(why)
        self._say()

    def show_asking(self, is_asking: bool) -> None:
        """Whether a call waits for the user, so that nothing goes on."""
        if is_asking != self._state.is_asking:
            self._state.is_asking = is_asking
            self._say()

    def add(self, piece: ThoughtPiece) -> None:
        """Take one more thought; `flush` shows it if the panel is open."""
        self._pieces.append(piece)

    def flush(self) -> None:
        """Show what was added; costs nothing while closed."""
        if self.is_open:
            self._show_thoughts()
        if self._has_thought != self.line.isEnabled():
            self._say()

    def set_phase(self, phase: Phase, done_tokens: int = 0, total_tokens: int = 0) -> None:
        """The answer is being written and went over to this phase."""
        self._state.enter(phase, done_tokens, total_tokens)
        if phase is Phase.ANSWERING:
            self._timer.stop()
        elif not self._timer.isActive():
            self._timer.start()
        self._say()

    def fit(self, width: int) -> int:
        """Lay out for a width; returns the height this takes, both in logical px."""
        self._place_line(width)
        height = self.line.geometry().bottom() + 1
        if self._body is not None:
            self._body.setVisible(self.is_open)
        if self.switch is not None:
            self.switch.setVisible(self.is_open)
        if not self.is_open:
            return height
        if self.switch is not None:
            hurry = self.answer_now.sizeHint().width()
            before = hurry if self._state.phase is not None else 0
            height = self.switch.stand_by(self.line, width + BLEED, before)
        height += _GAP
        inner = width - 2 * _PAD
        below = self.body.fit(inner)
        self.body.setGeometry(BLEED + _PAD, height, inner, below)
        return height + below + _PAD

    def _place_line(self, width: int) -> None:
        hint = self.line.sizeHint()
        left = BLEED + (_PAD if self.is_open else 0) - _GAP
        room = width + BLEED - left
        if self._state.is_headed(self.display) and not self.is_open:
            # The button keeps its place while headlines come and go.
            wanted = room - self.answer_now.sizeHint().width() - Space.GAP
        else:
            wanted = min(room, hint.width())
        self.line.setGeometry(left, _TOP, max(1, wanted), hint.height())
        self.answer_now.stand_behind(self.line, width + BLEED)

    @override
    def paintEvent(self, event: QPaintEvent) -> None:
        del event
        if self.is_open:
            color = self._context.theme.color
            box = QRectF(self.rect()).adjusted(BLEED, 0, 0, 0)
            fill, line = color("surface"), color("border")
            draw_box(QPainter(self), box, Radius.CARD, fill=fill, line=line)

    def _on_clicked(self) -> None:
        self._show_body()
        self.toggled.emit(self.is_open)
        self.height_changed.emit(True)

    def _on_display_chosen(self, index: int) -> None:
        self.display = DISPLAYS[index]
        self._show_body()
        self.display_chosen.emit(self.display)
        self.height_changed.emit(True)

    def _show_body(self) -> None:
        """Open or closed, show what belongs there; `fit` must follow."""
        if self.is_open and self.switch is None:
            self.switch = DisplaySwitch(self._context.theme, self._words, self.display, self)
            self.switch.chosen.connect(self._on_display_chosen)
        is_needed = self._is_wanting or self._state.needs(self._summary, self.display)
        is_there = self.display is ThoughtsDisplay.HIDDEN or not self._pieces
        self.want_summary(self.is_open and is_needed and not is_there)
        if self.is_open:
            self._show_thoughts()
        self._say()

    def _show_thoughts(self) -> None:
        state, summary = self._state, self._summary
        has = {"is_live": not state.has_ended, "is_veiled": not state.may_show(summary)}
        self.body.show_thoughts(self.display, self.pieces, summary, **has)

    def want_summary(self, is_wanted: bool) -> None:
        """Whether somebody waits for the summary; nobody does where the panel is out of view."""
        if is_wanted != self._is_wanting:
            self._is_wanting = is_wanted
            self.summary_wanted.emit(is_wanted)

    def _say(self) -> None:
        state = self._state
        self.line.set_look(
            state.text(),
            is_live=state.is_live,
            has_content=self._has_thought,
            detail=state.detail() if self.is_open else "",
            name=state.spoken(),
        )
        self._headline.follow(self.pieces if self._state.is_headed(self.display) else ())
        self.line.set_headline("" if self.is_open else self._headline.text)
        self._place_line(self.width() - BLEED)
        self.answer_now.setVisible(state.phase is Phase.THINKING and not state.is_hurried)
        shown = self._words("Shown") if self.is_open else self._words("Hidden")
        self.line.setAccessibleDescription(f"{self._words('Thoughts')}: {shown}")
        self.line.setToolTip(state.tip(is_open=self.is_open) if self._has_thought else "")

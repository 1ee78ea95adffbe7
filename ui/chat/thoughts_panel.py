"""The thoughts of one answer: closed by default, only what the filter let through."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterable
from typing import Final

from PySide6.QtCore import QRectF, QTimer, Signal
from PySide6.QtGui import QPainter, QPaintEvent
from PySide6.QtWidgets import QWidget
from typing_extensions import override

from app.thoughts.summary import withheld_counts
from engine.analysis_filter import ThoughtPiece
from engine.events import Phase, ThinkingCut, Usage
from ui.chat.answer_now_button import AnswerNowButton
from ui.chat.thoughts_clock import ThoughtsClock
from ui.chat.thoughts_html import thought_blocks
from ui.chat.thoughts_line import ThoughtsLine
from ui.chat.wording import cut_text, duration, withheld_text
from ui.controls.chip import Chip
from ui.controls.painting import draw_box
from ui.markdown.column import MarkdownColumn
from ui.markdown.context import MarkdownContext
from ui.markdown.parser import MarkdownParser
from ui.theme.tokens import Radius, Size, TypeSize

_PAD: Final = 14
_GAP: Final = 8
_TICK_MS: Final = 250
_BEFORE_ANSWER: Final = frozenset({Phase.READING, Phase.THINKING, Phase.CALLING})
_LONG_READ_TOKENS: Final = 256
"""Reading fewer tokens than this is over before a percentage could be read."""


class ThoughtsPanel(QWidget):
    """One line while closed; a card with the filtered thoughts while open.

    Signals:
        height_changed: (by_user: bool) it needs another height.
        toggled: (is_open: bool) the user opened or closed it.
        answer_now_requested: the user wants the answer without further thoughts.

    Args:
        context: shared with all messages.
        parser: shared with all messages.
        now: seconds of a clock that never goes back.
        parent: the answer.
    """

    height_changed = Signal(bool)
    toggled = Signal(bool)
    answer_now_requested = Signal()

    def __init__(
        self,
        context: MarkdownContext,
        parser: MarkdownParser,
        now: Callable[[], float] = time.monotonic,
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(parent)
        self._context = context
        self._words = context.words
        self._clock = ThoughtsClock(now)
        self._phase: Phase | None = None
        self._waiting = ""  # for what, while nothing has begun
        self._is_hurried = False
        self._is_asking = False
        self._progress = (0, 0)
        self._usage: Usage | None = None
        self._pieces: list[ThoughtPiece] = []
        self._shown_pieces = -1
        self.line = ThoughtsLine(context.theme, self)
        self.text = MarkdownColumn(
            context, parser, role="muted", size=TypeSize.CONTROL, parent=self
        )
        self.chip = Chip(context.theme, "", icon="eye-off", parent=self)
        self.answer_now = AnswerNowButton(context.theme, context.words, self)
        self.text.hide()
        self.chip.hide()
        self._timer = QTimer(self, interval=_TICK_MS)
        self._timer.timeout.connect(self._say)
        self.line.clicked.connect(self._on_clicked)
        self.answer_now.clicked.connect(self.hurry)
        self.text.height_changed.connect(lambda: self.height_changed.emit(False))
        context.theme.changed.connect(self.update)
        self._say()

    @property
    def is_open(self) -> bool:
        """Whether the thoughts are shown."""
        return self.line.isChecked()

    @property
    def is_needed(self) -> bool:
        """Whether there is anything to say about thoughts or reading."""
        if self._waiting:
            return True
        if self._phase is not None:
            return self._phase is not Phase.ANSWERING or self._has_thought
        return self._has_thought

    @property
    def _has_thought(self) -> bool:
        return bool(self._pieces) or self._clock.seconds > 0 or bool(self._thought_tokens)

    @property
    def _thought_tokens(self) -> int:
        return self._usage.thought_tokens if self._usage else 0

    @property
    def _cut(self) -> ThinkingCut:
        if self._usage is not None:
            return self._usage.thinking_cut
        return ThinkingCut.ASKED if self._is_hurried else ThinkingCut.NONE

    def set_open(self, is_open: bool) -> None:
        """Open or close without telling anyone (a message that comes back into view)."""
        self.line.setChecked(is_open)
        self.flush()
        self._say()

    def set_thoughts(self, pieces: Iterable[ThoughtPiece], usage: Usage) -> None:
        """Show the thoughts of a finished answer."""
        self._pieces = list(pieces)
        self._usage = usage
        self._phase = None
        self._waiting = ""
        self._timer.stop()
        self.flush()
        self._say()

    def hurry(self) -> None:
        """Ask for the answer, if it is not there yet and was not asked for already."""
        if self._is_hurried or self._phase not in _BEFORE_ANSWER:
            return
        self._is_hurried = True
        self._say()
        self.answer_now_requested.emit()

    def wait_for_model(self) -> None:
        """The model is still being loaded; the first phase ends this."""
        self._waiting = self._words("Waiting for the model…")
        self._say()

    def wait_for_turn(self) -> None:
        """Another chat is answered first; the next phase ends this."""
        self._clock.enter(Phase.READING)  # nobody thinks meanwhile
        self._waiting = self._words("Waiting for its turn: another chat is answered first")
        self._say()

    def show_asking(self, is_asking: bool) -> None:
        """Whether a call waits for the user, so that nothing goes on."""
        if is_asking != self._is_asking:
            self._is_asking = is_asking
            self._say()

    def add(self, piece: ThoughtPiece) -> None:
        """Take one more thought; `flush` shows it if the panel is open."""
        self._pieces.append(piece)

    def flush(self) -> None:
        """Show what was added; costs nothing while closed."""
        if self.is_open and self._shown_pieces != len(self._pieces):
            self._shown_pieces = len(self._pieces)
            blocks = thought_blocks(self._pieces, self._words("withheld"))
            self.text.show_blocks(blocks)
        if self._has_thought != self.line.isEnabled():
            self._say()

    def set_phase(self, phase: Phase, done_tokens: int = 0, total_tokens: int = 0) -> None:
        """The answer is being written and went over to this phase."""
        self._clock.enter(phase)
        self._phase = phase
        self._waiting = ""
        self._progress = (done_tokens, total_tokens)
        if phase is Phase.ANSWERING:
            self._timer.stop()
        elif not self._timer.isActive():
            self._timer.start()
        self._say()

    def fit(self, width: int) -> int:
        """Lay out for a width; returns the height this takes, both in logical px."""
        hint = self.line.sizeHint()
        shift = _PAD - _GAP if self.is_open else -_GAP
        top = 6 if self.is_open else 0
        line_width = min(width - shift, hint.width())
        self.line.setGeometry(shift, top, line_width, hint.height())
        self.answer_now.stand_behind(self.line, width)
        self.text.setVisible(self.is_open)
        has_withheld = any(piece.withheld for piece in self._pieces)
        self.chip.setVisible(self.is_open and has_withheld)
        if not self.is_open:
            return hint.height()
        inner = width - 2 * _PAD
        y = top + hint.height() + _GAP
        text_height = self.text.fit(inner)
        self.text.setGeometry(_PAD, y, inner, text_height)
        y += text_height
        if has_withheld:
            size = self.chip.sizeHint()
            y += _GAP + 4
            chip_width = min(inner, size.width())
            self.chip.setGeometry(_PAD, y, chip_width, self._context.theme.scaled(Size.CHIP))
            y += self.chip.height()
        return y + _PAD

    @override
    def paintEvent(self, event: QPaintEvent) -> None:
        del event
        if self.is_open:
            theme = self._context.theme
            draw_box(
                QPainter(self),
                QRectF(self.rect()),
                Radius.CARD,
                fill=theme.color("surface"),
                line=theme.color("border"),
            )

    def _on_clicked(self) -> None:
        self.flush()
        self._say()
        self.toggled.emit(self.is_open)
        self.height_changed.emit(True)

    def _say(self) -> None:
        is_live = bool(self._waiting) or self._phase not in {None, Phase.ANSWERING}
        tokens = self._thought_tokens
        detail = self._words("{count} tokens", count=tokens) if tokens and self.is_open else ""
        self.line.set_look(
            self._line_text(), is_live=is_live, has_content=self._has_thought, detail=detail
        )
        self.line.setGeometry(
            self.line.x(), self.line.y(), self.line.sizeHint().width(), self.line.height()
        )
        self.answer_now.stand_behind(self.line, self.width())
        self.answer_now.setVisible(self._phase is Phase.THINKING and not self._is_hurried)
        state = self._words("Shown") if self.is_open else self._words("Hidden")
        self.line.setAccessibleDescription(f"{self._words('Thoughts')}: {state}")
        tip = self._words("Hide the thoughts") if self.is_open else self._words("Show the thoughts")
        if self._cut is not ThinkingCut.NONE:
            tip = f"{cut_text(self._words, self._cut)}\n{tip}"
        self.line.setToolTip(tip if self._has_thought else "")
        counts = withheld_counts(self._pieces)
        if counts:
            text = withheld_text(self._words, counts)
            if text != self.chip.text():
                self.chip.set_look(text, icon="eye-off", tone="neutral", tooltip=text)

    def _line_text(self) -> str:
        words = self._words
        if self._waiting:
            return self._waiting
        match self._phase:
            case Phase.READING:
                done, total = self._progress
                if total >= _LONG_READ_TOKENS:
                    percent = 100 * done // total
                    return words("Reading your message… {percent} %", percent=percent)
                return words("Reading your message…")
            case Phase.THINKING:
                return words("Thinking… {time}", time=duration(words, self._clock.seconds))
            case Phase.CALLING if self._is_asking:
                return words("Waiting for your answer")
            case Phase.CALLING:
                return words("Waiting for a tool…")
        seconds = self._clock.seconds
        if self._usage is not None and self._usage.thought_seconds > 0:
            seconds = self._usage.thought_seconds
        time = duration(words, seconds)
        if self._cut is not ThinkingCut.NONE:
            return words("Thought for {time} (cut short)", time=time)
        return words("Thought for {time}", time=time)

"""How far an answer is with its thinking, and how that is said.  Knows no widgets."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Final

from app.thoughts.display import ThoughtsDisplay
from app.thoughts.summary_values import SummaryState, ThoughtsSummary
from app.words import Words
from engine.events import Phase, ThinkingCut, Usage
from ui.chat.thoughts_clock import ThoughtsClock
from ui.chat.wording import cut_text, duration

_BEFORE_ANSWER: Final = frozenset({Phase.READING, Phase.THINKING, Phase.CALLING})
_LONG_READ_TOKENS: Final = 256
"""Reading fewer tokens than this is over before a percentage could be read."""


@dataclass(slots=True)
class ThoughtsState:
    """State of one answer.

    Attributes:
        words: the user's language.
        now: seconds of a clock that never goes back.
        phase: of the turn; None before and after it.
        waiting: for what, while nothing has begun; "" otherwise.
        is_hurried: the user asked for the answer.
        is_asking: a call waits for the user.
        progress: tokens read and to be read.
        usage: cost of the turn; None until it has ended.
        is_checking: thoughts are checked before any of them is shown.
    """

    words: Words
    now: Callable[[], float]
    phase: Phase | None = None
    waiting: str = ""
    is_hurried: bool = False
    is_asking: bool = False
    progress: tuple[int, int] = (0, 0)
    usage: Usage | None = None
    is_checking: bool = False
    clock: ThoughtsClock = field(init=False)

    def __post_init__(self) -> None:
        self.clock = ThoughtsClock(self.now)

    @property
    def has_ended(self) -> bool:
        """Whether no more thoughts will come."""
        return self.usage is not None

    def may_show(self, summary: ThoughtsSummary) -> bool:
        """Whether the user wants no check of thoughts, or these have passed it."""
        return not self.is_checking or (self.has_ended and summary.is_checked)

    def needs(self, summary: ThoughtsSummary, display: ThoughtsDisplay) -> bool:
        """Whether something has to be made before the thoughts can be shown in a way."""
        may_show = self.may_show(summary)
        if not self.has_ended or display is ThoughtsDisplay.HIDDEN:
            return False
        if display is ThoughtsDisplay.FILTERED:
            return not may_show
        return summary.state is not SummaryState.READY or not may_show

    @property
    def is_live(self) -> bool:
        """Whether the model is at work on something else than the answer's text."""
        return bool(self.waiting) or self.phase not in {None, Phase.ANSWERING}

    @property
    def has_taken_time(self) -> bool:
        """Whether there was thinking, even if none of it can be shown."""
        return self.clock.seconds > 0 or bool(self.thought_tokens)

    def is_headed(self, display: ThoughtsDisplay) -> bool:
        """Whether a headline says what the model is at."""
        return self.phase is Phase.THINKING and display is not ThoughtsDisplay.HIDDEN

    @property
    def can_hurry(self) -> bool:
        """Whether asking for the answer would change something."""
        return not self.is_hurried and self.phase in _BEFORE_ANSWER

    @property
    def thought_tokens(self) -> int:
        """Tokens of thinking, once they are known."""
        return self.usage.thought_tokens if self.usage else 0

    @property
    def cut(self) -> ThinkingCut:
        """Why the thoughts were cut short."""
        if self.usage is not None:
            return self.usage.thinking_cut
        return ThinkingCut.ASKED if self.is_hurried else ThinkingCut.NONE

    def wait(self, why: str) -> None:
        """Nothing has begun, or goes on; the next phase ends this."""
        self.clock.enter(Phase.READING)  # nobody thinks meanwhile
        self.waiting = why

    def enter(self, phase: Phase, done_tokens: int, total_tokens: int) -> None:
        """The turn went over to another phase."""
        self.clock.enter(phase)
        self.phase = phase
        self.waiting = ""
        self.progress = (done_tokens, total_tokens)

    def end(self, usage: Usage) -> None:
        """The answer is final."""
        self.usage = usage
        self.phase = None
        self.waiting = ""

    def tip(self, *, is_open: bool) -> str:
        """What pressing the line does, and why the thoughts were cut."""
        tip = self.words("Hide the thoughts") if is_open else self.words("Show the thoughts")
        why = cut_text(self.words, self.cut)
        return f"{why}\n{tip}" if why else tip

    def detail(self) -> str:
        """The cost of the thoughts, once it is known; or ""."""
        tokens = self.thought_tokens
        return self.words("{count} tokens", count=tokens) if tokens else ""

    def spoken(self) -> str:
        """What stays the same for a while, so that it is not read out each second; or ""."""
        if self.waiting:
            return ""
        match self.phase:
            case Phase.THINKING:
                return self.words("Thinking…")
            case Phase.READING:
                return self.words("Reading your message…")
        return ""

    def text(self) -> str:
        """What the line says."""
        words = self.words
        if self.waiting:
            return self.waiting
        match self.phase:
            case Phase.READING:
                done, total = self.progress
                if total >= _LONG_READ_TOKENS:
                    percent = 100 * done // total
                    return words("Reading your message… {percent} %", percent=percent)
                return words("Reading your message…")
            case Phase.THINKING:
                return words("Thinking… {time}", time=duration(words, self.clock.seconds))
            case Phase.CALLING if self.is_asking:
                return words("Waiting for your answer")
            case Phase.CALLING:
                return words("Waiting for a tool…")
        seconds = self.clock.seconds
        if self.usage is not None and self.usage.thought_seconds > 0:
            seconds = self.usage.thought_seconds
        time = duration(words, seconds)
        if self.cut is not ThinkingCut.NONE:
            return words("Thought for {time} (cut short)", time=time)
        return words("Thought for {time}", time=time)

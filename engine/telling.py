"""What a turn's messages say, as events for those who wait for them.  Engine thread only."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterable
from typing import Final

from engine.events import (
    Phase,
    PreambleAdded,
    TextAdded,
    ToolCalled,
    TurnEvent,
)
from engine.harmony.messages import AssistantMessage, Channel, ToolMessage
from engine.harmony.reader import (
    AnalysisDelta,
    CallDelta,
    FinalDelta,
    HarmonyReader,
    MessageEnded,
    PreambleDelta,
    ReaderEvent,
)
from engine.harmony.tokens import ORDINARY_TOKENS
from engine.requests import TurnId
from engine.thought_stream import ThoughtStream
from engine.turn_meter import TurnMeter

PACE_SECONDS: Final = 0.015
"""Words of an answer that come sooner than this after the last ones wait for the next: a screen
shows 60 pictures a second, and each event wakes another thread, which costs a fast model some
hundredths of its speed (docs/decisions/029.md)."""


class Telling:
    """Turns what the reader understood into events.

    Raw analysis goes to the thoughts' filter and nowhere else.  Words of the answer that come
    faster than anybody can see are read and told together.

    Args:
        turn_id: stands in every event.
        thoughts: the way of raw analysis.
        meter: hears of each phase.
        emit: gets the events.

    Attributes:
        call: the call of a tool that is complete and waits for its result.
        has_words: the user was told something, and not white space alone.
    """

    def __init__(
        self,
        turn_id: TurnId,
        thoughts: ThoughtStream,
        meter: TurnMeter,
        emit: Callable[[TurnEvent], None],
    ) -> None:
        self._turn_id = turn_id
        self._thoughts = thoughts
        self._meter = meter
        self._emit = emit
        self._said: list[AssistantMessage | ToolMessage] = []
        self._attempt_begins = 0
        self._unread: list[int] = []
        self._told_at = 0.0
        self.call: AssistantMessage | None = None
        self.has_words = False

    @property
    def said(self) -> tuple[AssistantMessage | ToolMessage, ...]:
        """Everything that was written in the turn, thoughts and results included."""
        return tuple(self._said)

    def read(self, reader: HarmonyReader, token: int) -> None:
        """Have one more token read, now or with the next ones, and tell of it."""
        if token < ORDINARY_TOKENS and reader.is_answering:
            self._unread.append(token)
            if time.perf_counter() - self._told_at >= PACE_SECONDS:
                self.catch_up(reader)
        else:
            self.catch_up(reader)
            self.tell(reader.feed(token))

    def catch_up(self, reader: HarmonyReader) -> None:
        """Have the words of the answer read that wait, and tell of them."""
        if self._unread:
            self.tell(reader.feed_words(self._unread))
            self._unread.clear()

    def tell(self, events: Iterable[ReaderEvent]) -> None:
        """Pass on what was read."""
        for event in events:
            self._tell(event)

    def end(self, events: Iterable[ReaderEvent]) -> None:
        """The turn ends, perhaps in the middle of a message: give out what was held back."""
        self.tell(events)
        self._thoughts.end_message()
        self.call = None

    def tell_call(self) -> None:
        """Tell of the call, after which the turn waits."""
        call = self.call
        if call is not None and call.recipient is not None:
            self._meter.enter(Phase.CALLING)
            channel = call.channel or Channel.COMMENTARY
            self._emit(ToolCalled(self._turn_id, call.recipient, call.text, channel))

    def take_result(self, result: ToolMessage) -> None:
        """The call has its result; what was said up to here counts."""
        self._said.append(result)
        self._attempt_begins = len(self._said)
        self.call = None

    def forget(self) -> None:
        """What was said in vain does not count; another attempt begins."""
        del self._said[self._attempt_begins :]

    def _tell(self, event: ReaderEvent) -> None:
        if isinstance(event, FinalDelta):
            self._meter.enter(Phase.ANSWERING)
            self._note(event.text)
            self._told_at = time.perf_counter()
            self._emit(TextAdded(self._turn_id, event.text))
        elif isinstance(event, AnalysisDelta):
            self._meter.enter(Phase.THINKING)
            self._thoughts.feed(event.text)
        elif isinstance(event, PreambleDelta):
            self._meter.enter(Phase.ANSWERING)
            self._note(event.text)
            self._emit(PreambleAdded(self._turn_id, event.text))
        elif isinstance(event, CallDelta):
            self._meter.enter(Phase.CALLING)
        elif isinstance(event, MessageEnded):
            self._end_message(event.message)

    def _note(self, text: str) -> None:
        if not self.has_words:
            self.has_words = bool(text.strip())

    def _end_message(self, message: AssistantMessage) -> None:
        self._thoughts.end_message()
        self._said.append(message)
        if message.recipient is not None:
            self.call = message

"""From sampled token ids to what they say.  Never raises, never shows a special token."""

from __future__ import annotations

import codecs
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from enum import Enum, auto
from typing import Final

from engine.harmony.header import Header, HeaderText, understand
from engine.harmony.messages import AssistantMessage, Channel
from engine.harmony.tokens import (
    CALL,
    CHANNEL,
    CONSTRAIN,
    END,
    MESSAGE,
    ORDINARY_TOKENS,
    RETURN,
    START,
    TURN_ENDS,
)
from engine.harmony.vocabulary import Vocabulary

MAX_HEADER_TOKENS: Final = 64
"""A header with a long tool name has some 40 tokens; what is longer was meant as content."""

_SPELLED_MESSAGE: Final = "<|message|>"


@dataclass(frozen=True, slots=True)
class MessageStarted:
    """A message's header was read."""

    channel: Channel
    recipient: str | None = None
    content_type: str | None = None


@dataclass(frozen=True, slots=True)
class AnalysisDelta:
    """More chain of thought: raw, for the filter alone."""

    text: str


@dataclass(frozen=True, slots=True)
class PreambleDelta:
    """More commentary for the user."""

    text: str


@dataclass(frozen=True, slots=True)
class FinalDelta:
    """More of the answer."""

    text: str


@dataclass(frozen=True, slots=True)
class CallDelta:
    """More of a tool call's body."""

    text: str


@dataclass(frozen=True, slots=True)
class MessageEnded:
    """A message is complete."""

    message: AssistantMessage


@dataclass(frozen=True, slots=True)
class TurnEnded:
    """The model ended its turn; `is_call` when it waits for a tool."""

    is_call: bool


Delta = AnalysisDelta | PreambleDelta | FinalDelta | CallDelta
ReaderEvent = MessageStarted | Delta | MessageEnded | TurnEnded

_NOTHING: Final[tuple[ReaderEvent, ...]] = ()
_DeltaType = type[AnalysisDelta] | type[PreambleDelta] | type[FinalDelta] | type[CallDelta]
_DELTAS: Final[dict[Channel, _DeltaType]] = {
    Channel.ANALYSIS: AnalysisDelta,
    Channel.COMMENTARY: PreambleDelta,
    Channel.FINAL: FinalDelta,
}


class _State(Enum):
    HEADER = auto()
    CONTENT = auto()
    BETWEEN = auto()
    IGNORED = auto()


class HarmonyReader:
    """Read one assistant turn, from behind `<|start|>assistant`.

    Malformed output is repaired so that no text for the user is lost; where it is unclear
    whether words are thoughts or answer, they are thoughts.

    Args:
        vocabulary: bytes of the ids.
        tools: addresses of the declared tools (`functions.f`, `python`, …).

    Attributes:
        repairs: how often something malformed was mended.
        channel: channel of the message in progress, None outside of one.
    """

    def __init__(self, vocabulary: Vocabulary, tools: Collection[str] = ()) -> None:
        self._pieces = vocabulary.pieces
        self._tools = frozenset(tools)
        self._decoder = codecs.getincrementaldecoder("utf-8")("replace")
        self._state = _State.HEADER
        self._header = HeaderText(is_framed=True)
        self._message = AssistantMessage(None, "")
        self._delta: _DeltaType = FinalDelta
        self._texts: list[str] = []
        self._has_thought = False
        self._is_thought_open = False
        self._keeps_thought_open = False
        self._has_final = False
        self.repairs = 0
        self.channel: Channel | None = None

    @property
    def has_final(self) -> bool:
        """Some text of an answer was read, be it still held back in a header without an end."""
        if self._has_final or self._state is not _State.HEADER:
            return self._has_final
        header = self._held_header()
        channel = _channel_of(header, self._has_thought, self._is_thought_open, is_complete=False)
        return header.is_assistant and bool(header.text) and channel is Channel.FINAL

    @property
    def is_in_call(self) -> bool:
        """What is being written goes to a tool, so that the end of the turn makes it a call."""
        if self._state is _State.HEADER:
            return self._held_header().recipient is not None
        return self._state is _State.CONTENT and self._delta is CallDelta

    @property
    def is_thinking(self) -> bool:
        """What is being written is chain of thought, and no call of a tool."""
        return self._state is _State.CONTENT and self._delta is AnalysisDelta

    @property
    def is_answering(self) -> bool:
        """What is being written is the answer: ordinary tokens are words of it and no more."""
        return self._state is _State.CONTENT and self._delta is FinalDelta

    def forget_partial_character(self) -> None:
        """Drop the bytes of a character that will never be completed."""
        self._decoder.reset()

    def feed(self, token_id: int) -> tuple[ReaderEvent, ...]:
        """Take one sampled id; what it completes comes back, usually at most one delta."""
        if 0 <= token_id < ORDINARY_TOKENS:
            if self._state is _State.CONTENT:
                return self._text(self._decoder.decode(self._pieces[token_id]))
            return self._ordinary_outside(token_id)
        return self._special(token_id)

    def feed_words(self, token_ids: Sequence[int]) -> tuple[ReaderEvent, ...]:
        """Take ordinary ids while `is_answering`: as `feed` for each, but one delta for all."""
        return self._text(self._decoder.decode(b"".join(map(self._pieces.__getitem__, token_ids))))

    def finish(self) -> tuple[ReaderEvent, ...]:
        """Generation ended without a token that ends the turn; give out what was held back."""
        if self._state is _State.HEADER:
            return self._end_broken_header(None)
        return self._end_message(None)

    # ---- ordinary tokens

    def _text(self, text: str) -> tuple[ReaderEvent, ...]:
        if not text:
            return _NOTHING
        self._texts.append(text)
        if self._delta is FinalDelta:
            self._has_final = True
        return (self._delta(text),)

    def _ordinary_outside(self, token_id: int) -> tuple[ReaderEvent, ...]:
        if self._state is _State.IGNORED:
            return _NOTHING
        if self._state is _State.BETWEEN:
            self.repairs += 1
            self._begin_header(is_framed=True)
        self._header.add(self._decoder.decode(self._pieces[token_id]))
        if _SPELLED_MESSAGE in self._header.text:
            self.repairs += 1
            self._header.text, _, body = self._header.text.partition(_SPELLED_MESSAGE)
            started = self._begin_content(is_complete=True)
            return (*started, *self._text(body)) if started else _NOTHING
        if self._header.tokens > MAX_HEADER_TOKENS:
            return self._begin_content(is_complete=False)
        return _NOTHING

    # ---- special tokens

    def _special(self, token_id: int) -> tuple[ReaderEvent, ...]:
        if token_id in TURN_ENDS:
            return self._end_turn(token_id)
        if token_id == END:
            return self._on_end()
        if token_id == START:
            return self._on_start()
        if token_id == CHANNEL:
            return self._on_channel()
        if token_id == MESSAGE:
            return self._on_message()
        if token_id == CONSTRAIN and self._state is _State.HEADER:
            self._header.add(f"{self._flushed()}<|constrain|>")
        else:
            self.repairs += 1
        return _NOTHING

    def _on_end(self) -> tuple[ReaderEvent, ...]:
        if self._state is _State.BETWEEN:
            self.repairs += 1
            return _NOTHING
        events = self._end_any(END)
        if not _is_call(events):
            return events
        self.repairs += 1  # a call that ends like any message is a call all the same
        return (*events, TurnEnded(is_call=True))

    def _on_start(self) -> tuple[ReaderEvent, ...]:
        if self._state in (_State.CONTENT, _State.IGNORED):
            self.repairs += 1
        events = self._end_any(START)
        self._begin_header(is_framed=False)
        return events

    def _on_channel(self) -> tuple[ReaderEvent, ...]:
        events = _NOTHING
        if self._state is not _State.HEADER:
            self.repairs += 1
            events = self._end_message(CHANNEL)
            self._begin_header(is_framed=True)
        self._header.add(f"{self._flushed()}<|channel|>")
        return events

    def _on_message(self) -> tuple[ReaderEvent, ...]:
        if self._state is _State.BETWEEN:
            self._begin_header(is_framed=True)
        if self._state is _State.HEADER:
            self._header.add(self._flushed())
            return self._begin_content(is_complete=True)
        self.repairs += 1
        return _NOTHING

    def _end_turn(self, token_id: int) -> tuple[ReaderEvent, ...]:
        events = self._end_any(token_id)
        is_call = _is_call(events)
        self.repairs += is_call != (token_id == CALL)
        return (*events, TurnEnded(is_call))

    # ---- messages

    def _held_header(self) -> Header:
        """The header in progress, were it to end here without a message marker."""
        return understand(self._header, self._tools, is_complete=False)

    def _begin_header(self, *, is_framed: bool) -> None:
        self._state = _State.HEADER
        self._header = HeaderText(is_framed)

    def _begin_content(self, *, is_complete: bool) -> tuple[ReaderEvent, ...]:
        """The header is over, by its marker or because it holds what no header holds."""
        header = understand(self._header, self._tools, is_complete=is_complete)
        self.repairs += not header.is_sound
        if not header.is_assistant:
            self._state = _State.IGNORED
            self._flushed()
            return _NOTHING
        channel = _channel_of(
            header, self._has_thought, self._is_thought_open, is_complete=is_complete
        )
        self._has_thought |= channel is Channel.ANALYSIS
        self._keeps_thought_open = self._is_thought_open and not is_complete
        self._state = _State.CONTENT
        self.channel = channel
        self._message = AssistantMessage(channel, "", header.recipient, header.content_type)
        self._delta = CallDelta if header.recipient else _DELTAS[channel]
        self._texts = []
        started = MessageStarted(channel, header.recipient, header.content_type)
        text = header.text
        if is_complete:  # words before the marker: content, but no part of a tool's arguments
            text = f"{text} " if text and not header.recipient else ""
        return (started, *self._text(text))

    def _end_any(self, token_id: int) -> tuple[ReaderEvent, ...]:
        if self._state is _State.HEADER:
            return self._end_broken_header(token_id)
        return self._end_message(token_id)

    def _end_broken_header(self, token_id: int | None) -> tuple[ReaderEvent, ...]:
        """A header broke off: what it holds beyond header words was meant as content.

        Args:
            token_id: the special token that broke it off, None for the end of generation.
        """
        if self._header.tokens == 0:
            self._state = _State.BETWEEN
            self.repairs += token_id is not None
            return _NOTHING  # nothing but the frame's own `<|start|>assistant`
        self._header.add(self._flushed())
        header = self._held_header()
        is_call = header.recipient is not None and token_id in (CALL, END, RETURN)
        if is_call or (header.text and header.is_assistant):
            events = self._begin_content(is_complete=False)
            return (*events, *self._end_message(token_id))
        self._state = _State.BETWEEN
        self.repairs += 1
        return _NOTHING

    def _end_message(self, token_id: int | None) -> tuple[ReaderEvent, ...]:
        """End the message in progress, if there is one, by a special token or by the end."""
        state, self._state = self._state, _State.BETWEEN
        if state is not _State.CONTENT:
            return _NOTHING
        events = self._text(self._flushed())
        is_broken_off = token_id in (START, CHANNEL)
        is_thought = self._delta is AnalysisDelta or self._keeps_thought_open
        self._is_thought_open = is_broken_off and is_thought
        self.channel = None
        message = self._message
        whole = AssistantMessage(
            message.channel, "".join(self._texts), message.recipient, message.content_type
        )
        return (*events, MessageEnded(whole))

    def _flushed(self) -> str:
        """Bytes of a character that was never completed, as U+FFFD."""
        text = self._decoder.decode(b"", final=True)
        self._decoder.reset()
        return text


def _channel_of(
    header: Header, has_thought: bool, is_thought_open: bool, *, is_complete: bool
) -> Channel:
    """The channel a header names, or a guess that never turns thoughts into an answer.

    A header with a mangled channel at the start of a turn most likely opens the
    thoughts; without any channel marker it is an answer (openai/harmony#80).  Thoughts
    that broke off go on, until a whole header says otherwise.
    """
    if header.recipient is not None:
        return header.channel or Channel.COMMENTARY
    if is_thought_open and not (is_complete and header.channel):
        return Channel.ANALYSIS
    if header.channel is not None:
        return header.channel
    is_first = header.has_channel_marker and not has_thought
    return Channel.ANALYSIS if is_first else Channel.FINAL


def _is_call(events: tuple[ReaderEvent, ...]) -> bool:
    """Whether the last event ends a message to a tool."""
    last = events[-1] if events else None
    return isinstance(last, MessageEnded) and last.message.recipient is not None

"""From sampled token ids to what they say.  Never raises, never shows a special token."""

from __future__ import annotations

import codecs
from collections.abc import Collection
from dataclasses import dataclass
from enum import Enum, auto
from typing import Final

from engine.harmony.header import HeaderParts, content_after, understand
from engine.harmony.messages import AssistantMessage, Channel
from engine.harmony.tokens import (
    CALL,
    CHANNEL,
    CONSTRAIN,
    END,
    MESSAGE,
    ORDINARY_TOKENS,
    START,
    TURN_ENDS,
)
from engine.harmony.vocabulary import Vocabulary

MAX_HEADER_TOKENS: Final = 32
"""A header has at most about 20 tokens; what is longer was meant as content."""


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
        has_final: some text of an answer was read.
    """

    def __init__(self, vocabulary: Vocabulary, tools: Collection[str] = ()) -> None:
        self._pieces = vocabulary.pieces
        self._tools = frozenset(tools)
        self._decoder = codecs.getincrementaldecoder("utf-8")("replace")
        self._state = _State.HEADER
        self._parts = HeaderParts(role="assistant")
        self._message = AssistantMessage(None, "")
        self._delta: _DeltaType = FinalDelta
        self._texts: list[str] = []
        self._has_thought = False
        self.repairs = 0
        self.channel: Channel | None = None
        self.has_final = False

    def feed(self, token_id: int) -> tuple[ReaderEvent, ...]:
        """Take one sampled id; what it completes comes back, usually at most one delta."""
        if 0 <= token_id < ORDINARY_TOKENS:
            if self._state is _State.CONTENT:
                return self._text(self._decoder.decode(self._pieces[token_id]))
            return self._ordinary_outside(token_id)
        return self._special(token_id)

    def finish(self) -> tuple[ReaderEvent, ...]:
        """Generation ended without a token that ends the turn; give out what was held back."""
        if self._state in (_State.HEADER, _State.BETWEEN):
            return self._end_header_as_content()
        return self._end_message()

    # ---- ordinary tokens

    def _text(self, text: str) -> tuple[ReaderEvent, ...]:
        if not text:
            return _NOTHING
        self._texts.append(text)
        if self._delta is FinalDelta:
            self.has_final = True
        return (self._delta(text),)

    def _ordinary_outside(self, token_id: int) -> tuple[ReaderEvent, ...]:
        if self._state is _State.IGNORED:
            return _NOTHING
        if self._state is _State.BETWEEN:
            self.repairs += 1
            self._begin_header("assistant")
        self._parts.add(self._decoder.decode(self._pieces[token_id]))
        if self._parts.tokens > MAX_HEADER_TOKENS:
            self.repairs += 1
            return self._begin_content(content_after(self._parts))
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
            self._parts.add_constrain()
        else:
            self.repairs += 1
        return _NOTHING

    def _on_end(self) -> tuple[ReaderEvent, ...]:
        if self._state is _State.HEADER:
            return self._end_header_as_content()
        if self._state is _State.BETWEEN:
            self.repairs += 1
            return _NOTHING
        events = self._end_message()
        if not _is_call(events):
            return events
        self.repairs += 1  # a call that ends like any message is a call all the same
        return (*events, TurnEnded(is_call=True))

    def _on_start(self) -> tuple[ReaderEvent, ...]:
        events = _NOTHING
        if self._state is _State.HEADER:
            repairs = self.repairs
            events = self._end_header_as_content()
            self.repairs = repairs + 1
        elif self._state is not _State.BETWEEN:
            self.repairs += 1
            events = self._end_message()
        self._begin_header()
        return events

    def _on_channel(self) -> tuple[ReaderEvent, ...]:
        events = _NOTHING
        if self._state is not _State.HEADER:
            self.repairs += 1
            events = self._end_message() if self._state is not _State.BETWEEN else _NOTHING
            self._begin_header("assistant")
        self._parts.add_channel()
        return events

    def _on_message(self) -> tuple[ReaderEvent, ...]:
        if self._state is _State.HEADER:
            return self._begin_content("")
        if self._state is _State.BETWEEN:
            self._begin_header("assistant")
            return self._begin_content("")
        self.repairs += 1
        return _NOTHING

    def _end_turn(self, token_id: int) -> tuple[ReaderEvent, ...]:
        if self._state is _State.HEADER:
            events = self._end_header_as_content()
        else:
            events = self._end_message()
        is_call = _is_call(events)
        self.repairs += is_call != (token_id == CALL)
        return (*events, TurnEnded(is_call))

    # ---- messages

    def _begin_header(self, role: str = "") -> None:
        self._state = _State.HEADER
        self._parts = HeaderParts(role=role)
        self._decoder.reset()

    def _begin_content(self, text: str) -> tuple[ReaderEvent, ...]:
        """The header is over; `text` is content that stood in it."""
        header = understand(self._parts, self._tools)
        self.repairs += not header.is_sound
        if not header.is_assistant:
            self._state = _State.IGNORED
            return _NOTHING
        channel = header.channel or self._guessed_channel(header.recipient)
        self._has_thought |= channel is Channel.ANALYSIS
        self._state = _State.CONTENT
        self.channel = channel
        self._message = AssistantMessage(channel, "", header.recipient, header.content_type)
        self._delta = CallDelta if header.recipient else _DELTAS[channel]
        self._texts = []
        started = MessageStarted(channel, header.recipient, header.content_type)
        stray = f"{header.text} " if header.text and channel is not Channel.ANALYSIS else ""
        return (started, *self._text(text or stray))

    def _guessed_channel(self, recipient: str | None) -> Channel:
        """The channel of a header that names none that is known.

        A header with a mangled channel at the start of a turn most likely opens the
        thoughts; without any channel marker it is an answer (openai/harmony#80).
        """
        if recipient is not None:
            return Channel.COMMENTARY
        if self._parts.channels:
            return Channel.FINAL if self._has_thought else Channel.ANALYSIS
        is_bare_thought = self._parts.role.removeprefix("assistant").startswith("analysis")
        return Channel.ANALYSIS if is_bare_thought else Channel.FINAL

    def _end_header_as_content(self) -> tuple[ReaderEvent, ...]:
        """A header broke off: what it holds beyond header words was meant as content."""
        if self._state is _State.BETWEEN:
            return _NOTHING
        self._parts.add(self._decoder.decode(b"", final=True))
        text = content_after(self._parts)
        header = understand(self._parts, self._tools)
        is_filler = not self._parts.channels and not header.text
        self._state = _State.BETWEEN
        if self._parts.tokens == 1 and not text:
            return _NOTHING  # nothing but the frame's own `<|start|>assistant`
        self.repairs += 1
        if not text or is_filler or not header.is_assistant:
            return _NOTHING
        events = self._begin_content(text)
        return (*events, *self._end_message())

    def _end_message(self) -> tuple[ReaderEvent, ...]:
        state, self._state = self._state, _State.BETWEEN
        if state is not _State.CONTENT:
            return _NOTHING
        events = self._text(self._decoder.decode(b"", final=True))
        self._decoder.reset()
        self.channel = None
        message = self._message
        whole = AssistantMessage(
            message.channel, "".join(self._texts), message.recipient, message.content_type
        )
        return (*events, MessageEnded(whole))


def _is_call(events: tuple[ReaderEvent, ...]) -> bool:
    """Whether the last event ends a message to a tool."""
    last = events[-1] if events else None
    return isinstance(last, MessageEnded) and last.message.recipient is not None

"""One assistant turn in progress: engine events in, changes and a growing message out."""

from __future__ import annotations

from collections.abc import Callable, Collection
from dataclasses import dataclass, field, replace
from typing import Final, Protocol

from app.chats.changes import (
    AnswerBeginningLeftOut,
    AnswerCallChanged,
    AnswerPhaseChanged,
    AnswerPreambleAdded,
    AnswerTextAdded,
    AnswerThoughtAdded,
    ChatChange,
)
from app.chats.values import Message, MessageStatus, Problem
from app.tools.records import CallRecord
from engine.analysis_filter import ThoughtPiece
from engine.events import (
    Failed,
    Finished,
    MessagesLeftOut,
    Phase,
    PhaseChanged,
    PreambleAdded,
    PromptRead,
    StopReason,
    TextAdded,
    ThinkingCut,
    ThoughtAdded,
    ToolCalled,
    TurnEvent,
    Usage,
)
from engine.harmony.messages import ToolMessage
from engine.requests import (
    AnswerRequest,
    ForecastRequest,
    InspectRequest,
    LoadRequest,
    MeasureRequest,
    PrepareRequest,
    SideJobId,
    SideRequest,
    TurnId,
)

_STATUS_OF: Final = {
    StopReason.END_OF_TURN: MessageStatus.COMPLETE,
    StopReason.TOKEN_LIMIT: MessageStatus.LIMIT,
    StopReason.CANCELLED: MessageStatus.STOPPED,
}


class AnswerEngine(Protocol):
    """The part of `engine.worker.Engine` that the product uses.  Calls never block."""

    def load(self, request: LoadRequest) -> None:
        """Load a model; `ModelLoaded` or `ModelLoadFailed` follows."""
        ...

    def cancel_load(self) -> None:
        """Give up the load in progress."""
        ...

    def unload(self) -> None:
        """Give the model's memory back."""
        ...

    def answer(self, request: AnswerRequest) -> None:
        """Generate one turn; its events follow."""
        ...

    def continue_turn(self, turn_id: TurnId, result: ToolMessage) -> None:
        """Hand the result of a tool to the turn that waits for it."""
        ...

    def stop(self, turn_id: TurnId) -> None:
        """End a turn; `Finished` follows unless it has ended already."""
        ...

    def prepare(self, request: PrepareRequest) -> None:
        """Read a conversation ahead when there is nothing else to do."""
        ...

    def forecast(self, request: ForecastRequest) -> None:
        """Ask what going on with a conversation would cost; `Forecast` may follow."""
        ...

    def inspect(self, request: InspectRequest) -> None:
        """Ask what the next prompt looks like; `PromptInspected` may follow."""
        ...

    def measure(self, request: MeasureRequest) -> None:
        """Ask how long the next prompt would be; `PromptMeasured` may follow."""
        ...

    def forget(self, chat: str) -> None:
        """Drop everything that is kept of a chat."""
        ...

    def answer_now(self, turn_id: TurnId) -> None:
        """Have a turn answer without further thoughts."""
        ...

    def side(self, request: SideRequest) -> None:
        """Ask a small question beside the chat; `SideEnded` follows."""
        ...

    def cancel_side(self, job_id: SideJobId) -> None:
        """End a side job; `SideEnded` follows unless it has ended already."""
        ...

    def close(self) -> object:
        """End the engine thread and wait for it."""
        ...


@dataclass(frozen=True, slots=True)
class TurnStep:
    """What one engine event led to.

    Attributes:
        changes: what the views should hear.
        called: the model called a tool, and waits for its result.
        ended: the turn is over; `Turn.message` is final.
    """

    changes: tuple[ChatChange, ...] = ()
    called: ToolCalled | None = None
    ended: bool = False


@dataclass(slots=True)
class Turn:
    """State of one turn.  Confined to the service's thread.

    Attributes:
        turn_id: id of the turn in the engine.
        message: the answer so far; final after a step that `ended`.
        to_branch: from a number of messages the engine left out to one of stored messages.
        is_too_long: the question alone is longer than the context.
        context_tokens: tokens that the model has read of the conversation, and of results.
    """

    turn_id: TurnId
    message: Message
    to_branch: Callable[[int], int] = lambda messages: messages
    is_too_long: bool = False
    context_tokens: int = 0
    _text: list[str] = field(default_factory=list)
    _thoughts: list[ThoughtPiece] = field(default_factory=list)
    _preamble: list[str] = field(default_factory=list)
    _calls: dict[int, CallRecord] = field(default_factory=dict)
    _why_given_up: Problem | None = None
    _before: Usage = field(init=False)

    def __post_init__(self) -> None:
        begun = self.message  # empty, unless the answer goes on
        self._before = begun.usage
        self._text += [begun.text] if begun.text else []
        self._preamble += [begun.preamble] if begun.preamble else []
        self._thoughts += begun.thoughts
        self._calls |= {call.number: call for call in begun.calls}

    def apply(self, event: TurnEvent) -> TurnStep:
        """Take one event of this turn."""
        match event:
            case TextAdded(text=text):
                self._text.append(text)
                return self._changed(AnswerTextAdded(self.message.id, text))
            case ThoughtAdded(piece=piece):
                self._thoughts.append(piece)
                return self._changed(AnswerThoughtAdded(self.message.id, piece))
            case PreambleAdded(text=text):
                self._preamble.append(text)
                return self._changed(AnswerPreambleAdded(self.message.id, text))
            case PhaseChanged(phase=phase):
                return self._changed(AnswerPhaseChanged(self.message.id, phase))
            case PromptRead():
                self.context_tokens = event.reused_tokens + event.total_tokens
                return self._changed(
                    AnswerPhaseChanged(
                        self.message.id, Phase.READING, event.done_tokens, event.total_tokens
                    )
                )
            case MessagesLeftOut(messages=messages):
                return self._leave_out(self.to_branch(messages))
            case ToolCalled():
                return TurnStep(called=event)
            case Finished():
                return self._finish(event)
            case Failed():
                return self._fail(event)

    def snapshot(self) -> Message:
        """The answer as far as it is written."""
        return replace(
            self.message,
            text="".join(self._text),
            preamble="".join(self._preamble),
            thoughts=tuple(self._thoughts),
            calls=tuple(self._calls.values()),
        )

    @property
    def calls(self) -> Collection[CallRecord]:
        """The newest state of each call, in order."""
        return self._calls.values()

    @property
    def said(self) -> tuple[int, int]:
        """Characters of the preamble and of the text so far."""
        return sum(map(len, self._preamble)), sum(map(len, self._text))

    def put(self, call: CallRecord) -> AnswerCallChanged:
        """Take the newest state of a call; returns what the views should hear."""
        self._calls[call.number] = call
        return AnswerCallChanged(self.message.id, call)

    def give_up(self, why: Problem) -> None:
        """When the turn ends, it ends as failed."""
        self._why_given_up = why

    def _changed(self, change: ChatChange) -> TurnStep:
        return TurnStep(changes=(change,))

    def _leave_out(self, messages: int) -> TurnStep:
        """Whoever opens the chat in the middle of the answer sees it as well."""
        usage = replace(self.message.usage, left_out_messages=messages)
        self.message = replace(self.message, usage=usage)
        return self._changed(AnswerBeginningLeftOut(self.message.id, messages))

    def _finish(self, event: Finished) -> TurnStep:
        problem = self._why_given_up
        status = MessageStatus.FAILED if problem is not None else _STATUS_OF[event.reason]
        self.message = replace(
            self.snapshot(), status=status, usage=self._usage(event), problem=problem
        )
        return TurnStep(ended=True)

    def _fail(self, event: Failed) -> TurnStep:
        if event.was_interrupted:  # what happened to the engine is told elsewhere
            self.message = replace(
                self.snapshot(), status=MessageStatus.INTERRUPTED, usage=self._usage(event)
            )
            return TurnStep(ended=True)
        problem = Problem(event.title, event.hint, event.detail, dict(event.fields))
        self.message = replace(
            self.snapshot(),
            status=MessageStatus.FAILED,
            usage=self._usage(event),
            problem=problem,
        )
        self.is_too_long = event.is_too_long
        return TurnStep(ended=True)

    def _usage(self, event: Finished | Failed) -> Usage:
        left_out = self.to_branch(event.usage.left_out_messages)
        return together(self._before, replace(event.usage, left_out_messages=left_out))


def together(before: Usage, now: Usage) -> Usage:
    """What an answer cost that went on: both parts of it, and the cache as it is now."""
    cut = now.thinking_cut if now.thinking_cut is not ThinkingCut.NONE else before.thinking_cut
    return replace(
        now,
        reused_tokens=before.reused_tokens + now.reused_tokens,
        read_tokens=before.read_tokens + now.read_tokens,
        thought_tokens=before.thought_tokens + now.thought_tokens,
        reply_tokens=before.reply_tokens + now.reply_tokens,
        read_seconds=before.read_seconds + now.read_seconds,
        reply_seconds=before.reply_seconds + now.reply_seconds,
        thought_seconds=before.thought_seconds + now.thought_seconds,
        repairs=before.repairs + now.repairs,
        guarded=before.guarded + now.guarded,
        retries=before.retries + now.retries,
        thinking_cut=cut,
    )

"""The calls of the answer that is being written: from what the model wrote to its result."""

from __future__ import annotations

import logging
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from typing import Final

from app.chats.background import Background
from app.chats.call_at_work import CallAtWork, recall
from app.chats.tool_choice import ToolChoice
from app.chats.values import Message, Problem
from app.conversation import chat_key
from app.permissions.gate import CallInQuestion, Verdict
from app.permissions.values import PermissionRequest
from app.tools.records import CallRecord, CallStatus, PageRef
from app.tools.result_text import (
    NO_ROOM,
    denied_result,
    is_full,
    room_for_result,
    told_result,
    unknown_tool,
)
from app.tools.tool import CallRefusedError, RecallsPages, Tool
from app.tools.toolbox import Offer
from app.tools.values import (
    AttachmentRef,
    CallTarget,
    CallView,
    OutcomeStatus,
    Progress,
    ToolCall,
    ToolFamily,
    ToolOutcome,
)
from app.turn import Turn
from engine.events import ToolCalled
from engine.harmony.messages import Channel, ToolMessage

_log = logging.getLogger(__name__)

GAVE_UP: Final = Problem(
    "The model kept calling tools in ways that cannot run, so the answer was ended.",
    "Ask again in other words, or switch off the tools it does not need.",
)
NO_MORE_CALLS: Final = "Error: no more calls in this turn. Answer with what is known so far."
_UNREADABLE: Final = "the tool could not read this call."
_NOT_KEPT: Final = "Error: the call was not run, because the history could not be written."

Commit = Callable[[Callable[[None], None], Callable[[Problem], None] | None], None]
"""Writes the answer as it is; takes what to call then, and what to call when that fails."""

_STATUS: Final = {
    OutcomeStatus.DONE: CallStatus.DONE,
    OutcomeStatus.FAILED: CallStatus.FAILED,
    OutcomeStatus.TIMED_OUT: CallStatus.TIMED_OUT,
}


@dataclass(frozen=True, slots=True)
class Outlets:
    """Where a call's news go.

    Attributes:
        show: told of each new state of a call.
        commit: see `Commit`.
        hand_on: gives a result to the engine.
        give_up: ends the turn.
        hurry: has the answer come without further thoughts or calls.
    """

    show: Callable[[CallRecord], None]
    commit: Commit
    hand_on: Callable[[ToolMessage], None]
    give_up: Callable[[Problem], None]
    hurry: Callable[[], None]


@dataclass(slots=True)
class _Open:
    """The call that has no result yet."""

    record: CallRecord
    tool: Tool
    call: ToolCall
    request_id: int = 0
    work: CallAtWork | None = None


class Calling:
    """Walks the calls of one turn, one at a time.  Confined to the service's thread.

    Args:
        turn: shows and keeps the records.
        offer: the tools of the turn.
        tools: what runs them, and who lets them.
        background: where the store is.
        clock_ms: Unix time in milliseconds.
        earlier: the branch before the answer.
        context_tokens: size of the model's context; 0 while it is not known.
        outlets: where news of calls go.
    """

    def __init__(
        self,
        turn: Turn,
        offer: Offer,
        tools: ToolChoice,
        background: Background,
        *,
        clock_ms: Callable[[], int],
        earlier: Sequence[Message],
        context_tokens: Callable[[], int],
        outlets: Outlets,
    ) -> None:
        self._turn = turn
        self._offer = offer
        self._workshop, self._gate = tools.workshop, tools.desk
        self._background = background
        self._clock_ms = clock_ms
        self._context_tokens = context_tokens
        self._outlets = outlets
        self._open: _Open | None = None
        self._recalled: list[Tool] = []
        self._numbers = 0
        self._refused = 0
        self._batch_calls = 0
        self._batch_ms = 0
        self._turn_origins: tuple[str, ...] = ()
        self._chat_origins = _origins_of(earlier)

    @property
    def is_paused(self) -> bool:
        """Whether a cap was reached and `go_on` is waited for."""
        return self._open is not None and self._open.record.status is CallStatus.PAUSED

    def begin(self, called: ToolCalled) -> None:
        """Take a call of the model; its result goes to `hand_on`, however long that takes."""
        record = _new_record(called, self._numbers, self._turn.said)
        self._numbers += 1
        found = self._offer.find(called.recipient)
        if found is None:
            addresses = sorted(self._offer.addresses)
            self._refuse(record, unknown_tool(called.recipient, addresses))
            return
        address, tool = found
        key = chat_key(self._turn.message.chat_id)
        call = ToolCall(key, record.number, address, called.arguments, called.channel)
        self._open = opened = _Open(
            replace(record, view=replace(record.view, tool=address)), tool, call
        )
        if isinstance(tool, RecallsPages) and tool not in self._recalled:
            self._recalled.append(tool)
            recall(self._background, self._turn.message, tool, key, lambda: self._view(opened))
        else:
            self._view(opened)

    def _view(self, opened: _Open) -> None:
        if opened is not self._open:
            return
        try:
            view = _viewed(opened, opened.call.arguments)
        except CallRefusedError as error:
            self._open = None
            self._refuse(opened.record, f"Error: {error}")
            return
        if is_full(self._context_tokens(), self._turn.context_tokens):
            # Better a short answer now than an error for want of room after the result.
            self._open = None
            self._outlets.hurry()
            self._refuse(replace(opened.record, view=view), NO_ROOM)
            return
        self._refused = 0
        opened.record = replace(opened.record, view=view)
        caps = self._workshop.caps
        if self._batch_calls >= caps.calls or self._batch_ms >= caps.run_ms:
            self._change(opened, status=CallStatus.PAUSED)
            self._outlets.commit(_nothing, None)
        else:
            self._ask(opened)

    def go_on(self) -> None:
        """The user lets the turn go on after a cap; nothing where it is not paused."""
        if self._open is not None and self.is_paused:
            self._batch_calls = self._batch_ms = 0
            self._ask(self._open)

    def answer_without(self) -> None:
        """The user wants the answer without more calls; nothing where it is not paused."""
        if self._open is not None and self.is_paused:
            self._end(self._open, CallStatus.DENIED, NO_MORE_CALLS)

    def stop(self) -> None:
        """The turn ends: what runs is ended, what waits is taken back."""
        self._gate.withdraw(self._turn.message.id)
        opened, self._open = self._open, None
        if opened is None:
            return
        if opened.work is not None:
            opened.work.cancel()
        self._change(opened, status=CallStatus.STOPPED, progress=None, ended_ms=self._clock_ms())
        self._note_end(opened.request_id, opened.record)

    # ---- before it runs

    def _refuse(self, record: CallRecord, why: str) -> None:
        """Tell the model what was wrong; it may try again, but not for ever."""
        message = self._turn.message
        self._refused += 1
        self._gate.refused(message.chat_id, message.id, record.recipient, record.written, why)
        refused = replace(record, status=CallStatus.REFUSED, result=why)
        if self._refused > self._workshop.caps.refused:
            # Without a result: the model never gets one, so it must not be remembered either.
            self._outlets.show(replace(refused, result="", note=GAVE_UP.title))
            self._outlets.give_up(GAVE_UP)
        else:
            self._outlets.show(refused)
            self._outlets.hand_on(_message(refused))

    def _ask(self, opened: _Open) -> None:
        message, call = self._turn.message, opened.call
        question = CallInQuestion(
            message.chat_id,
            message.id,
            call.number,
            call.arguments,
            opened.record.view,
            self._turn_origins,
            tuple(dict.fromkeys((*self._chat_origins, *self._turn_origins))),
        )
        self._gate.consider(
            question,
            lambda body: _viewed(opened, body),
            on_asked=lambda request: self._on_asked(opened, request),
            on_answered=lambda verdict: self._on_answered(opened, verdict),
        )

    def _on_asked(self, opened: _Open, request: PermissionRequest) -> None:
        if opened is not self._open:
            return
        self._change(
            opened,
            status=CallStatus.WAITING,
            view=request.view,
            suggested_by=request.suggested_by,
        )
        self._outlets.commit(_nothing, None)

    def _on_answered(self, opened: _Open, verdict: Verdict) -> None:
        if opened is not self._open:
            return
        self._batch_calls += 1
        opened.request_id = verdict.request_id
        is_edited = verdict.body != opened.call.arguments
        opened.call = replace(opened.call, arguments=verdict.body)
        opened.record = replace(
            opened.record,
            view=verdict.view,
            original=opened.record.written if is_edited else "",
            answered=verdict.answered,
            suggested_by=verdict.suggested_by,
        )
        if not verdict.answered.is_allowed:
            self._end(opened, CallStatus.DENIED, denied_result(verdict.answered.reason))
            return
        # On disk before it runs: whatever happens, nothing ran without a trace.
        self._change(opened, status=CallStatus.RUNNING, started_ms=self._clock_ms())
        self._outlets.commit(
            lambda _: self._run(opened), lambda problem: self._not_kept(opened, problem)
        )

    def _not_kept(self, opened: _Open, problem: Problem) -> None:
        if opened is self._open:
            self._change(opened, note=problem.title)
            self._end(opened, CallStatus.FAILED, _NOT_KEPT)

    # ---- at work

    def _run(self, opened: _Open) -> None:
        if opened is not self._open:
            return
        opened.work = CallAtWork(self._workshop, self._background, self._turn.message)
        opened.work.start(
            opened.tool,
            opened.call,
            room_for_result(self._context_tokens(), self._turn.context_tokens),
            on_progress=lambda progress: self._on_progress(opened, progress),
            on_made=lambda outcome, kept: self._take(opened, outcome, kept),
            on_closed=self.stop,
        )

    def _on_progress(self, opened: _Open, progress: Progress) -> None:
        if opened is self._open:
            self._change(opened, progress=progress)

    def _take(self, opened: _Open, outcome: ToolOutcome, kept: tuple[AttachmentRef, ...]) -> None:
        if opened is not self._open:
            return
        self._turn_origins = tuple(dict.fromkeys((*self._turn_origins, *outcome.origins)))
        opened.record = _with_outcome(opened.record, outcome, kept)
        text = told_result(
            outcome.text,
            origins=outcome.origins,
            strictness=self._workshop.strictness(),
            edited=opened.call.arguments if opened.record.original else None,
        )
        self._end(opened, _STATUS[outcome.status], text)

    def _end(self, opened: _Open, status: CallStatus, result: str) -> None:
        """The call has its result: show it and let the model go on."""
        self._open = None
        self._change(opened, status=status, result=result, progress=None, ended_ms=self._clock_ms())
        record = opened.record
        if record.started_ms:
            self._batch_ms += record.ended_ms - record.started_ms
            self._note_end(opened.request_id, record)
        self._outlets.commit(_nothing, None)
        self._outlets.hand_on(_message(record))

    def _note_end(self, request_id: int, record: CallRecord) -> None:
        if request_id:
            took_ms = record.ended_ms - record.started_ms if record.started_ms else 0
            self._gate.ended(request_id, record.status, record.result, took_ms)

    def _change(self, opened: _Open, **changes: object) -> None:
        opened.record = replace(opened.record, **changes)  # type: ignore[arg-type]
        self._outlets.show(opened.record)


def _viewed(opened: _Open, body: str) -> CallView:
    """The call with these arguments.

    Raises:
        CallRefusedError: the tool does not take them, for whatever reason.
    """
    try:
        return opened.tool.view(replace(opened.call, arguments=body))
    except CallRefusedError:
        raise
    except Exception as error:
        # Hostile arguments must not end the program.
        _log.exception("%s could not read a call", opened.call.recipient)
        raise CallRefusedError(f"{_UNREADABLE} ({type(error).__name__})") from error


def _result_channel(channel: Channel) -> Channel:
    """Where the result of a call on this channel goes; an answer is never a result."""
    return Channel.COMMENTARY if channel is Channel.FINAL else channel


def _new_record(called: ToolCalled, number: int, said: tuple[int, int]) -> CallRecord:
    """What is known of a call before it is understood."""
    unknown = CallView(called.recipient, ToolFamily.UNKNOWN, CallTarget(), called.arguments)
    return CallRecord(
        number,
        called.recipient,
        unknown,
        CallStatus.WAITING,
        written=called.arguments,
        channel=_result_channel(called.channel).value,
        preamble_chars=said[0],
        text_chars=said[1],
    )


def _with_outcome(
    record: CallRecord, outcome: ToolOutcome, kept: tuple[AttachmentRef, ...]
) -> CallRecord:
    page = outcome.page
    return replace(
        record,
        attachments=kept,
        page=PageRef(page.cursor, page.url, page.title) if page is not None else None,
        files=outcome.files,
        origins=outcome.origins,
        note=outcome.note,
    )


def _message(record: CallRecord) -> ToolMessage:
    return ToolMessage(record.view.tool, Channel(record.channel), record.result)


def _origins_of(branch: Sequence[Message]) -> tuple[str, ...]:
    found = (origin for message in branch for call in message.calls for origin in call.origins)
    return tuple(dict.fromkeys(found))


def _nothing(_: object) -> None:
    """Nobody waits for it; `Background` tells of problems."""

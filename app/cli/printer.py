"""How `sotto ask` writes an answer: plain text for people, JSON lines for programs."""

from __future__ import annotations

import json
from typing import Any, Protocol, TextIO

from app.chats.changes import (
    AnswerCallChanged,
    AnswerPreambleAdded,
    AnswerTextAdded,
    AnswerThoughtAdded,
    ChatChange,
)
from app.chats.values import Message, MessageStatus, Problem
from app.thoughts.quoting import quoted
from app.tools.records import CallRecord, CallStatus
from engine.analysis_filter import ThoughtPiece

_REASONS = {
    MessageStatus.COMPLETE: "end_of_turn",
    MessageStatus.LIMIT: "token_limit",
    MessageStatus.STOPPED: "cancelled",
}

_UNFINISHED = frozenset({CallStatus.WAITING, CallStatus.PAUSED, CallStatus.RUNNING})


class AnswerPrinter(Protocol):
    """Writes one answer while it grows."""

    def show(self, change: ChatChange) -> None:
        """Write what a change adds, if it adds anything."""
        ...

    def finish(self, message: Message, model_name: str, chat_title: str | None) -> None:
        """Write the end of an answer that did not fail."""
        ...

    def fail(self, problem: Problem) -> None:
        """Write why there is no answer; the line for people goes to stderr elsewhere."""
        ...


class TextPrinter:
    """The answer as it comes; calls stay silent, and thoughts too unless somebody asks for them.

    Args:
        out: where to.
        has_thoughts: the filtered thoughts stand before the answer, as a quotation.
    """

    def __init__(self, out: TextIO, *, has_thoughts: bool = False) -> None:
        self._out = out
        self._has_thoughts = has_thoughts
        self._thoughts: list[ThoughtPiece] = []
        self._ends_with_newline = True
        self._has_preamble = False

    def show(self, change: ChatChange) -> None:
        """Write more of the answer's text."""
        match change:
            case AnswerThoughtAdded(piece=piece) if self._has_thoughts:
                self._thoughts.append(piece)
            case AnswerTextAdded(text=text):
                self._quote()
                if self._has_preamble:
                    self._has_preamble = False
                    self._write("\n\n")
                self._write(text)
            case AnswerPreambleAdded(text=text):
                self._quote()
                self._has_preamble = True
                self._write(text)
            case _:
                pass

    def finish(self, message: Message, model_name: str, chat_title: str | None) -> None:  # noqa: ARG002 - the text form shows neither
        """End the last line."""
        self._quote()
        if not self._ends_with_newline:
            self._write("\n")

    def fail(self, problem: Problem) -> None:  # noqa: ARG002 - the error line goes to stderr
        """End the last line, so that the error stands on its own."""
        if not self._ends_with_newline:
            self._write("\n")

    def _quote(self) -> None:
        """The thoughts since the last words."""
        thoughts, self._thoughts = quoted(self._thoughts), []
        if thoughts:
            self._write(("" if self._ends_with_newline else "\n\n") + thoughts + "\n\n")
            self._has_preamble = False

    def _write(self, text: str) -> None:
        self._out.write(text)
        self._out.flush()
        self._ends_with_newline = text.endswith("\n")


class JsonPrinter:
    """One JSON object a line.

    `type` is thought, text, tool_call, permission, tool_result, finished or failed.  Of each
    call there is one `tool_call`, then `permission` where it was decided whether it may run,
    then one `tool_result`; `number` tells calls apart.

    Args:
        out: where to.
        has_thoughts: `thought` holds the filtered text, not only what was taken out.
    """

    def __init__(self, out: TextIO, *, has_thoughts: bool = False) -> None:
        self._out = out
        self._has_thoughts = has_thoughts
        self._told: set[tuple[int, str]] = set()

    def show(self, change: ChatChange) -> None:
        """Write one object for a change that adds something."""
        match change:
            case AnswerThoughtAdded(piece=piece):
                kinds = [kind.value for kind in piece.withheld]
                text = {"text": piece.text} if self._has_thoughts else {}
                self._line(type="thought", withheld=kinds, **text)
            case AnswerTextAdded(text=text):
                self._line(type="text", text=text)
            case AnswerPreambleAdded(text=text):
                self._line(type="text", text=text, preamble=True)
            case AnswerCallChanged(call=call):
                self._show_call(call)
            case _:
                pass

    def finish(self, message: Message, model_name: str, chat_title: str | None) -> None:
        """Write the last object, with the cost of the turn."""
        usage = message.usage
        self._line(
            type="finished",
            reason=_REASONS.get(message.status, message.status.value),
            model=model_name,
            chat=chat_title,
            effort=message.effort.value,
            reused_tokens=usage.reused_tokens,
            read_tokens=usage.read_tokens,
            thought_tokens=usage.thought_tokens,
            reply_tokens=usage.reply_tokens,
            context_tokens=usage.context_tokens,
            read_seconds=round(usage.read_seconds, 4),
            thought_seconds=round(usage.thought_seconds, 4),
            seconds=round(usage.read_seconds + usage.reply_seconds, 4),
            tokens_per_second=round(usage.tokens_per_second, 2),
            repairs=usage.repairs,
            left_out_messages=usage.left_out_messages,
            guarded=usage.guarded,
            retries=usage.retries,
            thinking_cut=usage.thinking_cut.value,
            **_schema_facts(message),
            **_check_facts(message),
        )

    def fail(self, problem: Problem) -> None:
        """Write the last object of a turn that failed."""
        self._line(
            type="failed",
            title=problem.title.format(**problem.fields),
            hint=problem.hint.format(**problem.fields),
            detail=problem.detail,
        )

    def _show_call(self, call: CallRecord) -> None:
        view, answered = call.view, call.answered
        self._once(
            call,
            "tool_call",
            recipient=call.recipient,
            tool=view.tool,
            arguments=call.original or view.body,
        )
        if answered is not None:
            self._once(
                call,
                "permission",
                allowed=answered.is_allowed,
                by=answered.by.value,
                scope=answered.scope.value,
                reason=answered.reason,
                edited=view.body if call.original else None,
                suggested_by=list(call.suggested_by),
            )
        if call.status not in _UNFINISHED:
            self._once(
                call,
                "tool_result",
                status=call.status.value,
                text=call.result,
                note=call.note,
                attachments=[one.name for one in call.attachments],
                files=list(call.files),
                origins=list(call.origins),
                seconds=round((call.ended_ms - call.started_ms) / 1000, 3)
                if call.started_ms
                else 0.0,
            )

    def _once(self, call: CallRecord, kind: str, **fields: Any) -> None:
        if (call.number, kind) not in self._told:
            self._told.add((call.number, kind))
            self._line(type=kind, number=call.number, **fields)

    def _line(self, **fields: Any) -> None:
        self._out.write(json.dumps(fields, ensure_ascii=False) + "\n")
        self._out.flush()


def _check_facts(message: Message) -> dict[str, Any]:
    """What the check against the policy came to, where there was one."""
    check = message.check
    if check is None:
        return {}
    subject = "question" if check.is_of_question else "answer"
    told = {"state": check.state.value, "of": subject, "category": check.category}
    return {"check": {**told, "withheld": message.is_withheld}}


def _schema_facts(message: Message) -> dict[str, Any]:
    """Whether the answer is whole JSON of its schema: it cannot be anything else, but cut short."""
    if not message.format_name:
        return {}
    is_whole = message.status is MessageStatus.COMPLETE
    return {"schema": message.format_name, "schema_valid": is_whole}

from __future__ import annotations

import io
import json
from dataclasses import replace

from app.chats.changes import (
    AnswerCallChanged,
    AnswerPreambleAdded,
    AnswerTextAdded,
    AnswerThoughtAdded,
)
from app.chats.ids import ChatId, MessageId
from app.chats.values import Message, MessageRole, MessageStatus, Problem
from app.cli.printer import JsonPrinter, TextPrinter
from app.permissions.values import Answered, By, Scope
from app.thoughts.mark import MARK
from app.tools.records import CallRecord, CallStatus
from app.tools.values import CallTarget, CallView, ToolFamily
from engine.analysis_filter import ThoughtPiece, WithheldKind
from engine.events import Usage

ID = MessageId(1)


def answer(status: MessageStatus = MessageStatus.COMPLETE) -> Message:
    return Message(
        id=ID,
        chat_id=ChatId(1),
        parent_id=None,
        role=MessageRole.ASSISTANT,
        text="",
        created_ms=0,
        status=status,
        usage=Usage(reused_tokens=4, read_tokens=5, reply_tokens=6, reply_seconds=2.0),
    )


def call(arguments: str) -> CallRecord:
    view = CallView("functions.f", ToolFamily.UNKNOWN, CallTarget(), arguments)
    return CallRecord(0, "functions.f", view, CallStatus.REFUSED)


def test_plain_text_is_the_answer_alone_and_ends_with_one_newline() -> None:
    out = io.StringIO()
    printer = TextPrinter(out)
    printer.show(AnswerThoughtAdded(ID, ThoughtPiece("hidden")))
    printer.show(AnswerPreambleAdded(ID, "Let me look."))
    printer.show(AnswerCallChanged(ID, call("{}")))
    printer.show(AnswerTextAdded(ID, "안녕"))
    printer.show(AnswerTextAdded(ID, "하세요"))
    printer.finish(answer(), "practice", None)

    assert out.getvalue() == "Let me look.\n\n안녕하세요\n"


def test_thoughts_that_were_asked_for_are_quoted_where_they_came() -> None:
    out = io.StringIO()
    printer = TextPrinter(out, has_thoughts=True)
    printer.show(AnswerThoughtAdded(ID, ThoughtPiece("One.\n\n")))
    printer.show(AnswerThoughtAdded(ID, ThoughtPiece(f"Tell {MARK}.", (WithheldKind.ABUSE,))))
    printer.show(AnswerPreambleAdded(ID, "Let me look."))
    printer.show(AnswerThoughtAdded(ID, ThoughtPiece("Found it.")))
    printer.show(AnswerTextAdded(ID, "Here."))
    printer.finish(answer(), "practice", None)

    assert out.getvalue() == (
        "> One.\n>\n> Tell [withheld].\n\nLet me look.\n\n> Found it.\n\nHere.\n"
    )


def test_plain_text_before_a_failure_ends_its_line() -> None:
    out = io.StringIO()
    printer = TextPrinter(out)
    printer.show(AnswerTextAdded(ID, "half"))
    printer.fail(Problem("It broke."))

    assert out.getvalue() == "half\n"


def test_json_is_one_object_a_line_and_the_last_carries_the_cost() -> None:
    out = io.StringIO()
    printer = JsonPrinter(out)
    printer.show(AnswerThoughtAdded(ID, ThoughtPiece("ok", (WithheldKind.ABUSE,))))
    printer.show(AnswerTextAdded(ID, "line\nbreak"))
    printer.show(AnswerPreambleAdded(ID, "pre"))
    printer.show(AnswerCallChanged(ID, call('{"a": 1}')))
    printer.finish(answer(MessageStatus.LIMIT), "practice", "notes")

    lines = [json.loads(line) for line in out.getvalue().splitlines()]
    kinds = ["thought", "text", "text", "tool_call", "tool_result", "finished"]
    assert [line["type"] for line in lines] == kinds
    assert lines[0] == {"type": "thought", "withheld": ["abuse"]}
    assert lines[1]["text"] == "line\nbreak"
    assert lines[-1]["reason"] == "token_limit"
    assert (lines[-1]["reused_tokens"], lines[-1]["read_tokens"]) == (4, 5)
    assert lines[-1]["tokens_per_second"] == 3.0
    assert lines[-1]["chat"] == "notes"


def test_each_step_of_a_call_is_told_once() -> None:
    out = io.StringIO()
    printer = JsonPrinter(out)
    answered = Answered(is_allowed=True, by=By.PERSON, scope=Scope.CHAT)
    waiting = replace(call("2"), status=CallStatus.WAITING, suggested_by=("example.com",))
    running = replace(
        waiting, status=CallStatus.RUNNING, answered=answered, original="1", started_ms=1000
    )
    done = replace(running, status=CallStatus.DONE, result="2", ended_ms=2500, files=("a.csv",))
    for state in (waiting, waiting, running, running, done):
        printer.show(AnswerCallChanged(ID, state))
    printer.show(AnswerCallChanged(ID, replace(done, number=1)))

    lines = [json.loads(line) for line in out.getvalue().splitlines()]
    kinds = ["tool_call", "permission", "tool_result"]
    assert [(line["type"], line["number"]) for line in lines] == [
        (kind, number) for number in (0, 1) for kind in kinds
    ]
    assert lines[0]["arguments"] == "2"
    assert (lines[1]["by"], lines[1]["scope"], lines[1]["edited"]) == ("person", "chat", "2")
    assert lines[1]["suggested_by"] == ["example.com"]
    assert (lines[2]["text"], lines[2]["seconds"], lines[2]["files"]) == ("2", 1.5, ["a.csv"])


def test_a_failed_turn_is_the_last_json_object() -> None:
    out = io.StringIO()
    JsonPrinter(out).fail(Problem("No {what}.", "Try {what}.", fields={"what": "model"}))

    assert json.loads(out.getvalue()) == {
        "type": "failed",
        "title": "No model.",
        "hint": "Try model.",
        "detail": "",
    }

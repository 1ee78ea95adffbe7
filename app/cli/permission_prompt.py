"""Asks at the terminal whether calls may run or go on; where nobody is there, says no."""

from __future__ import annotations

import shlex
import unicodedata
from collections.abc import Callable
from typing import Final, TextIO

from app.chats.changes import (
    AnswerCallChanged,
    BusyChanged,
    ChatChange,
    PermissionAsked,
    PermissionSettled,
)
from app.chats.service import ChatService
from app.cli.terminal import Terminal
from app.permissions.rule_text import rule_text
from app.permissions.values import Decision, PermissionRequest, Scope
from app.tools.browser.provider_settings import provider_name
from app.tools.records import CallRecord, CallStatus
from app.tools.values import TargetKind

NOBODY: Final = "Nobody was there to ask."
_END_OF_EDIT: Final = "."


class PermissionPrompt:
    """Answers the questions of one run of `sotto ask`.  The service's thread.

    Args:
        service: takes the answers.
        errors: where the questions are written, away from the answer.
        terminal: where a person answers; None where there is nobody.
    """

    def __init__(
        self, service: ChatService, errors: TextIO, terminal: Terminal | None = None
    ) -> None:
        self._service = service
        self._desk = service.permissions
        self._errors = errors
        self._terminal = terminal
        self._asked: PermissionRequest | None = None
        self._stop_reading: Callable[[], None] = _nothing

    def show(self, change: ChatChange) -> None:
        """Take a change; only questions matter."""
        match change:
            case PermissionAsked(request=request) if self._terminal is None:
                self._refuse(request)
            case PermissionAsked(request=request):
                self._ask(request)
            case PermissionSettled(request_id=settled) if self._is_asked(settled):
                self._asked = None
                self._stop_reading()
            case AnswerCallChanged(call=call) if call.status is CallStatus.PAUSED:
                self._ask_to_go_on(call)
            case BusyChanged(is_busy=False):
                self._stop_reading()
            case _:
                pass

    def _ask_to_go_on(self, call: CallRecord) -> None:
        """A cap on the calls of the answer was reached."""
        self._write(f"sotto: The model has made {call.number} calls and wants to go on.")
        if self._terminal is None:
            self._write("sotto: There is nobody to ask, so it answers without more calls.")
            self._service.answer_now()
            return
        self._errors.write("  y = go on, n = answer now: ")
        self._errors.flush()
        self._read(self._take_going_on)

    def _take_going_on(self, line: str | None) -> None:
        if line is not None and line.strip().lower() == "y":
            self._service.tools.go_on()
        else:
            self._service.answer_now()

    def _is_asked(self, request_id: int) -> bool:
        return self._asked is not None and self._asked.id == request_id

    def _refuse(self, request: PermissionRequest) -> None:
        """Say no, and which option would have allowed it."""
        line = f"sotto: {_sentence(request)} It was not allowed: there is nobody to ask here."
        if request.pattern is not None:
            line += f" To allow it: --allow {shlex.quote(rule_text(request.pattern))}"
        self._write(line)
        self._desk.decide(request.id, Decision(is_allowed=False, reason=NOBODY))

    def _ask(self, request: PermissionRequest) -> None:
        self._asked = request
        self._write(f"sotto: {_sentence(request)}")
        if request.suggested_by:
            names = visible(", ".join(request.suggested_by))
            self._write(f"  This call may follow from content from {names}.")
        for reason in request.why:
            self._write(f"  {reason}")
        for line in visible(request.view.body).split("\n"):
            self._write(f"  | {line}")
        self._ask_again(request)

    def _ask_again(self, request: PermissionRequest) -> None:
        choices = ["y = once"]
        if request.offers_chat:
            choices.append("c = in this chat")
        if request.offers_always:
            choices.append("a = always")
        choices += ["n = no", "r = no, with a reason", "e = edit"]
        self._errors.write(f"  {', '.join(choices)}: ")
        self._errors.flush()
        self._read(lambda line: self._take(request, line))

    def _take(self, request: PermissionRequest, line: str | None) -> None:
        scopes = {"y": Scope.ONCE}
        if request.offers_chat:
            scopes["c"] = Scope.CHAT
        if request.offers_always:
            scopes["a"] = Scope.ALWAYS
        choice = "n" if line is None else line.strip().lower()
        if choice in scopes:
            self._decide(request, Decision(is_allowed=True, scope=scopes[choice]))
        elif choice == "n":
            self._decide(request, Decision(is_allowed=False))
        elif choice == "r":
            self._write("  Why not? The model reads this:")
            self._read(lambda reason: self._decide(request, _denied(reason)))
        elif choice == "e":
            self._write(f"  The new call; end with a line that holds only {_END_OF_EDIT!r}:")
            self._read(lambda first: self._edit(request, [], first))
        else:
            self._ask_again(request)

    def _edit(self, request: PermissionRequest, lines: list[str], line: str | None) -> None:
        if line is None:
            self._decide(request, Decision(is_allowed=False))
        elif line != _END_OF_EDIT:
            self._read(lambda following: self._edit(request, [*lines, line], following))
        else:
            body = "\n".join(lines)
            objection = self._desk.objection(request.id, body)
            if objection:
                self._write(f"  {visible(objection)}")
                self._ask_again(request)
            else:
                self._decide(request, Decision(is_allowed=True, arguments=body))

    def _decide(self, request: PermissionRequest, decision: Decision) -> None:
        self._asked = None  # what settles it now is this answer
        self._desk.decide(request.id, decision)

    def _read(self, on_line: Callable[[str | None], None]) -> None:
        assert self._terminal is not None  # noqa: S101 - without one, nothing is asked
        self._stop_reading = self._terminal.read_line(on_line)

    def _write(self, line: str) -> None:
        self._errors.write(line + "\n")
        self._errors.flush()


def visible(text: str) -> str:
    """The text with everything spelt out that could hide or move what a terminal shows."""
    return "".join(one if one in "\n\t" or _is_plain(one) else f"\\u{ord(one):04x}" for one in text)


def _is_plain(character: str) -> bool:
    return unicodedata.category(character)[0] != "C" and character not in "\u2028\u2029"


def _sentence(request: PermissionRequest) -> str:
    view = request.view
    is_outside = view.target.kind in (TargetKind.HOST, TargetKind.SEARCH)
    value = provider_name(view.target.value)
    target = f" with {value}" if is_outside and value else ""
    name = f"{view.server}: {view.function}" if view.server else view.tool
    return visible(f"The model wants to use {name}{target}.")


def _denied(reason: str | None) -> Decision:
    return Decision(is_allowed=False, reason=(reason or "").strip())


def _nothing() -> None:
    """Nothing is being read."""

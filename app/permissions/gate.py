"""What the agent loop asks before a call runs, and what it tells of calls afterwards."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Protocol

from app.chats.ids import ChatId, MessageId
from app.permissions.values import Answered, PermissionRequest
from app.tools.records import CallStatus
from app.tools.values import CallView


@dataclass(frozen=True, slots=True)
class CallInQuestion:
    """A call that is to run.

    Attributes:
        call_number: as in `app.tools.records.CallRecord`.
        body: the arguments as the model wrote them.
        view: of the call with this body.
        origins_in_turn: whose content the model has read in this turn (`ToolOutcome.origins`).
        origins_in_chat: the same, in the whole of the chat's branch; it holds the turn's too.
    """

    chat_id: ChatId
    message_id: MessageId
    call_number: int
    body: str
    view: CallView
    origins_in_turn: tuple[str, ...] = ()
    origins_in_chat: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Verdict:
    """The gate's answer: final, and already in the record.

    Attributes:
        body: the arguments to run; the user may have changed them.
        view: of the call with this body.
        suggested_by: whose content the call may follow from, so that no rule counted.
        request_id: tells `Gate.ended` which call it was.
    """

    answered: Answered
    body: str
    view: CallView
    suggested_by: tuple[str, ...]
    request_id: int


Review = Callable[[str], CallView]
"""`Tool.view` of the call with another body; raises `CallRefusedError`."""


class Gate(Protocol):
    """Lets calls through, or not.  Confined to the service's thread."""

    def consider(
        self,
        question: CallInQuestion,
        review: Review,
        *,
        on_asked: Callable[[PermissionRequest], None],
        on_answered: Callable[[Verdict], None],
    ) -> None:
        """Have a call decided by a rule or a person.  Returns at once and calls back later.

        `on_answered` is called once, or never where the question is withdrawn; people may
        take for ever.  Before that `on_asked` is called if a person is asked, and again where
        the user's changes make another call of it, which has to be asked about anew.

        Edited arguments were reviewed when `on_answered` hears of them: the call to run is
        the verdict's.
        """
        ...

    def withdraw(self, message_id: MessageId) -> None:
        """Take back all questions of an answer that has ended; nobody is called back."""
        ...

    def ended(self, request_id: int, status: CallStatus, result: str, took_ms: int) -> None:
        """Put into the record how a call that was let through ended.

        Args:
            request_id: from the verdict.
            status: DONE, FAILED, TIMED_OUT or STOPPED.
            result: what the model got; only its length and its digest are kept.
            took_ms: 0 where it never ran.
        """
        ...

    def refused(
        self, chat_id: ChatId, message_id: MessageId, recipient: str, body: str, why: str
    ) -> None:
        """Put a call into the record that could not be asked about, since it made no sense."""
        ...

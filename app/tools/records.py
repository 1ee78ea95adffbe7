"""Calls as they stand in an answer: frozen values that are stored with it."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from app.permissions.values import Answered
from app.tools.values import AttachmentRef, CallView, Progress


class CallStatus(StrEnum):
    """How far a call is.

    WAITING: for a person's decision; nothing runs.  PAUSED: the turn has reached a cap and asks
    whether to go on.  REFUSED: it could not run as written; the model was told why.
    """

    WAITING = "waiting"
    PAUSED = "paused"
    RUNNING = "running"
    DONE = "done"
    FAILED = "failed"
    TIMED_OUT = "timed_out"
    DENIED = "denied"
    REFUSED = "refused"
    STOPPED = "stopped"


@dataclass(frozen=True, slots=True)
class PageRef:
    """A page a browser call opened, without its lines, which the store hands out."""

    cursor: int
    url: str
    title: str


@dataclass(frozen=True, slots=True)
class CallRecord:
    """One call in its place in the answer.

    Attributes:
        number: counts the calls of the answer from 0.
        recipient: as the model wrote it; the view's address is what ran.
        original: the body as the model wrote it, where the user changed it; else "".
        written: the body as the model wrote it, in every case; what it reads again later.
        channel: of the call, a word of `engine.harmony.messages.Channel`.
        preamble_chars: how much of the answer's preamble was said before it.
        text_chars: how much of the answer's text was said before it.
        result: what the model got; "" until then.
        note: a sentence for the user in English, a key of the translations.
        origins: whose content the result holds (`ToolOutcome.origins`).
        suggested_by: whose content the model had read when it asked for this call.
        answered: who decided and how; None for calls nobody was asked about.
        progress: while RUNNING.
        started_ms, ended_ms: Unix time in milliseconds of the run; 0 for not yet.
    """

    number: int
    recipient: str
    view: CallView
    status: CallStatus
    original: str = ""
    written: str = ""
    channel: str = "commentary"
    preamble_chars: int = 0
    text_chars: int = 0
    result: str = ""
    note: str = ""
    attachments: tuple[AttachmentRef, ...] = ()
    page: PageRef | None = None
    files: tuple[str, ...] = ()
    origins: tuple[str, ...] = ()
    suggested_by: tuple[str, ...] = ()
    answered: Answered | None = None
    progress: Progress | None = None
    started_ms: int = 0
    ended_ms: int = 0

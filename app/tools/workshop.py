"""What a turn needs to run tools, in one place."""

from __future__ import annotations

from collections.abc import Callable, Collection
from concurrent.futures import CancelledError
from contextlib import suppress
from dataclasses import dataclass, field
from typing import Final

from app.permissions.gate import CallInQuestion, Gate, Review, Verdict
from app.permissions.strictness import Strictness
from app.permissions.values import Answered, By, PermissionRequest
from app.tools.async_thread import AsyncThread
from app.tools.records import CallStatus
from app.tools.result_text import Tokens
from app.tools.toolbox import Toolbox

CLOSE_SECONDS: Final = 15.0
"""How long all tools together may take to end."""


@dataclass(frozen=True, slots=True)
class Caps:
    """How much a turn may do before it asks whether to go on.

    Attributes:
        calls: that were let through or denied.
        run_ms: milliseconds of tools at work; waiting for people does not count.
        refused: calls in a row that could not run as written, after which the turn is ended.
    """

    calls: int = 24
    run_ms: int = 10 * 60 * 1000
    refused: int = 3


class ClosedGate:
    """Lets nothing through: for a program that has no permissions."""

    def consider(
        self,
        question: CallInQuestion,
        review: Review,  # noqa: ARG002 - nothing is changed here
        *,
        on_asked: Callable[[PermissionRequest], None],  # noqa: ARG002 - nobody is asked
        on_answered: Callable[[Verdict], None],
    ) -> None:
        """Say no."""
        answered = Answered(is_allowed=False, by=By.MODE)
        on_answered(Verdict(answered, question.body, question.view, (), 0))

    def withdraw(self, message_id: object) -> None:
        """Nothing waits."""

    def ended(self, request_id: int, status: CallStatus, result: str, took_ms: int) -> None:
        """Nothing ran."""

    def refused(
        self, chat_id: object, message_id: object, recipient: str, body: str, why: str
    ) -> None:
        """There is no record."""


def _no_defaults() -> Collection[str]:
    return ()


def _no_tokens() -> Tokens:
    raise LookupError("there are no tools, so nothing is counted")


def _normal() -> Strictness:
    return Strictness.NORMAL


@dataclass(frozen=True, slots=True)
class Workshop:
    """The tools, the thread they run on, and who lets them.

    Attributes:
        defaults: names of the tools that chats have switched on which chose none; asked anew.
        tokens: counts results; may be slow the first time, so it is asked on the tools' thread.
        strictness: how much strangers' content counts; asked anew.
    """

    toolbox: Toolbox = field(default_factory=Toolbox)
    thread: AsyncThread = field(default_factory=AsyncThread)
    gate: Gate = field(default_factory=ClosedGate)
    caps: Caps = Caps()
    defaults: Callable[[], Collection[str]] = _no_defaults
    tokens: Callable[[], Tokens] = _no_tokens
    strictness: Callable[[], Strictness] = _normal

    def forget(self, chat: str) -> None:
        """Have all tools let go of a chat; does not wait.  The service's thread."""
        if self.toolbox.tools():
            self.thread.submit(lambda: self.toolbox.forget(chat))

    def close(self) -> None:
        """End all tools and the thread they run on.  Blocks while they end."""
        if self.thread.is_started:
            ending = self.thread.submit(self.toolbox.close)
            with suppress(TimeoutError, CancelledError):
                ending.result(CLOSE_SECONDS)
        self.thread.close()

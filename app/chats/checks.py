"""Messages and answers held against the user's policy, one at a time."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Final

from app.attachments.framing import composed
from app.chats.answer_style import SafeguardStyle
from app.chats.background import Background
from app.chats.changes import AnswerCheckChanged, CheckStage
from app.chats.ids import MessageId
from app.chats.stored_checks import StoredChecks
from app.chats.values import Message, MessageRole
from app.conversation import local_date
from app.safeguard.checking import Checking
from app.safeguard.cost import CheckTimes
from app.safeguard.message_check import CheckState, MessageCheck
from app.safeguard.policy_check import PolicyCheck
from app.safeguard.policy_text import PolicyError, read_policy
from app.safeguard.values import UNDECIDED, Ruling, Verdict
from app.side_desk import SideDesk

MAX_CHARACTERS: Final = 60_000
"""Longer texts are not checked by halves: they are undecided."""

_PURPOSES: Final = {
    MessageRole.USER: "A message that a person sends to an assistant.",
    MessageRole.ASSISTANT: "The answer of an assistant, which a person will read.",
}
_STATES: Final = {
    Ruling.FINE: CheckState.FINE,
    Ruling.VIOLATION: CheckState.VIOLATION,
    Ruling.UNDECIDED: CheckState.UNDECIDED,
}


@dataclass(slots=True)
class _Running:
    """The check that is being made."""

    message: Message
    on_checked: Callable[[MessageCheck], None]
    began_ms: int
    checking: Checking | None = None


class Checks:
    """Confined to the service's thread.

    Args:
        sides: asks the model.
        background: where verdicts are kept.
        style: what is checked, by the settings now.
        on_change: told what a view of the answer should hear.
        clock_ms: Unix time in milliseconds.
        times: hears how long checks took.
    """

    def __init__(
        self,
        sides: SideDesk,
        background: Background,
        style: Callable[[], SafeguardStyle],
        on_change: Callable[[AnswerCheckChanged], None],
        *,
        clock_ms: Callable[[], int],
        times: CheckTimes,
    ) -> None:
        self._sides = sides
        self._background = background
        self._style = style
        self._on_change = on_change
        self._clock_ms = clock_ms
        self._times = times
        self._running: _Running | None = None

    @property
    def is_running(self) -> bool:
        """Whether a check is being made."""
        return self._running is not None

    def begin(
        self, message: Message, answer: MessageId, on_checked: Callable[[MessageCheck], None]
    ) -> None:
        """Check a message; `on_checked` follows once, after the verdict is on its way to disk.

        Args:
            message: a question, or an answer that has ended.
            answer: the answer whose view tells of it.
            on_checked: not called after `drop`.
        """
        self._running = running = _Running(message, on_checked, self._clock_ms())
        said = composed(message.text, message.files)  # what a file says is part of a question
        text = "\n\n".join(part for part in (message.preamble, said) if part.strip())
        if not text:
            self._settle(running, Verdict(Ruling.FINE))
            return
        is_question = message.role is MessageRole.USER
        stage = CheckStage.QUESTION if is_question else CheckStage.ANSWER
        self._on_change(AnswerCheckChanged(answer, stage))
        try:
            policy = read_policy(self._style().policy, _PURPOSES[message.role])
        except PolicyError:
            self._settle(running, UNDECIDED)
            return
        if len(text) > MAX_CHARACTERS:
            self._settle(running, UNDECIDED)
            return
        running.checking = Checking(
            PolicyCheck(policy, local_date(message.created_ms)),
            text,
            self._sides,
            is_urgent=True,
            on_verdict=lambda verdict: self._settle(running, verdict),
            on_gave_way=lambda: self._settle(running, UNDECIDED),
        )
        running.checking.begin()

    def stop(self) -> None:
        """End the check; without a verdict, what is checked stays withheld."""
        running = self._running
        if running is not None:
            if running.checking is not None:
                running.checking.drop()
            self._settle(running, UNDECIDED)

    def drop(self) -> None:
        """End the check and say nothing more: the program closes."""
        running, self._running = self._running, None
        if running is not None and running.checking is not None:
            running.checking.drop()

    def _settle(self, running: _Running, verdict: Verdict) -> None:
        if running is not self._running:
            return
        self._running = None
        if running.checking is not None and verdict.ruling is not Ruling.UNDECIDED:
            self._times.add((self._clock_ms() - running.began_ms) / 1000)
        check = MessageCheck(_STATES[verdict.ruling], verdict.category)
        message_id = running.message.id
        self._background.store(lambda store: StoredChecks(store.database).keep(message_id, check))
        running.on_checked(check)

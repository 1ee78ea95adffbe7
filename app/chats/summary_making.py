"""Makes the summary of one answer's thoughts: the check, if there is to be one, then headlines."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace

from app.chats.background import Background
from app.chats.values import Message, Problem
from app.safeguard.checking import Checking
from app.safeguard.policy_check import PolicyCheck
from app.safeguard.policy_file import thoughts_policy
from app.safeguard.values import Ruling, Verdict
from app.side_desk import SideDesk
from app.thoughts import headlines
from app.thoughts.steps import steps_of
from app.thoughts.summary_values import SummaryState, SummaryStep, ThoughtsSummary
from engine.events import SideEnded, SideOutcome
from engine.harmony.messages import HarmonyMessage, SystemMessage
from engine.requests import SideJobId


@dataclass(frozen=True, slots=True)
class Wish:
    """What a summary is to be made of.

    Attributes:
        message: an answer that has ended, with thoughts that can be read.
        beginning: system and developer messages of its chat.
        is_korean: the language of the headlines; English otherwise.
        is_check_needed: thoughts are to be judged by the policy first.
    """

    message: Message
    beginning: tuple[HarmonyMessage, ...]
    is_korean: bool
    is_check_needed: bool


class SummaryMaking:
    """One summary on its way.  Confined to the service's thread.

    It fails closed: whatever goes wrong, what comes of it is GENERIC.

    Args:
        wish: of what.
        sides: asks the model.
        background: where the filter judges the headlines.
        on_made: gets what came of it, and whether trying again would come to the same; once,
            unless it is dropped before.
        on_gave_way: called instead where something else was asked of the engine; `begin` then
            goes on.
    """

    def __init__(
        self,
        wish: Wish,
        sides: SideDesk,
        background: Background,
        *,
        on_made: Callable[[ThoughtsSummary, bool], None],
        on_gave_way: Callable[[], None],
    ) -> None:
        self._wish = wish
        self._sides = sides
        self._background = background
        self._on_made = on_made
        self._on_gave_way = on_gave_way
        self._steps = steps_of(wish.message.thoughts)
        self._checking: Checking | None = None
        self._job: SideJobId | None = None
        self._drops = 0
        before = wish.message.summary
        self._summary = ThoughtsSummary(
            SummaryState.GENERIC, is_checked=before.is_checked, tokens=before.tokens
        )

    @property
    def message(self) -> Message:
        """Whose thoughts they are."""
        return self._wish.message

    def begin(self) -> None:
        """Make it, or go on."""
        if self._wish.is_check_needed and not self._summary.is_checked:
            self._check()
        elif self.message.summary.state is SummaryState.READY:
            self._summary = replace(
                self._summary, state=SummaryState.READY, steps=self.message.summary.steps
            )
            self._end(is_final=True)
        else:
            self._ask()

    def drop(self) -> None:
        """End it and say nothing more; `begin` can still go on."""
        self._drops += 1
        if self._checking is not None:
            self._checking.drop()
        if self._job is not None:
            self._sides.drop(self._job)
            self._job = None

    @property
    def _date(self) -> str:
        first = self._wish.beginning[0]
        return first.date if isinstance(first, SystemMessage) else ""

    def _check(self) -> None:
        if self._checking is None:
            try:
                policy = thoughts_policy()
            except (OSError, ValueError):
                self._end(is_final=False)  # a damaged installation; nothing unchecked is shown
                return
            self._checking = Checking(
                PolicyCheck(policy, self._date),
                "".join(piece.text for piece in self.message.thoughts),
                self._sides,
                is_urgent=False,
                on_verdict=self._judge,
                on_gave_way=self._on_gave_way,
            )
        self._checking.begin()

    def _judge(self, verdict: Verdict) -> None:
        checking, self._checking = self._checking, None
        taken = checking.tokens if checking is not None else 0
        self._summary = replace(
            self._summary,
            is_checked=verdict.ruling is Ruling.FINE,
            tokens=self._summary.tokens + taken,
        )
        if self._summary.is_checked:
            self.begin()
        else:
            self._end(is_final=verdict.ruling is Ruling.VIOLATION)

    def _ask(self) -> None:
        self._job = self._sides.ask(
            lambda job_id: headlines.request(
                job_id, self._steps, self._date, is_korean=self._wish.is_korean
            ),
            self._take,
        )

    def _take(self, ended: SideEnded) -> None:
        self._job = None
        self._summary = replace(self._summary, tokens=self._summary.tokens + ended.tokens)
        if ended.outcome is SideOutcome.GAVE_WAY:
            self._on_gave_way()
            return
        found = headlines.read(ended.text, len(self._steps))
        if found:
            self._filter(found)
        else:
            self._end(is_final=ended.outcome is SideOutcome.DONE)

    def _filter(self, found: tuple[str, ...]) -> None:
        """On another thread: the rules may have to be read first."""
        ticket, beginning = self._drops, self._wish.beginning

        def judged(shown: tuple[str, ...]) -> None:
            if ticket != self._drops:
                return
            if shown:
                steps = tuple(map(SummaryStep, shown, self._steps))
                self._summary = replace(self._summary, state=SummaryState.READY, steps=steps)
            self._end(is_final=True)

        def failed(_: Problem) -> None:
            if ticket == self._drops:
                self._end(is_final=False)

        self._background.chore(lambda: headlines.judged(found, beginning), judged, failed)

    def _end(self, *, is_final: bool) -> None:
        self._on_made(self._summary, is_final)

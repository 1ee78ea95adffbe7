"""A check of a whole text, part by part.  Confined to the thread of its desk."""

from __future__ import annotations

from collections.abc import Callable

from app.safeguard.policy_check import PolicyCheck, parts
from app.safeguard.values import Ruling, Verdict
from app.side_desk import SideDesk
from engine.events import SideEnded, SideOutcome
from engine.requests import SideJobId


class Checking:
    """Judges one text; the first part that is not fine decides.

    Args:
        check: the policy.
        text: what is judged; nothing in it is fine.
        desk: asks the model.
        is_urgent: as in `engine.requests.SideRequest`.
        on_verdict: called once, unless the check is dropped before.
        on_gave_way: called in its place where something else was asked of the engine; `begin`
            then goes on at the part that was not judged.
    """

    def __init__(
        self,
        check: PolicyCheck,
        text: str,
        desk: SideDesk,
        *,
        is_urgent: bool,
        on_verdict: Callable[[Verdict], None],
        on_gave_way: Callable[[], None] = lambda: None,
    ) -> None:
        self._check = check
        self._left = list(parts(text))
        self._desk = desk
        self._is_urgent = is_urgent
        self._on_verdict = on_verdict
        self._on_gave_way = on_gave_way
        self._job: SideJobId | None = None
        self.tokens = 0
        """What it took so far: tokens read and sampled."""

    def begin(self) -> None:
        """Judge, or go on."""
        if not self._left:
            self._on_verdict(Verdict(Ruling.FINE))
            return
        part = self._left[0]
        self._job = self._desk.ask(
            lambda job_id: self._check.request(job_id, part, is_urgent=self._is_urgent), self._take
        )

    def cancel(self) -> None:
        """End it; the verdict is UNDECIDED then."""
        if self._job is not None:
            self._desk.cancel(self._job)

    def drop(self) -> None:
        """End it and say nothing more."""
        if self._job is not None:
            self._desk.drop(self._job)

    def _take(self, ended: SideEnded) -> None:
        self._job = None
        self.tokens += ended.tokens
        if ended.outcome is SideOutcome.GAVE_WAY:
            self._on_gave_way()
            return
        verdict = self._check.verdict(ended)
        if verdict.ruling is not Ruling.FINE:
            self._on_verdict(verdict)
            return
        del self._left[0]
        self.begin()

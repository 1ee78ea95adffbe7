"""How long tasks will take: first from this machine's speed, later from what tasks took."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Final

from app.lab.values import Condition, Estimate, EstimateBasis, EvaluationId, Outcome
from engine.harmony.messages import Effort

Kind = tuple[EvaluationId, Condition]
"""Tasks that are expected to take equally long."""

TYPICAL_THOUGHTS: Final = {Effort.LOW: 60, Effort.MEDIUM: 400, Effort.HIGH: 2_000}
"""Tokens of thoughts in a short task.  A guess to begin with, not a measurement; what a model
really needs takes its place after the first answers (docs/LAB.md)."""

TYPICAL_ANSWERS: Final = {
    EvaluationId.ARITHMETIC: 80,
    EvaluationId.REASONING: 120,
    EvaluationId.HIERARCHY: 40,
    EvaluationId.REFUSAL: 250,
    EvaluationId.ABSTAINING: 40,
    EvaluationId.EXTRACTION: 100,
}
"""Tokens of an answer with its frame; a guess as well."""

TYPICAL_PROMPT: Final = 160
"""Tokens of a prompt."""

PRIOR_TASKS: Final = 2
"""What is expected weighs as much as so many measured tasks."""


@dataclass(frozen=True, slots=True)
class Speed:
    """How fast this model is on this machine.

    Attributes:
        read: tokens of a prompt per second; 0.0 where it is not known.
        write: tokens of an answer per second.
    """

    read: float
    write: float

    def seconds(self, read_tokens: float, reply_tokens: float) -> float:
        """What so many tokens take."""
        reading = read_tokens / self.read if self.read else 0.0
        return reading + reply_tokens / self.write


@dataclass(slots=True)
class _Sum:
    """What tasks of one kind took together."""

    tasks: int = 0
    seconds: float = 0.0
    read_tokens: int = 0
    reply_tokens: int = 0


class Estimator:
    """Learns from outcomes, first from those of earlier runs, then from this one's.  One thread.

    Args:
        speed: measured on a short answer; None where it was not.
    """

    def __init__(self, speed: Speed | None = None) -> None:
        self._speed = speed
        self._earlier: dict[Kind, _Sum] = {}
        self._now: dict[Kind, _Sum] = {}
        self._work = [0.0, 0.0, 0.0, 0.0]  # tokens and seconds read, tokens and seconds written

    @property
    def knows_speed(self) -> bool:
        """Whether anything can be said of time."""
        return self.speed() is not None

    def remember(self, evaluation: EvaluationId, outcomes: Iterable[Outcome]) -> None:
        """Take outcomes of this model on this machine from an earlier time."""
        for outcome in outcomes:
            self._add(self._earlier, evaluation, outcome)

    def add(self, evaluation: EvaluationId, outcome: Outcome) -> None:
        """Take an outcome of the run at work."""
        self._add(self._now, evaluation, outcome)

    def speed(self) -> Speed | None:
        """From all outcomes, else from the short answer."""
        read_tokens, read_seconds, reply_tokens, reply_seconds = self._work
        if reply_tokens and reply_seconds:
            read = read_tokens / read_seconds if read_seconds else 0.0
            return Speed(read, reply_tokens / reply_seconds)
        return self._speed

    def estimate(self, tasks: Mapping[Kind, int]) -> Estimate:
        """How long so many tasks of each kind will take."""
        total = sum(tasks.values())
        per_task = {kind: self._seconds(kind) for kind in tasks}
        known = [seconds for seconds in per_task.values() if seconds is not None]
        if len(known) < len(per_task):
            return Estimate(total)
        seconds = sum((per_task[kind] or 0.0) * count for kind, count in tasks.items())
        return Estimate(total, seconds, self._basis(tasks))

    def _basis(self, tasks: Mapping[Kind, int]) -> EstimateBasis:
        if self._now:
            return EstimateBasis.MEASURED
        is_known = all(kind in self._earlier for kind in tasks)
        return EstimateBasis.EARLIER if is_known else EstimateBasis.TYPICAL

    def _seconds(self, kind: Kind) -> float | None:
        """Of one task: what is expected, mended by what such tasks took in this run."""
        expected, measured = self._expected(kind), self._now.get(kind)
        if measured is None:
            return expected
        if expected is None:
            return measured.seconds / measured.tasks
        weight = PRIOR_TASKS + measured.tasks
        return (PRIOR_TASKS * expected + measured.seconds) / weight

    def _expected(self, kind: Kind) -> float | None:
        speed = self.speed()
        if speed is None:
            return None
        earlier = self._earlier.get(kind)
        if earlier is not None:
            return speed.seconds(
                earlier.read_tokens / earlier.tasks, earlier.reply_tokens / earlier.tasks
            )
        evaluation, condition = kind
        written = TYPICAL_THOUGHTS[condition.effort] + TYPICAL_ANSWERS[evaluation]
        return speed.seconds(TYPICAL_PROMPT, written)

    def _add(self, sums: dict[Kind, _Sum], evaluation: EvaluationId, outcome: Outcome) -> None:
        one = sums.setdefault((evaluation, outcome.condition), _Sum())
        one.tasks += 1
        one.seconds += outcome.seconds
        one.read_tokens += outcome.read_tokens
        one.reply_tokens += outcome.reply_tokens
        work = (
            outcome.read_tokens,
            outcome.read_seconds,
            outcome.reply_tokens,
            outcome.reply_seconds,
        )
        self._work = [before + more for before, more in zip(self._work, work, strict=True)]

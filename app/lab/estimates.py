"""How long tasks will take: first from this machine's speed, later from what tasks took."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import astuple, dataclass
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


@dataclass(frozen=True, slots=True)
class Spent:
    """What tasks of one kind took together; times in seconds."""

    tasks: int = 0
    seconds: float = 0.0
    read_tokens: int = 0
    read_seconds: float = 0.0
    reply_tokens: int = 0
    reply_seconds: float = 0.0

    @staticmethod
    def on(outcome: Outcome) -> Spent:
        """On one task."""
        return Spent(
            1,
            outcome.seconds,
            outcome.read_tokens,
            outcome.read_seconds,
            outcome.reply_tokens,
            outcome.reply_seconds,
        )

    def __add__(self, more: Spent) -> Spent:
        return Spent(*(a + b for a, b in zip(astuple(self), astuple(more), strict=True)))


class Estimator:
    """Learns from outcomes, first from those of earlier runs, then from this one's.  One thread.

    Args:
        speed: measured on a short answer; None where it was not.
    """

    def __init__(self, speed: Speed | None = None) -> None:
        self._speed = speed
        self._earlier: dict[Kind, Spent] = {}
        self._now: dict[Kind, Spent] = {}
        self._all = Spent()

    @property
    def knows_speed(self) -> bool:
        """Whether anything can be said of time."""
        return self.speed() is not None

    def remember(self, kind: Kind, spent: Spent) -> None:
        """Take what tasks of a kind took this model on this machine at an earlier time."""
        self._earlier[kind] = self._earlier.get(kind, Spent()) + spent
        self._all += spent

    def add(self, evaluation: EvaluationId, outcome: Outcome) -> None:
        """Take an outcome of the run at work."""
        kind, spent = (evaluation, outcome.condition), Spent.on(outcome)
        self._now[kind] = self._now.get(kind, Spent()) + spent
        self._all += spent

    def speed(self) -> Speed | None:
        """From all outcomes, else from the short answer."""
        spent = self._all
        if not spent.reply_tokens or not spent.reply_seconds:
            return self._speed
        read = spent.read_tokens / spent.read_seconds if spent.read_seconds else 0.0
        return Speed(read, spent.reply_tokens / spent.reply_seconds)

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

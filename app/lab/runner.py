"""Asks one task after the other, and gives way whenever a chat wants the model."""

from __future__ import annotations

from collections import Counter, deque
from collections.abc import Callable, Iterable
from dataclasses import dataclass, replace
from itertools import count
from typing import Final

from app.chats.values import Problem
from app.lab.asking import CHAT, Asked
from app.lab.estimates import Estimator, Kind
from app.lab.values import (
    Estimate,
    LabChange,
    LabState,
    Outcome,
    OutcomeAdded,
    PauseReason,
    ProgressChanged,
    Run,
    RunProgress,
    Task,
)
from app.turn import AnswerEngine
from engine.events import Failed, Finished, StopReason, TextAdded, ToolCalled, TurnEvent
from engine.requests import TurnId

FIRST_TURN: Final = 1 << 40
"""Chats never come so far, so that an event's turn says whose it is."""

MOST_FAILURES: Final = 2
"""So often a task may fail before the lab stops."""

OnKept = Callable[[Outcome, bool], None]
Keep = Callable[[Run, Callable[[], Outcome], OnKept, Callable[[Problem], None]], None]
"""Grade an answer and store the outcome, both on other threads; then call the first callable,
with the outcome and whether it was new, or the second."""

_CANNOT_GO_ON: Final = Problem(
    "The evaluation was stopped by the engine.", "What was done is kept. Resume it."
)


@dataclass(frozen=True, slots=True)
class Job:
    """A run with the tasks that have no outcome yet."""

    run: Run
    tasks: tuple[Task, ...]


class LabRunner:
    """One task at a time.  Confined to the service's thread; nothing blocks.

    Args:
        engine: answers.
        keep: grades and stores; the next task is asked when it is committed, so that a crash
            costs one task.
        why_wait: why the model cannot be had now; asked before each task.
        tell: hears every change.
        seconds: a clock that only goes forward.
        turn_ids: of turns nobody else asks for.

    Attributes:
        progress: how far it is.
    """

    def __init__(
        self,
        engine: AnswerEngine,
        keep: Keep,
        *,
        why_wait: Callable[[], PauseReason],
        tell: Callable[[LabChange], None],
        seconds: Callable[[], float],
        turn_ids: Iterable[int] | None = None,
    ) -> None:
        self._engine = engine
        self._keep = keep
        self._why_wait = why_wait
        self._tell = tell
        self._seconds = seconds
        self._turn_ids = iter(count(FIRST_TURN) if turn_ids is None else turn_ids)
        self._jobs: deque[Job] = deque()
        self._asked: Asked | None = None
        self._is_keeping = False
        self._failures = 0
        self._estimator = Estimator()
        self.progress = RunProgress()

    @property
    def is_active(self) -> bool:
        """Whether there is work, or a pause in it."""
        return self.progress.state is not LabState.IDLE

    def begin(self, jobs: Iterable[Job], estimator: Estimator) -> None:
        """Ask the tasks of these jobs, in order.

        Args:
            jobs: at least one task.
            estimator: learns from what comes.
        """
        self._jobs = deque(job for job in jobs if job.tasks)
        self._estimator = estimator
        self._failures = 0
        total = sum(job.run.total for job in self._jobs)
        left = sum(len(job.tasks) for job in self._jobs)
        self.progress = RunProgress(LabState.RUNNING, done=total - left, total=total)
        self._go_on()

    def stop(self, problem: Problem | None = None) -> None:
        """End it; what is stored stays, and `begin` can go on from there."""
        if not self.is_active:
            return
        self._jobs.clear()
        self._cut_off()
        self._engine.forget(CHAT)
        self._show(LabState.IDLE, problem=problem)

    def look(self) -> None:
        """Chats or the model have changed: give way, or go on."""
        if not self.is_active:
            return
        why = self._why_wait()
        if why is not PauseReason.NONE:
            self._cut_off()
            self._pause(why)
        else:
            self._go_on()

    def handle(self, event: TurnEvent) -> None:
        """Take one event of the engine; those of other turns are left alone."""
        asked = self._asked
        if asked is None or event.turn_id != asked.turn_id:
            return
        match event:
            case TextAdded():
                asked.take(event)
            case ToolCalled():
                self._on_call(asked, event)
            case Finished() | Failed():
                self._asked = None
                self._on_end(asked, event)
            case _:
                pass  # what is read and thought is of no interest; its length comes at the end

    # ---- one task

    def _go_on(self) -> None:
        if not self.is_active or self._asked is not None or self._is_keeping:
            return
        why = self._why_wait()
        if why is not PauseReason.NONE:
            self._pause(why)
            return
        while self._jobs and not self._jobs[0].tasks:
            self._jobs.popleft()
        if not self._jobs:
            self._engine.forget(CHAT)
            self._show(LabState.IDLE)
            return
        job = self._jobs[0]
        turn_id = TurnId(next(self._turn_ids))
        self._asked = asked = Asked(turn_id, job.run, job.tasks[0], self._seconds())
        self._show(LabState.RUNNING)
        self._engine.answer(asked.request())

    def _cut_off(self) -> None:
        if self._asked is not None and not self._asked.is_cut_off:
            self._asked.is_cut_off = True
            self._engine.stop(self._asked.turn_id)

    def _pause(self, why: PauseReason) -> None:
        if self.progress.pause is not why:
            self._engine.forget(CHAT)
            self._show(LabState.PAUSED, why)

    def _on_call(self, asked: Asked, event: ToolCalled) -> None:
        told = asked.answered_call(event)
        if told is not None:
            self._engine.continue_turn(asked.turn_id, told)
        else:
            asked.has_given_up = True
            self._engine.stop(asked.turn_id)

    def _on_end(self, asked: Asked, event: Finished | Failed) -> None:
        is_cancelled = isinstance(event, Finished) and event.reason is StopReason.CANCELLED
        if is_cancelled and asked.is_cut_off:
            self._go_on()
        elif isinstance(event, Failed) and not event.is_too_long:
            title, hint = event.title or _CANNOT_GO_ON.title, event.hint or _CANNOT_GO_ON.hint
            problem = Problem(title, hint, event.detail, dict(event.fields))
            self._fail(problem, is_final=event.was_interrupted)
        elif is_cancelled and not asked.has_given_up:
            self._fail(_CANNOT_GO_ON)
        else:
            self._store(asked, event)

    def _fail(self, problem: Problem, *, is_final: bool = False) -> None:
        self._failures += 1
        if is_final or self._failures >= MOST_FAILURES:
            self.stop(problem)
        else:
            self._go_on()

    def _store(self, asked: Asked, event: Finished | Failed) -> None:
        self._is_keeping = True
        now = self._seconds()

        def kept(outcome: Outcome, is_new: bool) -> None:
            self._is_keeping = False
            self._failures = 0
            self._count(asked, outcome, is_new)
            # What was read is worth nothing later; kept, it would push the user's chats out.
            self._engine.forget(CHAT)
            self._go_on()

        def not_kept(problem: Problem) -> None:
            self._is_keeping = False
            self.stop(problem)

        # The turn has ended: nobody changes what it said while another thread grades it.
        self._keep(asked.run, lambda: asked.outcome(event, now), kept, not_kept)

    def _count(self, asked: Asked, outcome: Outcome, is_new: bool) -> None:
        run = asked.run
        self._estimator.add(run.evaluation, outcome)
        if is_new:
            run = replace(run, done=run.done + 1)
        job = self._jobs[0] if self._jobs else None
        if job is not None and job.run.id == run.id and job.tasks[:1] == (asked.task,):
            self._jobs[0] = Job(run, job.tasks[1:])
            self.progress = replace(self.progress, done=self.progress.done + 1)
        if is_new:
            self._tell(OutcomeAdded(run, outcome))

    def _show(
        self,
        state: LabState,
        pause: PauseReason = PauseReason.NONE,
        problem: Problem | None = None,
    ) -> None:
        job = self._jobs[0] if self._jobs else None
        is_idle = state is LabState.IDLE
        self.progress = replace(
            self.progress,
            state=state,
            pause=pause,
            run=None if is_idle or job is None else job.run,
            task=None if is_idle or job is None or not job.tasks else job.tasks[0],
            left=Estimate(0) if is_idle else self._estimator.estimate(self._kinds()),
            problem=problem,
        )
        self._tell(ProgressChanged(self.progress))

    def _kinds(self) -> Counter[Kind]:
        return Counter(
            (job.run.evaluation, task.condition) for job in self._jobs for task in job.tasks
        )

"""The evaluation lab: what there is to run, what runs, and what came of it."""

from __future__ import annotations

import time
from collections.abc import Callable, Sequence
from concurrent.futures import Executor
from itertools import count
from pathlib import Path
from typing import Final, Protocol, TypeVar

from app.chats.background import Background
from app.chats.changes import ChatChange, ModelState, StatusChanged
from app.chats.storage_thread import StorageThread
from app.chats.values import Problem
from app.lab.estimates import Estimator
from app.lab.export import write_results
from app.lab.forecasts import Forecasts
from app.lab.model import LoadedModel, is_same
from app.lab.planning import new_run, rest_of
from app.lab.results import read_result, read_results
from app.lab.resuming import jobs_of
from app.lab.runner import FIRST_TURN, Job, LabRunner, OnKept
from app.lab.sets import evaluations
from app.lab.stored import StoredLab
from app.lab.values import (
    Evaluation,
    LabChange,
    LabNotice,
    ModelIdentity,
    Outcome,
    PauseReason,
    ResultChanged,
    Run,
    RunId,
    RunPlan,
    RunProgress,
    RunResult,
    RunsChanged,
)
from app.lab.yielding import Yielding
from app.turn import AnswerEngine
from engine.events import ModelLoaded, TurnEvent
from engine.requests import TurnId

_T = TypeVar("_T")

_OTHER_MODEL: Final = Problem(
    "Another model was loaded, so the evaluation stopped.",
    "What was done is kept. Load the same model and resume it.",
)


class Chats(Protocol):
    """The part of `app.chats.service.ChatService` that the lab gives way to."""

    @property
    def is_busy(self) -> bool:
        """Whether a message of the open chat is being sent or answered."""
        ...

    def subscribe(self, callback: Callable[[ChatChange], None]) -> Callable[[], None]:
        """Call back with every change; returns the way to unsubscribe."""
        ...


class LabService:
    """Runs evaluations on the loaded model while no chat wants it.

    Confined to the thread of the chat service; nothing blocks.  See `app.lab.desk.LabDesk` for
    what can be asked.

    Args:
        engine: answers turns.
        chats: go first; they also tell which model is loaded.
        storage: the thread that owns the history.
        chores: reads model files and writes exports.
        dispatch: runs a callable on this thread; any thread may call it.
        clock_ms: Unix time in milliseconds.
        status: what the engine can do now, where the lab is made after that was told.
        seconds: a clock that only goes forward.
    """

    def __init__(
        self,
        engine: AnswerEngine,
        chats: Chats,
        storage: StorageThread,
        chores: Executor,
        *,
        dispatch: Callable[[Callable[[], None]], None],
        clock_ms: Callable[[], int],
        status: StatusChanged | None = None,
        seconds: Callable[[], float] = time.monotonic,
    ) -> None:
        self._yielding = Yielding(is_wanted=chats.is_busy)
        self._clock_ms = clock_ms
        self._background = Background(storage, chores, dispatch, self._on_problem)
        self._callbacks: list[Callable[[LabChange], None]] = []
        self._turn_ids = count(FIRST_TURN)
        self._runner = LabRunner(
            engine,
            self._keep,
            why_wait=self._why_wait,
            tell=self._tell,
            seconds=seconds,
            turn_ids=self._turn_ids,
        )
        self._model = LoadedModel(self._background, status or StatusChanged(), self._on_problem)
        self._forecasts = Forecasts(
            engine,
            self._model,
            self._store,
            tell=self._tell,
            is_free=lambda: not self._runner.is_active and not self._yielding.is_wanted,
            next_turn=lambda: TurnId(next(self._turn_ids)),
        )
        self._running_on: ModelIdentity | None = None
        self._ticket = 0
        self._is_closed = False
        self._unsubscribe = chats.subscribe(self._on_change)

    @property
    def evaluations(self) -> tuple[Evaluation, ...]:
        """All evaluations, in the order in which they are listed."""
        return evaluations()

    @property
    def progress(self) -> RunProgress:
        """How far the lab is."""
        return self._runner.progress

    def subscribe(self, callback: Callable[[LabChange], None]) -> Callable[[], None]:
        """Call `callback` with every change from now on; returns the way to unsubscribe."""
        self._callbacks.append(callback)
        return lambda: self._callbacks.remove(callback)

    def handle(self, event: TurnEvent) -> None:
        """Take one event of a turn; those of chats are left alone."""
        if self._is_closed:
            return
        self._runner.handle(event)
        self._forecasts.handle(event)

    def close(self) -> None:
        """Stop what runs; what is stored stays.  Before the engine is closed; may come twice."""
        if self._is_closed:
            return
        self._is_closed = True
        self._unsubscribe()
        self._ticket += 1
        self._callbacks.clear()
        self._forecasts.close()
        self._runner.stop()

    # ---- running

    def start(self, plan: RunPlan) -> None:
        """Begin one run per evaluation; nothing while the lab is at work."""

        def begin(model: ModelIdentity, loaded: ModelLoaded) -> None:
            runs = [new_run(one, plan, model, loaded, self._clock_ms()) for one in plan.evaluations]
            self._store(
                lambda stored: tuple(Job(run, rest_of(run, ())) for run in map(stored.begin, runs)),
                lambda jobs: self._begin(jobs, model, ticket),
            )

        if not self._runner.is_active and plan.evaluations and plan.efforts:
            ticket = self._new_ticket()
            self._model.identify(begin)

    def resume(self, run_ids: Sequence[RunId]) -> None:
        """Go on with runs of the loaded model, in this order; `LabNotice` for others."""

        def begin_with(found: Sequence[tuple[Run, tuple[Outcome, ...]]], on: ModelIdentity) -> None:
            jobs, problems = jobs_of(found, on)
            for problem in problems:
                self._on_problem(problem)
            self._begin(jobs, on, ticket)

        def begin(model: ModelIdentity, _: ModelLoaded) -> None:
            self._store(
                lambda stored: tuple(
                    (run, stored.outcomes(run.id))
                    for run in map(stored.run, run_ids)
                    if run is not None
                ),
                lambda found: begin_with(found, model),
            )

        if not self._runner.is_active and run_ids:
            ticket = self._new_ticket()
            self._model.identify(begin)

    def stop(self) -> None:
        """Stop after what is stored already; `resume` goes on with the task that was cut."""
        self._new_ticket()
        self._runner.stop()
        self.refresh()

    def estimate(self, plan: RunPlan) -> None:
        """Ask how long a plan will take; `EstimateChanged` follows, maybe a better one later."""
        self._forecasts.want(plan)

    # ---- what is stored

    def refresh(self) -> None:
        """Ask for the list of runs; `RunsChanged` follows."""
        self._store(lambda stored: stored.runs(), lambda runs: self._tell(RunsChanged(runs)))

    def open(self, run_id: RunId) -> None:
        """Ask for a run with its outcomes and scores; `ResultChanged` follows."""

        def opened(result: RunResult | None) -> None:
            if result is not None:
                self._tell(ResultChanged(result))

        self._store(lambda stored: read_result(stored, run_id), opened)

    def delete(self, run_ids: Sequence[RunId]) -> None:
        """Destroy runs and their outcomes; `RunsChanged` follows."""
        running = self._runner.progress.run
        if running is not None and running.id in run_ids:
            self.stop()
        self._store(lambda stored: stored.delete(run_ids), lambda _: self.refresh())

    def export(
        self, run_ids: Sequence[RunId], file: Path, on_done: Callable[[], None] = lambda: None
    ) -> None:
        """Write runs as JSON; all of them for (); `LabNotice` where that fails."""
        self._store(
            lambda stored: read_results(stored, run_ids),
            lambda results: self._background.chore(
                lambda: write_results(results, file), lambda _: on_done(), self._on_problem
            ),
        )

    # ---- inside

    def _begin(self, jobs: Sequence[Job], model: ModelIdentity, ticket: int) -> None:
        def begin(estimator: Estimator) -> None:
            if ticket == self._ticket and not self._runner.is_active:
                self._running_on = model
                self._forecasts.give_way()
                self._runner.begin(jobs, estimator)

        self.refresh()
        if any(job.tasks for job in jobs):
            self._forecasts.learn(model, begin)

    def _why_wait(self) -> PauseReason:
        if not self._model.is_ready:
            return PauseReason.MODEL
        return PauseReason.CHAT if self._yielding.is_wanted else PauseReason.NONE

    def _on_change(self, change: ChatChange) -> None:
        if isinstance(change, StatusChanged):
            self._on_status(change)
        elif self._yielding.hear(change):
            if self._yielding.is_wanted:
                self._forecasts.give_way()
            self._runner.look()

    def _on_status(self, change: StatusChanged) -> None:
        before, self._model.status = self._model.status, change
        is_other = change.loaded is not before.loaded
        if not self._runner.is_active or (not is_other and before.state is change.state):
            return
        if change.state is ModelState.FAILED:
            self._runner.stop(change.problem)
        elif change.loaded is not None and is_other:
            self._model.identify(lambda model, _: self._on_model(model))
        else:
            self._runner.look()

    def _on_model(self, model: ModelIdentity) -> None:
        if self._running_on is not None and is_same(model, self._running_on):
            self._runner.look()
        else:
            self._runner.stop(_OTHER_MODEL)

    def _keep(
        self,
        run: Run,
        make: Callable[[], Outcome],
        on_kept: OnKept,
        on_failed: Callable[[Problem], None],
    ) -> None:
        def made(outcome: Outcome) -> None:
            now_ms = self._clock_ms()
            self._background.store(
                lambda store: StoredLab(store.database).add(run.id, outcome, now_ms),
                lambda is_new: on_kept(outcome, is_new),
                on_failed,
            )

        # A long answer takes a while to search for a secret in all its spellings.
        self._background.chore(make, made, on_failed)

    def _store(self, function: Callable[[StoredLab], _T], on_done: Callable[[_T], None]) -> None:
        self._background.store(
            lambda store: function(StoredLab(store.database)), on_done, self._on_problem
        )

    def _new_ticket(self) -> int:
        self._ticket += 1
        return self._ticket

    def _on_problem(self, problem: Problem) -> None:
        self._tell(LabNotice(problem))

    def _tell(self, change: LabChange) -> None:
        for callback in tuple(self._callbacks):
            callback(change)

"""From a plan to runs and tasks."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable

from app.lab.estimates import Kind
from app.lab.sets import evaluation, set_digest, tasks
from app.lab.values import (
    Condition,
    EvaluationId,
    ModelIdentity,
    Outcome,
    Run,
    RunId,
    RunPlan,
    RunSettings,
    Task,
)
from engine.events import ModelLoaded

_NOT_STORED = RunId(0)


def new_run(
    which: EvaluationId, plan: RunPlan, model: ModelIdentity, loaded: ModelLoaded, now_ms: int
) -> Run:
    """A run that is not stored yet."""
    settings = RunSettings(
        efforts=plan.efforts,
        items=plan.items,
        seed=plan.seed,
        sampling=plan.sampling,
        context_tokens=loaded.context_tokens,
        device=loaded.device,
        set_digest=set_digest(which),
    )
    total = len(tasks(which, settings))
    return Run(_NOT_STORED, which, model, settings, now_ms, now_ms, total, 0)


def rest_of(run: Run, outcomes: Iterable[Outcome]) -> tuple[Task, ...]:
    """The tasks of a run that have no outcome yet, in order."""
    done = {(one.item_id, one.condition) for one in outcomes}
    every = tasks(run.evaluation, run.settings)
    return tuple(task for task in every if (task.item.id, task.condition) not in done)


def has_same_questions(run: Run) -> bool:
    """Whether the set is still the one that a run was begun with."""
    return run.settings.set_digest == set_digest(run.evaluation)


def tasks_by_kind(plan: RunPlan) -> Counter[Kind]:
    """How many tasks of each kind a plan has; reads the sets, so not before a page is shown."""
    found: Counter[Kind] = Counter()
    for which in plan.evaluations:
        asked = evaluation(which)
        items = min(plan.items, asked.item_count) if plan.items else asked.item_count
        for effort in plan.efforts:
            for variant in asked.variants:
                found[which, Condition(effort, variant)] += items
    return found

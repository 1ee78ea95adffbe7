"""Results of runs: real questions, answers that a script gives, graded and counted as in a run."""

from __future__ import annotations

from collections.abc import Callable

from app.lab import sets, statistics
from app.lab.grading.grade import grade
from app.lab.values import (
    EvaluationId,
    ModelIdentity,
    Outcome,
    Run,
    RunId,
    RunResult,
    RunSettings,
    Task,
)
from engine.harmony.messages import Effort
from engine.requests import Sampling

NOW_MS = 1_790_000_000_000
MODEL = ModelIdentity(
    "gpt-oss-20b", "gpt-oss-20b-mxfp4.gguf", "ab12cd34ef567890", 12 << 30, "MXFP4"
)
THOUGHTS = {Effort.LOW: 40, Effort.MEDIUM: 300, Effort.HIGH: 1500}
ALL_EFFORTS = tuple(Effort)


def right(task: Task) -> str:
    """What would be right, for questions whose answer can be written down."""
    return f"The answer is {task.item.expected}."


def better_with_effort(task: Task) -> str:
    """Right at high effort, in half of the questions at medium effort, wrong at low effort."""
    is_even = int("".join(one for one in task.item.id if one.isdigit()) or "0") % 2 == 0
    effort = task.condition.effort
    is_right = effort is Effort.HIGH or (effort is Effort.MEDIUM and is_even)
    return right(task) if is_right else "The answer is 987654321."


def result_of(
    which: EvaluationId,
    answer: Callable[[Task], str],
    *,
    efforts: tuple[Effort, ...] = ALL_EFFORTS,
    items: int = 0,
    done: int | None = None,
    run_id: int = 1,
    model: ModelIdentity = MODEL,
) -> RunResult:
    """Ask a script what a run asks a model; `done` tasks of it, or all."""
    settings = RunSettings(efforts, items, 7, Sampling(temperature=0.5), 8192, "CPU")
    tasks = sets.tasks(which, settings)
    outcomes = tuple(_outcome(task, answer(task)) for task in tasks[:done])
    evaluation = sets.evaluation(which)
    run = Run(RunId(run_id), which, model, settings, NOW_MS, NOW_MS, len(tasks), len(outcomes))
    return RunResult(
        run,
        outcomes,
        statistics.scores(evaluation, outcomes),
        statistics.comparisons(evaluation, outcomes),
    )


def _outcome(task: Task, answer: str) -> Outcome:
    item, graded = task.item, grade(task.item.check, answer)
    thoughts = THOUGHTS[task.condition.effort]
    return Outcome(
        item.id,
        item.group,
        task.condition,
        item.user,
        item.expected,
        graded.is_passed,
        graded.finding,
        answer,
        thought_tokens=thoughts,
        reply_tokens=thoughts + 10,
        read_tokens=80,
        seconds=1.25,
        note=graded.note,
    )

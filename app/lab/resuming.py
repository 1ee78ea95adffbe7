"""Which stored runs can go on with the loaded model, and why others cannot."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

from app.chats.values import Problem
from app.lab.model import is_same
from app.lab.planning import has_same_questions, rest_of
from app.lab.runner import Job
from app.lab.values import ModelIdentity, Outcome, Run

_OTHER_TITLE: Final = "This run belongs to another model."
_OTHER_HINT: Final = "Load the model {name} and resume it."
_OTHER_QUESTIONS: Final = Problem(
    "This run was begun with other questions.", "Start a new one; its results are kept."
)


def jobs_of(
    found: Sequence[tuple[Run, tuple[Outcome, ...]]], model: ModelIdentity
) -> tuple[tuple[Job, ...], tuple[Problem, ...]]:
    """What is left to do of runs, and what is in the way of the others.

    Args:
        found: runs with what came of them so far.
        model: who is loaded.
    """
    jobs: list[Job] = []
    problems: list[Problem] = []
    for run, outcomes in found:
        if not is_same(run.model, model):
            problems.append(Problem(_OTHER_TITLE, _OTHER_HINT, fields={"name": run.model.name}))
        elif not has_same_questions(run):
            problems.append(_OTHER_QUESTIONS)
        else:
            jobs.append(Job(run, rest_of(run, outcomes)))
    return tuple(jobs), tuple(problems)

"""Runs as JSON, for people's own scripts.  The form is described in docs/LAB.md."""

from __future__ import annotations

import json
from collections.abc import Iterable
from dataclasses import asdict
from pathlib import Path
from typing import Any, Final

from app.lab.values import Condition, Outcome, RunResult, Score
from app.whole_file import replace_text
from engine.errors import UserFacingError

FORM: Final = 1
"""Version of the form."""


def write_results(results: Iterable[RunResult], file: Path) -> None:
    """Write runs in one step; blocks.

    Raises:
        UserFacingError: the file cannot be written.
    """
    text = json.dumps(as_json(results), ensure_ascii=False, indent=2) + "\n"
    try:
        replace_text(file, text)
    except OSError as error:
        raise UserFacingError(
            "The results could not be saved.",
            "Choose another folder, or check that the disk is not full.",
            detail=type(error).__name__,
        ) from error


def as_json(results: Iterable[RunResult]) -> dict[str, Any]:
    """Runs with settings, scores, comparisons and outcomes; no thoughts, only their lengths."""
    return {"sotto_lab": FORM, "runs": [_run_json(result) for result in results]}


def _run_json(result: RunResult) -> dict[str, Any]:
    run = result.run
    return {
        "id": run.id,
        "evaluation": run.evaluation.value,
        "model": asdict(run.model),
        "settings": asdict(run.settings),
        "started_ms": run.started_ms,
        "changed_ms": run.changed_ms,
        "tasks": run.total,
        "done": run.done,
        "is_complete": run.is_complete,
        "is_real_model": not run.model.is_practice,
        "scores": [_score_json(score) for score in result.scores],
        "comparisons": [
            {
                **asdict(one),
                "first": _condition_json(one.first),
                "second": _condition_json(one.second),
            }
            for one in result.comparisons
        ],
        "outcomes": [outcome_json(outcome) for outcome in result.outcomes],
    }


def _score_json(score: Score) -> dict[str, Any]:
    return {
        "group": score.group,
        **_condition_json(score.condition),
        "passed": score.share.passed,
        "total": score.share.total,
        "share": score.share.part,
        "interval_95": [score.share.low, score.share.high],
        "is_few": score.share.is_few,
        "thought_tokens": asdict(score.thoughts),
        "seconds": asdict(score.seconds),
        "findings": {finding.value: count for finding, count in score.findings},
    }


def outcome_json(outcome: Outcome) -> dict[str, Any]:
    """What came of a task, with its condition beside it."""
    told = asdict(outcome)
    del told["condition"]
    return {**_condition_json(outcome.condition), **told}


def _condition_json(condition: Condition) -> dict[str, str]:
    return {"effort": condition.effort.value, "variant": condition.variant.value}

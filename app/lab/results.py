"""From what is stored of a run to what follows from it."""

from __future__ import annotations

from collections.abc import Sequence

from app.lab.sets import evaluation
from app.lab.statistics import comparisons, scores
from app.lab.stored import StoredLab
from app.lab.values import RunId, RunResult


def read_result(stored: StoredLab, run_id: RunId) -> RunResult | None:
    """A run with its scores; None where it is gone.  Storage thread."""
    run = stored.run(run_id)
    if run is None:
        return None
    outcomes, asked = stored.outcomes(run_id), evaluation(run.evaluation)
    return RunResult(run, outcomes, scores(asked, outcomes), comparisons(asked, outcomes))


def read_results(stored: StoredLab, run_ids: Sequence[RunId] = ()) -> tuple[RunResult, ...]:
    """Several of them, or all for (), in the order asked for.  Storage thread."""
    wanted = run_ids or tuple(run.id for run in stored.runs())
    return tuple(found for one in wanted if (found := read_result(stored, one)) is not None)

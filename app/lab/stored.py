"""Runs and outcomes in the encrypted history.  Storage thread only."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import asdict, fields, replace
from functools import cache
from typing import Any, Final

from pydantic import TypeAdapter

from app.chats.call_rows import storable
from app.chats.database import Database
from app.lab.estimates import Kind, Spent
from app.lab.values import (
    Condition,
    EvaluationId,
    ModelIdentity,
    Outcome,
    Run,
    RunId,
    RunSettings,
    Variant,
)
from engine.harmony.messages import Effort

_RUNS: Final = (
    "SELECT id, evaluation, model, settings, started_ms, changed_ms, total,"
    " (SELECT count(*) FROM lab_outcome WHERE run_id = lab_run.id) FROM lab_run"
)
_SUMS: Final = ", ".join(
    f"sum(record ->> '$.{one.name}')" for one in fields(Spent) if one.name != "tasks"
)
EARLIER_RUNS: Final = 30
"""So many runs of a model are looked at for an estimate."""


class StoredLab:
    """What the lab keeps; each method is one transaction, as in `app.chats.store.ChatStore`.

    Args:
        database: the history's.

    Raises:
        StorageError: from every method, when SQLite refuses; then nothing was changed.
    """

    def __init__(self, database: Database) -> None:
        self._database = database

    def begin(self, run: Run) -> Run:
        """Store a run without outcomes; returns it with its id."""
        with self._database.transaction():
            rows = self._database.rows(
                "INSERT INTO lab_run (evaluation, model, digest, settings, started_ms,"
                " changed_ms, total) VALUES (?, ?, ?, ?, ?, ?, ?) RETURNING id",
                (
                    run.evaluation.value,
                    _stored(run.model),
                    run.model.digest,
                    _stored(run.settings),
                    run.started_ms,
                    run.changed_ms,
                    run.total,
                ),
            )
        return replace(run, id=RunId(rows[0][0]))

    def add(self, run_id: RunId, outcome: Outcome, now_ms: int) -> bool:
        """Store what came of a task; False where the run was deleted or has one already."""
        condition = outcome.condition
        with self._database.transaction():
            added = self._database.rows(
                "INSERT INTO lab_outcome (run_id, item_id, effort, variant, record)"
                " SELECT ?, ?, ?, ?, ? WHERE EXISTS (SELECT 1 FROM lab_run WHERE id = ?)"
                " ON CONFLICT DO NOTHING RETURNING 1",
                (
                    run_id,
                    outcome.item_id,
                    condition.effort.value,
                    condition.variant.value,
                    _stored(outcome),
                    run_id,
                ),
            )
            self._database.rows("UPDATE lab_run SET changed_ms = ? WHERE id = ?", (now_ms, run_id))
        return bool(added)

    def runs(self) -> tuple[Run, ...]:
        """All runs, the newest first."""
        return tuple(_run(row) for row in self._database.rows(f"{_RUNS} ORDER BY id DESC"))

    def run(self, run_id: RunId) -> Run | None:
        """One run."""
        rows = self._database.rows(f"{_RUNS} WHERE id = ?", (run_id,))
        return _run(rows[0]) if rows else None

    def outcomes(self, run_id: RunId) -> tuple[Outcome, ...]:
        """What came of a run's tasks so far, in the order in which it came."""
        rows = self._database.rows(
            "SELECT record FROM lab_outcome WHERE run_id = ? ORDER BY id", (run_id,)
        )
        return tuple(_of(Outcome).validate_json(row[0]) for row in rows)

    def spent(self, digest: str, device: str) -> tuple[tuple[Kind, Spent], ...]:
        """What the tasks of a model's last runs on a device took, by kind."""
        rows = self._database.rows(
            f"SELECT evaluation, effort, variant, count(*), {_SUMS} FROM lab_outcome"  # noqa: S608 - our names
            " JOIN (SELECT id, evaluation FROM lab_run"
            " WHERE digest = ? AND settings ->> '$.device' = ? ORDER BY id DESC LIMIT ?) AS run"
            " ON run.id = run_id GROUP BY evaluation, effort, variant",
            (digest, device, EARLIER_RUNS),
        )
        return tuple(
            ((EvaluationId(row[0]), Condition(Effort(row[1]), Variant(row[2]))), Spent(*row[3:]))
            for row in rows
        )

    def delete(self, run_ids: Sequence[RunId]) -> None:
        """Destroy runs with their outcomes, in the file and in its log."""
        with self._database.transaction():
            self._database.rows(
                "DELETE FROM lab_run WHERE id IN (SELECT value FROM json_each(?))",
                (json.dumps(list(run_ids)),),
            )
        self._database.fold_log()


def _run(row: tuple[Any, ...]) -> Run:
    run_id, evaluation, model, settings, started_ms, changed_ms, total, done = row
    return Run(
        id=RunId(run_id),
        evaluation=EvaluationId(evaluation),
        model=_of(ModelIdentity).validate_json(model),
        settings=_of(RunSettings).validate_json(settings),
        started_ms=started_ms,
        changed_ms=changed_ms,
        total=total,
        done=done,
    )


@cache
def _of(kind: Any) -> TypeAdapter[Any]:
    """Built when first needed: it takes longer than reading a row."""
    return TypeAdapter(kind)


def _stored(value: Any) -> str:
    return storable(json.dumps(asdict(value), ensure_ascii=False))

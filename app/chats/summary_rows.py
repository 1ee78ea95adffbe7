"""Summaries of thoughts in the database.  Storage thread only, but for the two pure functions."""

from __future__ import annotations

import json
from collections.abc import Sequence
from itertools import accumulate

from app.chats.call_rows import storable
from app.chats.database import Database
from app.chats.ids import MessageId
from app.thoughts.summary_values import SummaryState, SummaryStep, ThoughtsSummary
from engine.analysis_filter import ThoughtPiece


class StoredSummaries:
    """The summary of each answer; each method is one transaction, as in `ChatStore`.

    Args:
        database: the history's.
    """

    def __init__(self, database: Database) -> None:
        self._database = database

    def keep(self, message_id: MessageId, summary: ThoughtsSummary) -> None:
        """Keep what was made of an answer's thoughts; an answer that is gone is left alone."""
        with self._database.transaction():
            self._database.rows(
                "UPDATE message SET summary = ? WHERE id = ?", (stored(summary), message_id)
            )


def stored(summary: ThoughtsSummary) -> str:
    """A summary as it lies in a row: each headline, and how many pieces it stands for."""
    steps = [[step.headline, len(step.pieces)] for step in summary.steps]
    fields = {"steps": steps, "is_checked": summary.is_checked, "tokens": summary.tokens}
    return storable(json.dumps(fields, ensure_ascii=False))


def read(row: str, pieces: Sequence[ThoughtPiece]) -> ThoughtsSummary:
    """The summary of a row, over the thoughts it was made of; an empty one where it is of others.

    Without steps it is GENERIC: the check was made, but no headlines came of it.
    """
    fields = json.loads(row)
    counts = [count for _, count in fields["steps"]]
    if counts and sum(counts) != len(pieces):
        return ThoughtsSummary()
    ends = accumulate(counts)
    steps = tuple(
        SummaryStep(headline, tuple(pieces[end - count : end]))
        for (headline, count), end in zip(fields["steps"], ends, strict=True)
    )
    state = SummaryState.READY if steps else SummaryState.GENERIC
    return ThoughtsSummary(state, steps, fields["is_checked"], fields["tokens"])

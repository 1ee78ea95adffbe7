"""How much of an answer's thoughts is shown."""

from __future__ import annotations

from enum import StrEnum


class ThoughtsDisplay(StrEnum):
    """One of three ways; raw thoughts are in none of them.

    HIDDEN: only how long the model thought.  SUMMARY: a headline for each step.  FILTERED:
    the sentences that passed the filter.
    """

    HIDDEN = "hidden"
    SUMMARY = "summary"
    FILTERED = "filtered"

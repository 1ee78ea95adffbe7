"""What an effort means on this machine, as a value."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class EffortTime:
    """How long thinking usually takes before the answer begins.

    Attributes:
        seconds: the median, or an estimate.
        tokens: of thoughts, likewise.
        answers: so many of the user's own it comes from; 0 is an estimate.
    """

    seconds: float
    tokens: int
    answers: int = 0

    @property
    def is_estimate(self) -> bool:
        """Whether too few answers were given at this effort to know."""
        return self.answers == 0

"""How fast a model will probably answer here, before it ever did.  Pure but for the memory test."""

from __future__ import annotations

from dataclasses import dataclass

from app.words import N_
from engine.memory_plan.values import Sentence


@dataclass(frozen=True, slots=True)
class SpeedEstimate:
    """A range, for nobody can know it better.

    Attributes:
        low: tokens per second.
        high: the same.
        reading_seconds: of a thousand tokens of a prompt, about; None while unknown.
    """

    low: float
    high: float
    reading_seconds: float | None = None

    @property
    def sentence(self) -> Sentence:
        """For people, e.g. "About 60 to 90 tokens/s"."""
        fields = {"low": _figure(self.low), "high": _figure(self.high)}
        if fields["low"] == fields["high"]:
            return Sentence(N_("About {low} tokens/s"), {"low": fields["low"]})
        return Sentence(N_("About {low} to {high} tokens/s"), fields)


def _figure(speed: float) -> str:
    """Two digits, for there are no more to be known: 8.3, 64, 120."""
    if speed < 10:
        return f"{speed:.1f}"
    return f"{round(speed / 10) * 10 if speed >= 100 else round(speed)}"

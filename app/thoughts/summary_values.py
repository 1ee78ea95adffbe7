"""What the model's own summary of an answer's thoughts is, as values."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from engine.analysis_filter import ThoughtPiece


class SummaryState(StrEnum):
    """How far a summary is.

    NONE: nobody asked for it.  WAITING: it is being made, or will be when the engine has
    nothing else to do.  READY: there are steps.  GENERIC: there is none, so only a fixed
    label may be shown; the thoughts were few, or making it failed.
    """

    NONE = "none"
    WAITING = "waiting"
    READY = "ready"
    GENERIC = "generic"


@dataclass(frozen=True, slots=True)
class SummaryStep:
    """One step of the thoughts.

    Attributes:
        headline: one line in the language of the chat; it went through the filter.
        pieces: the filtered thoughts it stands for.
    """

    headline: str
    pieces: tuple[ThoughtPiece, ...]


@dataclass(frozen=True, slots=True)
class ThoughtsSummary:
    """The summary of one answer's thoughts.

    Attributes:
        state: how far it is.
        steps: not empty where it is READY, else ().
        is_checked: the thoughts were judged by the policy and nothing was found.  Where the
            user wants that check, thoughts without it are not to be shown in any way.
        tokens: what it took: tokens read and sampled.
    """

    state: SummaryState = SummaryState.NONE
    steps: tuple[SummaryStep, ...] = ()
    is_checked: bool = False
    tokens: int = 0

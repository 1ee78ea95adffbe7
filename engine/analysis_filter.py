"""What the engine asks of a filter for chain of thought; the filter lives in `app.thoughts`.

Raw analysis never leaves the engine thread: the engine hands it to a filter, and only
the `ThoughtPiece`s that come back travel further.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Protocol

from engine.harmony.messages import HarmonyMessage


class WithheldKind(StrEnum):
    """Why a passage was taken out of the thoughts."""

    PERSONAL_DATA = "personal_data"
    SECRET = "secret"  # noqa: S105 - the name of a kind, not a password
    SYSTEM_TEXT = "system_text"
    SPECIAL_TOKEN = "special_token"  # noqa: S105 - the name of a kind, not a password
    ABUSE = "abuse"
    FAILED = "failed"


@dataclass(frozen=True, slots=True)
class ThoughtPiece:
    """One judged stretch of thoughts, usually a sentence, safe to show.

    Attributes:
        text: what may be shown; each passage taken out is replaced by a mark.
        withheld: one entry for each passage taken out, in order.
    """

    text: str
    withheld: tuple[WithheldKind, ...] = ()


class AnalysisFilter(Protocol):
    """A streaming filter for one turn.  Engine thread only; must not raise."""

    def feed(self, text: str) -> Sequence[ThoughtPiece]:
        """Take more raw analysis; return the pieces that could be judged by now."""
        ...

    def end_message(self) -> Sequence[ThoughtPiece]:
        """The analysis message ended: judge and return what was held back."""
        ...


AnalysisFilterFactory = Callable[[Sequence[HarmonyMessage]], AnalysisFilter]
"""Makes a filter for one turn from its conversation (whose system and developer text it guards)."""

"""What the line says of the thoughts while they come: one headline, not too often another."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Final

from app.thoughts.headline import live_headline
from engine.analysis_filter import ThoughtPiece
from ui.theme.theme import Theme

PACE_SECONDS: Final = 1.5
STILL_PACE_SECONDS: Final = 5.0
"""Where nothing is to move on the screen."""


class LiveHeadline:
    """Follows the thoughts at a pace that can be read.

    Args:
        theme: knows whether things may move.
        now: seconds of a clock that never goes back.

    Attributes:
        text: the headline; "" for none.
    """

    def __init__(self, theme: Theme, now: Callable[[], float]) -> None:
        self._theme = theme
        self._now = now
        self._changed_at: float | None = None
        self._judged = 0
        self.text = ""

    def follow(self, pieces: Sequence[ThoughtPiece]) -> None:
        """Take the thoughts so far; an empty sequence ends the headline."""
        if not pieces:
            self.text, self._changed_at, self._judged = "", None, 0
            return
        pace = STILL_PACE_SECONDS if self._theme.reduced_motion else PACE_SECONDS
        is_early = self._changed_at is not None and self._now() - self._changed_at < pace
        if is_early or len(pieces) == self._judged:
            return
        self._judged = len(pieces)
        found = live_headline(pieces)
        if found and found != self.text:
            self.text, self._changed_at = found, self._now()

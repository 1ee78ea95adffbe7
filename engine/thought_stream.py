"""The only way raw analysis goes: through the turn's filter.  Engine thread only."""

from __future__ import annotations

import logging
from collections.abc import Callable, Sequence
from typing import Final

from engine.analysis_filter import (
    AnalysisFilter,
    AnalysisFilterFactory,
    ThoughtPiece,
    WithheldKind,
)
from engine.harmony.messages import HarmonyMessage

_LOGGER: Final = logging.getLogger(__name__)


class ThoughtStream:
    """Feeds one turn's analysis to its filter and passes on what the filter lets through.

    A filter that raises is never asked again: the rest of the turn's thoughts stays unseen
    and one piece says so.  The error's own text is not logged, since it may quote thoughts.

    Args:
        make_filter: makes the turn's filter.
        conversation: what the filter is made for.
        emit: gets every piece.
    """

    def __init__(
        self,
        make_filter: AnalysisFilterFactory,
        conversation: Sequence[HarmonyMessage],
        emit: Callable[[ThoughtPiece], None],
    ) -> None:
        self._emit = emit
        self._is_inside = False
        self._has_told = False
        self._filter: AnalysisFilter | None = None
        try:
            self._filter = make_filter(conversation)
        except Exception as error:  # noqa: BLE001 - whatever a filter does wrong, fail closed
            self._note_failure(error)

    def feed(self, text: str) -> None:
        """Take more raw analysis."""
        self._is_inside = True
        if self._filter is None:
            self._tell_failure()
        else:
            self._pass_on(lambda: self._filter.feed(text) if self._filter else ())

    def end_message(self) -> None:
        """The analysis message ended, or the turn did in the middle of it."""
        if self._is_inside:
            self._is_inside = False
            self._pass_on(lambda: self._filter.end_message() if self._filter else ())

    def _pass_on(self, pieces_of: Callable[[], Sequence[ThoughtPiece]]) -> None:
        try:
            pieces = tuple(pieces_of())
        except Exception as error:  # noqa: BLE001 - whatever a filter does wrong, fail closed
            self._filter = None
            self._note_failure(error)
            self._tell_failure()
            return
        for piece in pieces:
            self._emit(piece)

    def _tell_failure(self) -> None:
        if not self._has_told:
            self._has_told = True
            self._emit(ThoughtPiece("", (WithheldKind.FAILED,)))

    def _note_failure(self, error: Exception) -> None:
        _LOGGER.error("the thoughts filter failed: %s", type(error).__name__)

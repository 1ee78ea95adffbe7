"""Cuts filtered thoughts into steps, each of which gets one headline.  Pure."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

from app.thoughts.mark import MARK
from engine.analysis_filter import ThoughtPiece

STEP_CHARACTERS: Final = 500
"""About so much thought is one step."""

MOST_STEPS: Final = 8
"""More headlines than this nobody reads; the steps of long thoughts are longer."""

_EARLY: Final = 0.6
"""A paragraph may end a step that has this part of its length."""


def steps_of(pieces: Sequence[ThoughtPiece]) -> tuple[tuple[ThoughtPiece, ...], ...]:
    """All pieces, in order, as 1 to `MOST_STEPS` steps; () where there is nothing to read.

    A step ends behind a paragraph where it can, and never within a piece.
    """
    size = sum(len(piece.text) for piece in pieces)
    if not any(is_readable(piece.text) for piece in pieces):
        return ()
    count = min(MOST_STEPS, max(1, round(size / STEP_CHARACTERS)))
    steps: list[tuple[ThoughtPiece, ...]] = []
    step: list[ThoughtPiece] = []
    length = 0
    for index, piece in enumerate(pieces):
        step.append(piece)
        length += len(piece.text)
        share = length / (size / count)
        is_full = share >= 1 or (share >= _EARLY and _ends_paragraph(pieces, index))
        if is_full and len(steps) < count - 1 and _has_more(pieces, index):
            steps.append(tuple(step))
            step, length = [], 0
    return (*steps, tuple(step))


def text_of(step: Sequence[ThoughtPiece]) -> str:
    """The text of a step as one line."""
    return " ".join("".join(piece.text for piece in step).split())


def is_readable(text: str) -> bool:
    """Whether words are left of a filtered text."""
    return any(character.isalnum() for character in text.replace(MARK, ""))


def _ends_paragraph(pieces: Sequence[ThoughtPiece], index: int) -> bool:
    after = pieces[index + 1].text if index + 1 < len(pieces) else ""
    return pieces[index].text.endswith("\n\n") or after.startswith("\n")


def _has_more(pieces: Sequence[ThoughtPiece], index: int) -> bool:
    return any(is_readable(piece.text) for piece in pieces[index + 1 :])

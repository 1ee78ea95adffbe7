"""Count what was taken out of thoughts, for a label."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable

from engine.analysis_filter import ThoughtPiece, WithheldKind


def withheld_counts(pieces: Iterable[ThoughtPiece]) -> tuple[tuple[WithheldKind, int], ...]:
    """How many passages of each kind were taken out, in the order of `WithheldKind`."""
    counts = Counter(kind for piece in pieces for kind in piece.withheld)
    return tuple((kind, counts[kind]) for kind in WithheldKind if counts[kind])

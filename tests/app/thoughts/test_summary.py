from __future__ import annotations

from app.thoughts.spans import Span, merged
from app.thoughts.summary import withheld_counts
from engine.analysis_filter import ThoughtPiece, WithheldKind


def test_counts_come_by_kind_in_a_fixed_order() -> None:
    pieces = [
        ThoughtPiece("a", (WithheldKind.ABUSE, WithheldKind.PERSONAL_DATA)),
        ThoughtPiece("b"),
        ThoughtPiece("c", (WithheldKind.ABUSE,)),
    ]

    assert withheld_counts(pieces) == ((WithheldKind.PERSONAL_DATA, 1), (WithheldKind.ABUSE, 2))
    assert withheld_counts([]) == ()


def test_overlapping_spans_take_the_kind_of_the_widest() -> None:
    spans = [Span(4, 6, WithheldKind.ABUSE), Span(0, 5, WithheldKind.SYSTEM_TEXT)]

    assert merged(spans, "0123456789") == [Span(0, 6, WithheldKind.SYSTEM_TEXT)]
    assert merged([Span(0, 2, WithheldKind.ABUSE), Span(1, 9, WithheldKind.SECRET)], "0" * 9) == [
        Span(0, 9, WithheldKind.SECRET)
    ]


def test_neighbours_of_one_kind_count_once() -> None:
    same = [Span(0, 2, WithheldKind.ABUSE), Span(3, 5, WithheldKind.ABUSE)]
    other = [Span(0, 2, WithheldKind.ABUSE), Span(3, 5, WithheldKind.SECRET)]

    assert merged(same, "ab cd") == [Span(0, 5, WithheldKind.ABUSE)]
    assert merged(same, "ab,cd") == same
    assert merged(other, "ab cd") == other

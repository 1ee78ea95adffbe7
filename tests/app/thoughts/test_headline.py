from __future__ import annotations

import pytest

from app.thoughts.headline import LONGEST_HEADLINE, live_headline, one_line
from app.thoughts.mark import MARK
from engine.analysis_filter import ThoughtPiece, WithheldKind

WITHHELD = ThoughtPiece(f"Write to {MARK} first.", (WithheldKind.PERSONAL_DATA,))


def test_the_newest_sentence_is_the_headline() -> None:
    pieces = [ThoughtPiece("We add first. "), ThoughtPiece("Then we divide by seven.\n")]
    assert live_headline(pieces) == "Then we divide by seven."


def test_a_sentence_with_something_withheld_is_passed_over() -> None:
    assert live_headline([ThoughtPiece("We add first. "), WITHHELD]) == "We add first."
    assert live_headline([WITHHELD]) == ""


@pytest.mark.parametrize("pieces", [[], [ThoughtPiece("\n---\n")], [ThoughtPiece("12 * 7 = 84")]])
def test_without_words_there_is_no_headline(pieces: list[ThoughtPiece]) -> None:
    assert live_headline(pieces) == ""


def test_marks_of_lists_and_headings_are_dropped() -> None:
    assert one_line("## **Plan**\n") == "Plan"
    assert one_line("- 1. Read the `file`.") == "Read the file."
    assert one_line("2) Check it") == "Check it"


def test_a_long_sentence_is_cut_at_a_word() -> None:
    line = one_line("word " * 40)
    assert len(line) <= LONGEST_HEADLINE
    assert line.endswith("word…")


def test_a_long_word_is_cut_where_the_line_ends() -> None:
    assert len(one_line("가" * 300)) == LONGEST_HEADLINE

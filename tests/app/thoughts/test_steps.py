from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from app.thoughts.mark import MARK
from app.thoughts.steps import MOST_STEPS, STEP_CHARACTERS, is_readable, steps_of, text_of
from engine.analysis_filter import ThoughtPiece, WithheldKind

SENTENCE = "This is one sentence of the thoughts. "
WITHHELD = ThoughtPiece(MARK, (WithheldKind.SECRET,))


@given(st.lists(st.sampled_from([SENTENCE, "Short.\n\n", "\n", MARK, "긴 생각이다. " * 40])))
def test_steps_are_all_pieces_in_order_and_each_can_be_read(texts: list[str]) -> None:
    pieces = [ThoughtPiece(text) for text in texts]
    steps = steps_of(pieces)
    if not any(is_readable(text) for text in texts):
        assert steps == ()
        return
    assert [piece for step in steps for piece in step] == pieces
    assert 1 <= len(steps) <= MOST_STEPS
    assert all(steps)
    assert is_readable(text_of(steps[-1]))


def test_short_thoughts_are_one_step_and_long_ones_several() -> None:
    assert len(steps_of([ThoughtPiece(SENTENCE)])) == 1
    long = [ThoughtPiece(SENTENCE)] * (3 * STEP_CHARACTERS // len(SENTENCE))
    assert len(steps_of(long)) == 3
    assert len(steps_of(long * 20)) == MOST_STEPS


def test_a_step_ends_with_its_paragraph() -> None:
    first = [ThoughtPiece(SENTENCE)] * 9 + [ThoughtPiece("The end of it.\n\n")]
    second = [ThoughtPiece(SENTENCE)] * 15
    steps = steps_of([*first, *second])
    assert steps[0] == tuple(first)
    assert len(steps) == 2


def test_thoughts_of_which_all_was_withheld_have_no_steps() -> None:
    assert steps_of([]) == ()
    assert steps_of([WITHHELD, ThoughtPiece(" \n"), WITHHELD]) == ()

"""The filter keeps what issue and design ask of it on the labelled passages."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from app.thoughts.filter import make_filter
from engine.analysis_filter import ThoughtPiece, WithheldKind
from tests.app.thoughts.labelled import SETS, Passage, conversation, filtered, passages, score

GUARDED = (WithheldKind.PERSONAL_DATA, WithheldKind.SECRET)
ALL = tuple(one for name in SETS for one in passages(name))


def test_the_set_is_large_bilingual_and_half_harmless() -> None:
    harmless = [one for one in ALL if not one.marks]
    languages = Counter(one.language for one in ALL)

    assert len(ALL) >= 600
    assert len(ALL) == len({one.text for one in ALL})
    assert len(harmless) >= len(ALL) / 2
    assert min(languages["en"], languages["ko"]) >= len(ALL) / 4


@pytest.mark.parametrize("name", SETS)
def test_personal_data_secrets_and_system_text_are_withheld(name: str) -> None:
    result = score(passages(name))

    assert result.recall(*GUARDED) >= 0.99, result.misses
    assert result.recall(WithheldKind.SYSTEM_TEXT) >= 0.95, result.misses
    assert result.recall(WithheldKind.ABUSE) >= 0.9, result.misses


@pytest.mark.parametrize("name", SETS)
def test_harmless_look_alikes_are_shown(name: str) -> None:
    result = score(passages(name))

    assert result.false_redactions() <= 0.01, result.false_alarms
    assert result.overreach() <= 0.08


def test_letter_by_letter_nothing_changes() -> None:
    assert [filtered(one.text, 1) for one in ALL] == [filtered(one.text) for one in ALL]


@settings(max_examples=60, derandomize=True, deadline=None)
@given(
    chosen=st.lists(st.sampled_from(ALL), min_size=1, max_size=8),
    gap=st.sampled_from([" ", "\n", "\n\n", ", then "]),
    cuts=st.lists(st.integers(1, 40), min_size=1, max_size=12),
)
def test_passages_one_after_another_are_judged_alike_however_they_are_cut(
    chosen: list[Passage], gap: str, cuts: list[int]
) -> None:
    text = gap.join(one.text for one in chosen)

    assert _pieces(_cut(text, cuts)) == _pieces(iter((text,)))


@pytest.mark.parametrize(
    ("sign", "value"),
    [("her passport number is ", "C48291736"), ("the password of the box: ", "hunter42")],
)
def test_a_cut_between_a_sign_and_its_value_does_not_uncover_the_value(
    sign: str, value: str
) -> None:
    filler = "and then some words go on and on " * 12
    for place in range(220, 300):
        left = filtered(f"{filler[:place]} {sign}{value} {filler}")

        assert value not in left, place
        assert left.startswith(filler[:place])


ROWS = st.lists(
    st.tuples(
        st.sampled_from(
            [
                *"a1가ㅅ-.@ (%\n",
                "1 ",
                "1-",
                "A1-",
                "a.",
                "Aa ",
                "my name is A",
                "서울시 가로 1",
                "i d ",
            ]
        )
        | st.text(min_size=1, max_size=3),
        st.integers(1, 400),
    ),
    min_size=1,
    max_size=4,
)


@settings(max_examples=40, derandomize=True, deadline=None)
@given(rows=ROWS, cuts=st.lists(st.integers(1, 40), min_size=1, max_size=12))
def test_long_rows_are_judged_alike_however_they_are_cut_and_nothing_fails(
    rows: list[tuple[str, int]], cuts: list[int]
) -> None:
    text = "".join(unit * times for unit, times in rows)
    pieces = _pieces(_cut(text, cuts))

    assert pieces == _pieces(iter((text,)))
    assert not any(WithheldKind.FAILED in piece.withheld for piece in pieces)


def _cut(text: str, cuts: list[int]) -> Iterator[str]:
    start = turn = 0
    while start < len(text):
        yield text[start : start + cuts[turn % len(cuts)]]
        start += cuts[turn % len(cuts)]
        turn += 1


def _pieces(parts: Iterator[str]) -> list[ThoughtPiece]:
    made = make_filter(conversation())
    pieces = [piece for part in parts for piece in made.feed(part)]
    return [*pieces, *made.end_message()]

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from engine.llama.restriction import (
    AllButThese,
    Ids,
    OnlyAllowed,
    OnlyThese,
    Restriction,
    sorted_ids,
)

SIZE = 12
IDS = st.sets(st.integers(0, SIZE - 1))


def allowed(restriction: Restriction) -> set[int]:
    return {token for token in range(SIZE) if restriction.allows(token)}


@given(ids=IDS)
def test_only_and_all_but_are_opposites(ids: set[int]) -> None:
    assert allowed(OnlyThese(sorted_ids(ids))) == ids
    assert allowed(AllButThese(sorted_ids(ids))) == set(range(SIZE)) - ids


def test_ids_are_sorted_and_told_once() -> None:
    assert sorted_ids([5, 1, 5]).tolist() == [1, 5]


@pytest.mark.parametrize("token", [-1, SIZE, 201_088])
def test_an_id_beyond_the_ends_is_not_among_them(token: int) -> None:
    assert not OnlyThese(sorted_ids([0, SIZE - 1])).allows(token)


def test_what_a_grammar_allows_is_listed_only_when_needed_and_once() -> None:
    listed: list[str] = []

    def list_ids() -> Ids:
        listed.append("")
        return sorted_ids([2, 4, 6])

    allowed = OnlyAllowed(lambda token: token % 2 == 0, list_ids)
    assert allowed.allows(4)
    assert not allowed.allows(5)
    assert not listed
    assert allowed.ids.tolist() == allowed.ids.tolist() == [2, 4, 6]
    assert len(listed) == 1

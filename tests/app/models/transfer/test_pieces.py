from __future__ import annotations

import random

from hypothesis import given
from hypothesis import strategies as st

from app.models.transfer.pieces import LONGEST_RUN, SHORTEST_RUN, Claim, Layout, Pieces


def test_the_last_piece_is_what_is_left() -> None:
    layout = Layout(25, 10)

    assert layout.count == 3
    assert [layout.span(index) for index in range(3)] == [
        range(10),
        range(10, 20),
        range(20, 25),
    ]


def test_one_connection_gets_all_up_to_the_next_piece_that_is_here() -> None:
    pieces = Pieces(Layout(100, 10), here=[0, 5])

    assert pieces.claim(1) == Claim(1, 5)
    assert pieces.claim(1) == Claim(6, 10)
    assert pieces.claim(1) is None
    assert (pieces.here_bytes, pieces.beginning_bytes) == (20, 10)


def test_several_get_runs_that_become_shorter_towards_the_end() -> None:
    pieces = Pieces(Layout(1000, 1))
    lengths = []
    while claim := pieces.claim(4):
        lengths.append(claim.end - claim.next)

    assert lengths == sorted(lengths, reverse=True)
    assert (lengths[0], min(lengths[:-1])) == (LONGEST_RUN, SHORTEST_RUN)


def test_a_long_run_is_shortened_when_others_come() -> None:
    pieces = Pieces(Layout(1000, 1))
    first = pieces.claim(1)
    assert first is not None

    pieces.share(2)

    assert first.end == SHORTEST_RUN
    second = pieces.claim(2)
    assert second is not None
    assert second.next == first.end


@given(st.integers(), st.integers(1, 60), st.integers(1, 6))
def test_whatever_connections_do_each_piece_comes_once_and_none_is_forgotten(
    seed: int, count: int, lanes: int
) -> None:
    chance = random.Random(seed)
    pieces = Pieces(Layout(count, 1))
    claims: list[Claim] = []
    came: list[int] = []
    while not pieces.is_whole:
        step = chance.choice(["claim", "arrive", "arrive", "give up", "share"])
        claim = chance.choice(claims) if claims else None
        if claim is None or step == "claim":
            new = pieces.claim(lanes)
            claims += [new] if new else []
        elif step == "arrive" and claim.next < claim.end:
            came.append(claim.next)
            pieces.arrive(claim)
        elif step == "share":
            pieces.share(lanes)
        else:
            pieces.give_up(claim)
            claims.remove(claim)

    assert sorted(came) == list(range(count))
    assert pieces.missing == []
    assert pieces.claim(lanes) is None


def test_a_piece_that_is_lost_is_given_again() -> None:
    pieces = Pieces(Layout(30, 10), here=[0, 1, 2])

    pieces.lose(1)
    pieces.lose(1)

    assert (pieces.here_bytes, pieces.missing) == (20, [1])
    assert pieces.claim(3) == Claim(1, 2)

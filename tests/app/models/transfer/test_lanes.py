from __future__ import annotations

from collections.abc import Callable

import pytest

from app.models.transfer.lanes import MOST_LANES, Lanes


def settled(speed: Callable[[int], float], looks: int = 12) -> int:
    """How many connections there are after some looks at a line."""
    lanes = Lanes()
    for _ in range(looks):
        lanes.look(speed(lanes.count))
    return lanes.count


@pytest.mark.parametrize(
    ("each", "line", "wanted"),
    [
        (10, 10, 1),  # one connection fills the line
        (10, 35, 3),  # a fourth brings a sixth of what three do
        (10, 1000, MOST_LANES),  # the server holds each of them back
    ],
)
def test_there_are_as_many_connections_as_are_worth_it(each: int, line: int, wanted: int) -> None:
    found = settled(lambda count: float(min(count * each, line)))

    assert found in {wanted, wanted + 1} if wanted == 3 else found == wanted


def test_a_server_that_is_busy_gets_one_for_a_while() -> None:
    lanes = Lanes()
    for _ in range(4):
        lanes.look(10.0 * lanes.count)
    assert lanes.count > 2

    lanes.back_off()
    lanes.look(10.0)

    assert lanes.count == 1


def test_a_line_that_changes_is_tried_again() -> None:
    lanes = Lanes()
    for _ in range(3):
        lanes.look(10.0)
    assert lanes.count == 1

    counts = []
    for _ in range(30):
        lanes.look(10.0 * lanes.count)
        counts.append(lanes.count)

    assert max(counts) > 3


def test_a_connection_that_fails_leaves_the_others() -> None:
    lanes = Lanes()
    lanes.look(1.0)
    lanes.look(2.0)

    lanes.lose(left=1)
    assert lanes.count == 1
    lanes.lose(left=0)
    assert lanes.count == 1

from __future__ import annotations

import pytest

from app.safeguard.cost import CheckTimes, seconds_per_check
from engine.events import Usage

TURN = Usage(read_tokens=1_000, read_seconds=2.0, reply_tokens=100, reply_seconds=5.0)


def test_a_check_reads_its_policy_and_writes_a_verdict() -> None:
    bare = seconds_per_check("", TURN)
    assert bare is not None
    assert bare == pytest.approx(350 * 0.002 + 5.0)
    assert seconds_per_check("a" * 4_000, TURN) == pytest.approx(bare + 1_000 * 0.002)


@pytest.mark.parametrize(
    "usage", [None, Usage(), Usage(read_tokens=10, read_seconds=1, reply_tokens=9, reply_seconds=1)]
)
def test_what_was_not_measured_is_not_told(usage: Usage | None) -> None:
    assert seconds_per_check("policy", usage) is None


def test_the_last_few_checks_count() -> None:
    times = CheckTimes()
    assert times.seconds is None
    for seconds in (90.0, 1.0, 2.0, 3.0, 4.0, 5.0):
        times.add(seconds)
    assert times.seconds == 3.0

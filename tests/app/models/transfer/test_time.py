"""What goes by the clock: limit, speed and patience, on clocks that tests set."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass

import pytest

from app.models.transfer.limit import RateLimit
from app.models.transfer.pace import Pace
from app.models.transfer.patience import MOST_SECONDS, Patience, SleepWatch


@dataclass
class Clock:
    now: float = 1000.0

    def __call__(self) -> float:
        return self.now


def test_a_limit_holds_over_time_whatever_is_taken_at_once() -> None:
    clock = Clock()
    limit = RateLimit(1000, clock)
    taken = 0
    for size in [300, 64_000, 1, 5000, 100] * 20:
        clock.now += limit.take(size)
        taken += size

    assert taken / (clock.now - 1000.0) == pytest.approx(1000, rel=0.02)


def test_what_was_not_used_is_not_saved_up() -> None:
    clock = Clock()
    limit = RateLimit(1000, clock)
    clock.now += 3600

    assert limit.take(500) == 0
    assert limit.take(1000) == pytest.approx(1)


def test_without_a_limit_nobody_waits() -> None:
    limit = RateLimit(0)

    assert limit.take(1 << 40) == 0
    assert not limit.is_set


def test_a_limit_that_is_lifted_lets_those_go_who_wait() -> None:
    async def lift() -> None:
        limit = RateLimit(1)
        waiting = asyncio.create_task(limit.pass_on(1_000_000))
        await asyncio.sleep(0)
        assert not waiting.done()
        limit.set(0)
        await asyncio.wait_for(waiting, 10)

    asyncio.run(lift())


def test_the_speed_is_that_of_the_last_seconds() -> None:
    clock = Clock()
    pace = Pace(clock)
    assert pace.bytes_per_second() is None
    for _ in range(30):
        clock.now += 1
        pace.add(100)
    for _ in range(20):
        clock.now += 1
        pace.add(300)

    assert pace.bytes_per_second() == pytest.approx(300, rel=0.05)
    assert pace.seconds_for(3000) == pytest.approx(10, rel=0.05)


def test_a_speed_falls_when_nothing_comes() -> None:
    clock = Clock()
    pace = Pace(clock)
    clock.now += 2
    pace.add(1000)
    before = pace.bytes_per_second()
    clock.now += 5

    after = pace.bytes_per_second()

    assert before is not None
    assert after is not None
    assert after < before / 2
    clock.now += 60
    assert not pace.bytes_per_second()
    assert pace.seconds_for(1) is None


def test_after_a_rest_the_speed_begins_anew() -> None:
    clock = Clock()
    pace = Pace(clock)
    clock.now += 5
    pace.add(1000)

    pace.begin_anew()

    assert pace.bytes_per_second() is None


def test_waits_become_longer_with_chance_and_an_end() -> None:
    patience = Patience(chance=lambda: 0.5)
    waits = [patience.next_seconds() for _ in range(30)]

    assert waits[:4] == [1, 2, 4, 8]
    assert waits[-1] == MOST_SECONDS
    patience.succeed()
    assert patience.next_seconds() == 1
    assert patience.next_seconds(at_least=30) == 30
    assert Patience(chance=lambda: 0.0).next_seconds() < Patience(chance=lambda: 1.0).next_seconds()


def test_a_wait_ends_when_somebody_hurries() -> None:
    async def hurry() -> None:
        patience = Patience()
        waiting = asyncio.create_task(patience.wait(3600))
        await asyncio.sleep(0)
        patience.hurry()
        await asyncio.wait_for(waiting, 10)

    asyncio.run(hurry())


def test_a_wait_ends_when_the_computer_has_slept() -> None:
    """The clock of waits stands still in sleep, the time of day does not."""
    walls = iter([0.0, 0.0, 3600.0])
    patience = Patience(clock=Clock(), wall_clock=lambda: next(walls, 3600.0))

    asyncio.run(asyncio.wait_for(patience.wait(3600), 10))


def test_sleep_is_seen_once() -> None:
    clock, wall = Clock(), Clock(5000)
    watch = SleepWatch(clock, wall)
    clock.now, wall.now = clock.now + 60, wall.now + 61
    assert not watch.has_slept()
    wall.now += 3600
    assert watch.has_slept()
    assert not watch.has_slept()

"""The soak notices what is planted, and nothing where nothing is."""

from __future__ import annotations

import tempfile
import threading
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from dataclasses import replace

import pytest

from tests.bench.soak.watch import MEBIBYTE, Sample, Tolerance, take_sample, verdict

CYCLES = 12
TOLERANCE = Tolerance(memory_bytes=8 * MEBIBYTE)
MEMORY = "memory is flat"
THREADS = "no thread is left over"
FILES = "no file is left open"
OBJECTS = "no objects pile up"
LATENCY = "answers come as soon as before"
ALL = {MEMORY, THREADS, FILES, OBJECTS, LATENCY}


def judged(cycle: Callable[[int], object]) -> dict[str, bool]:
    """The checks after some cycles of this process's own life."""
    samples = []
    for number in range(CYCLES):
        cycle(number)
        samples.append(take_sample(0.01))
    checks = verdict(samples, TOLERANCE)["checks"]
    assert set(checks) == ALL
    return dict(checks)


@pytest.mark.serial
def test_a_process_that_gives_everything_back_is_found_in_order() -> None:
    def cycle(_number: int) -> None:
        held = bytearray(4 * MEBIBYTE)
        thread = threading.Thread(target=held.copy)
        thread.start()
        thread.join()

    assert all(judged(cycle).values())


@pytest.mark.serial
def test_memory_that_is_kept_is_noticed() -> None:
    kept: list[bytes] = []
    checks = judged(lambda _number: kept.append(b"x" * (2 * MEBIBYTE)))
    assert not checks[MEMORY]
    assert checks[THREADS]
    assert checks[FILES]


@pytest.fixture
def release() -> Iterator[threading.Event]:
    event = threading.Event()
    yield event
    event.set()


@pytest.mark.serial
def test_a_thread_that_never_ends_is_noticed(release: threading.Event) -> None:
    threads: list[threading.Thread] = []

    def cycle(number: int) -> None:
        if number == CYCLES // 2:  # one is enough
            threads.append(threading.Thread(target=release.wait, name="orphan", daemon=True))
            threads[-1].start()

    assert not judged(cycle)[THREADS]
    release.set()
    for thread in threads:
        thread.join()


@pytest.mark.serial
def test_files_that_stay_open_are_noticed() -> None:
    with ExitStack() as kept:
        checks = judged(lambda _number: kept.enter_context(tempfile.TemporaryFile()))
    assert not checks[FILES]
    assert checks[THREADS]


@pytest.mark.serial
def test_objects_that_pile_up_are_noticed() -> None:
    kept: list[object] = []
    checks = judged(lambda _number: kept.append([[] for _ in range(10_000)]))
    assert not checks[OBJECTS]


def test_answers_that_come_later_and_later_are_noticed() -> None:
    first = Sample(100 * MEBIBYTE, 5, ("MainThread",), 9, 1000, 0.01)
    slower = [replace(first, latency_seconds=0.01 * (1 + number)) for number in range(CYCLES)]
    assert not verdict(slower, TOLERANCE)["checks"][LATENCY]
    assert verdict([first] * CYCLES, TOLERANCE)["checks"][LATENCY]


def test_what_is_held_during_the_warm_up_is_not_counted() -> None:
    first = Sample(100 * MEBIBYTE, 5, ("MainThread",), 9, 1000, 0.01)
    warm = replace(first, memory_bytes=200 * MEBIBYTE, threads=9, files=20)
    checks = verdict([first] * 3 + [warm] * 9, TOLERANCE)["checks"]
    assert all(checks.values())


def test_too_few_samples_give_no_verdict() -> None:
    first = Sample(1, 1, (), 1, 1, 0.1)
    with pytest.raises(ValueError, match="too few"):
        verdict([first, first], TOLERANCE)

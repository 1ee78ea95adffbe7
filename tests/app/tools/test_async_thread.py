"""Tasks on the tools' thread: what they return, how they are cancelled, that none outlives it."""

from __future__ import annotations

import asyncio
import gc
import logging
import threading
import weakref
from collections.abc import Iterator
from queue import SimpleQueue

import pytest

from app.tools.async_thread import AsyncThread

PATIENCE = 10


@pytest.fixture
def thread() -> Iterator[AsyncThread]:
    made = AsyncThread(close_seconds=1)
    yield made
    made.close()


class Sleeper:
    """A task that waits for ever, and says when it began and when it was ended."""

    def __init__(self, *, is_stubborn: bool = False) -> None:
        self.began, self.ended = threading.Event(), threading.Event()
        self._is_stubborn = is_stubborn

    async def run(self) -> None:
        self.began.set()
        try:
            await asyncio.Event().wait()
        finally:
            self.ended.set()
            await self._linger()

    async def _linger(self) -> None:
        while self._is_stubborn:
            try:
                await asyncio.Event().wait()
            except asyncio.CancelledError:
                self._is_stubborn = True  # as if nothing had been said


async def name_of_thread() -> str:
    return threading.current_thread().name


async def fail() -> None:
    raise LookupError("nothing there")


def test_work_runs_on_its_own_thread_and_comes_back(thread: AsyncThread) -> None:
    assert thread.submit(name_of_thread).result(PATIENCE) == "tools"
    assert thread.is_started
    with pytest.raises(LookupError):
        thread.submit(fail).result(PATIENCE)


def test_cancelling_ends_the_task_and_no_other(thread: AsyncThread) -> None:
    one, other = Sleeper(), Sleeper()
    future = thread.submit(one.run)
    thread.submit(other.run)
    assert one.began.wait(PATIENCE)
    assert other.began.wait(PATIENCE)
    assert future.cancel()
    assert one.ended.wait(PATIENCE)
    assert not other.ended.is_set()


def test_closing_ends_every_task_and_the_thread(thread: AsyncThread) -> None:
    sleepers = [Sleeper() for _ in range(3)]
    futures = [thread.submit(one.run) for one in sleepers]
    assert all(one.began.wait(PATIENCE) for one in sleepers)
    assert thread.close()
    assert all(one.ended.is_set() for one in sleepers)
    assert all(future.cancelled() for future in futures)
    assert "tools" not in {one.name for one in threading.enumerate()}
    assert thread.close()


def test_closing_before_anything_ran_starts_nothing(thread: AsyncThread) -> None:
    assert thread.close()
    assert thread.submit(name_of_thread).cancelled()
    assert not thread.is_started


def test_a_task_that_will_not_end_is_left_behind_and_told(
    thread: AsyncThread, caplog: pytest.LogCaptureFixture
) -> None:
    stubborn = Sleeper(is_stubborn=True)
    thread.submit(stubborn.run)
    assert stubborn.began.wait(PATIENCE)
    caplog.set_level(logging.ERROR)
    assert thread.close()
    assert stubborn.ended.is_set()
    assert "1 tasks did not end" in caplog.text


def test_a_task_whose_future_nobody_keeps_is_not_collected(thread: AsyncThread) -> None:
    waits_on: SimpleQueue[weakref.ref[asyncio.Future[None]]] = SimpleQueue()

    async def wait() -> None:
        never = asyncio.get_running_loop().create_future()
        waits_on.put(weakref.ref(never))
        await never

    thread.submit(wait)
    waited_on = waits_on.get(timeout=PATIENCE)
    thread.submit(name_of_thread).result(PATIENCE)  # by now the other waits
    gc.collect()
    assert waited_on() is not None

"""Work that blocks, away from the asyncio thread, for what can neither be ended nor awaited."""

from __future__ import annotations

import asyncio
import threading
from collections.abc import Callable
from contextlib import suppress
from typing import TypeVar

_T = TypeVar("_T")


async def on_side_thread(work: Callable[[], _T], name: str) -> _T:
    """Run a function on a thread of its own and give what it gives.

    A cancelled caller goes on at once, and so does the program's end: the thread is a daemon,
    unlike those of the loop's own pool, which are joined.

    Args:
        work: what blocks.
        name: of the thread.
    """
    loop = asyncio.get_running_loop()
    answer: asyncio.Future[_T] = loop.create_future()

    def tell(result: _T | None, error: Exception | None) -> None:
        if answer.done():
            return
        if error is None:
            answer.set_result(result)  # type: ignore[arg-type]  # one of the two is there
        else:
            answer.set_exception(error)

    def run() -> None:
        result: _T | None = None
        error: Exception | None = None
        try:
            result = work()
        except Exception as failed:  # noqa: BLE001 - a thread's edge: who waits is told
            error = failed
        with suppress(RuntimeError):  # the loop has ended meanwhile
            loop.call_soon_threadsafe(tell, result, error)

    threading.Thread(target=run, name=name, daemon=True).start()
    return await answer

"""The one thread with an asyncio loop: tools, MCP and Jupyter live on it."""

from __future__ import annotations

import asyncio
import logging
import threading
from collections.abc import Callable, Coroutine
from concurrent.futures import Future
from contextlib import suppress
from typing import Any, Final, TypeVar

_log = logging.getLogger(__name__)
_T = TypeVar("_T")

CLOSE_SECONDS: Final = 10.0
"""How long tasks may take to end once they are told to."""


class AsyncThread:
    """Runs coroutines on a thread of its own, which starts with the first of them.

    Args:
        close_seconds: how long `close` waits for tasks that were told to end.
    """

    def __init__(self, close_seconds: float = CLOSE_SECONDS) -> None:
        self._close_seconds = close_seconds
        self._loop: asyncio.AbstractEventLoop | None = None
        self._must_end: asyncio.Event | None = None
        # A daemon: a task that will not end must not keep the program.
        self._thread = threading.Thread(target=self._run, name="tools", daemon=True)
        self._lock = threading.Lock()
        self._held: set[Future[Any]] = set()
        self._is_closed = False

    @property
    def is_started(self) -> bool:
        """Whether anything was ever run."""
        return self._loop is not None

    def submit(self, work: Callable[[], Coroutine[Any, Any, _T]]) -> Future[_T]:
        """Run what `work` makes as a task.  Any thread.

        Cancelling the future cancels the task; the future is over at once, while the task may
        still be ending what it began.  After `close` the future comes back cancelled, and
        `work` is not called.
        """
        with self._lock:
            if self._is_closed:
                never: Future[_T] = Future()
                never.cancel()
                return never
            future = asyncio.run_coroutine_threadsafe(work(), self._started())
            # A loop holds its tasks weakly: one that only its own future holds may be collected.
            self._held.add(future)
            future.add_done_callback(self._held.discard)
            return future

    def close(self) -> bool:
        """Cancel every task, wait for them and end the thread.  May be called twice.

        Not from the thread itself.

        Returns:
            False when a task did not end in time; it gets no more turns all the same.
        """
        with self._lock:
            self._is_closed = True
            loop, must_end = self._loop, self._must_end
        if loop is None or must_end is None or not self._thread.is_alive():
            return True
        loop.call_soon_threadsafe(must_end.set)
        self._thread.join(self._close_seconds + 5)
        self._held.clear()  # a task that would not end goes now, not whenever memory is tidied
        return not self._thread.is_alive()

    def _started(self) -> asyncio.AbstractEventLoop:
        if self._loop is None:
            self._loop = asyncio.new_event_loop()
            self._must_end = asyncio.Event()
            self._thread.start()
        return self._loop

    def _run(self) -> None:
        loop, must_end = self._loop, self._must_end
        assert loop is not None  # noqa: S101 - _started() made both
        assert must_end is not None  # noqa: S101 - see above
        asyncio.set_event_loop(loop)
        try:
            loop.run_until_complete(self._serve(must_end))
            loop.run_until_complete(loop.shutdown_asyncgens())
            with suppress(TimeoutError):
                shut_down = asyncio.wait_for(loop.shutdown_default_executor(), self._close_seconds)
                loop.run_until_complete(shut_down)
        finally:
            asyncio.set_event_loop(None)
            loop.close()

    async def _serve(self, must_end: asyncio.Event) -> None:
        await must_end.wait()
        deadline = asyncio.get_running_loop().time() + self._close_seconds
        # Ending tasks may begin others, to tidy up.
        while tasks := asyncio.all_tasks() - {asyncio.current_task()}:
            for task in tasks:
                task.cancel()
            left = deadline - asyncio.get_running_loop().time()
            if left <= 0:
                names = sorted(task.get_name() for task in tasks)
                _log.error("%d tasks did not end: %s", len(names), ", ".join(names))
                return
            await asyncio.wait(tasks, timeout=left)

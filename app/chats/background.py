"""Work that other threads do for a service, and the way its outcome comes back."""

from __future__ import annotations

import logging
from collections.abc import Callable
from concurrent.futures import Executor, Future
from typing import TypeVar

from app.chats.storage_thread import StorageThread
from app.chats.store import ChatStore
from app.chats.values import Problem
from engine.errors import UserFacingError

_log = logging.getLogger(__name__)
_T = TypeVar("_T")


class Background:
    """Run work elsewhere and its callbacks on the service's own thread.

    Args:
        storage: the thread that owns the store.
        chores: runs what is slow and belongs to no other thread.
        dispatch: runs a callable on the service's own thread, in order; any thread may call it.
        on_problem: told of failures nobody else takes.
    """

    def __init__(
        self,
        storage: StorageThread,
        chores: Executor,
        dispatch: Callable[[Callable[[], None]], None],
        on_problem: Callable[[Problem], None],
    ) -> None:
        self._storage = storage
        self._chores = chores
        self._dispatch = dispatch
        self._on_problem = on_problem

    def store(
        self,
        function: Callable[[ChatStore], _T],
        on_done: Callable[[_T], None] = lambda _: None,
        on_failed: Callable[[Problem], None] | None = None,
    ) -> None:
        """Run `function` on the storage thread, after everything that was asked before."""
        self._settle(self._storage.submit(function), on_done, on_failed)

    def in_storage(self, function: Callable[[ChatStore], _T]) -> Future[_T]:
        """The same for other threads, which wait for the future themselves.  Any thread."""
        return self._storage.submit(function)

    def dispatch(self, call: Callable[[], None]) -> None:
        """Have `call` run on the service's own thread, in order.  Any thread."""
        self._dispatch(call)

    def chore(
        self,
        function: Callable[[], _T],
        on_done: Callable[[_T], None],
        on_failed: Callable[[Problem], None],
    ) -> None:
        """Run `function` on a chores thread."""
        self._settle(self._chores.submit(function), on_done, on_failed)

    def report(self, problem: Problem) -> None:
        """Tell of a failure that nobody else takes."""
        self._on_problem(problem)

    def close(self) -> None:
        """Finish what was asked of the storage, drop what else has not begun."""
        self._chores.shutdown(cancel_futures=True)
        self._storage.close()

    def _settle(
        self,
        future: Future[_T],
        on_done: Callable[[_T], None],
        on_failed: Callable[[Problem], None] | None,
    ) -> None:
        failed = on_failed or self._on_problem

        def settled(ended: Future[_T]) -> None:
            if ended.cancelled():
                return
            error = ended.exception()
            if error is None:
                self._dispatch(lambda: on_done(ended.result()))
            else:
                _log.error("background work failed: %s", type(error).__name__)
                self._dispatch(lambda: failed(problem_from(error)))

        future.add_done_callback(settled)


def problem_from(error: BaseException) -> Problem:
    """What to tell the user of an error; unexpected ones are told by their type only."""
    if isinstance(error, UserFacingError):
        return Problem(error.title, error.hint, error.detail, dict(error.fields))
    return Problem(
        title="Something in Sotto went wrong.",
        hint="Try again; if it happens again, the log file holds the details.",
        detail=type(error).__name__,
    )

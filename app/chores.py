"""Slow work that belongs to no thread, and the way its outcome comes back."""

from __future__ import annotations

import logging
from collections.abc import Callable
from concurrent.futures import Executor, Future
from contextlib import suppress
from typing import ParamSpec, TypeVar

from typing_extensions import override

from app.chats.background import problem_from
from app.chats.values import Problem

_log = logging.getLogger(__name__)
_T = TypeVar("_T")
_P = ParamSpec("_P")


class AtOnce(Executor):
    """Runs work where it is asked for: for the command line, which has nothing else to do."""

    @override
    def submit(self, fn: Callable[_P, _T], /, *args: _P.args, **kwargs: _P.kwargs) -> Future[_T]:
        done: Future[_T] = Future()
        try:
            done.set_result(fn(*args, **kwargs))
        except Exception as error:  # noqa: BLE001 - whoever asked is told, as by any executor
            done.set_exception(error)
        return done


class Chores:
    """Run work elsewhere and its callbacks on the thread of who asked.

    Args:
        executor: runs the work; once it is shut down, nothing is run any more.
        dispatch: runs a callable on the asking thread; any thread may call it.

    Attributes:
        dispatch: as given, for work that tells how far it is.
    """

    def __init__(self, executor: Executor, dispatch: Callable[[Callable[[], None]], None]) -> None:
        self._executor = executor
        self.dispatch = self._dispatch = dispatch

    def run(
        self,
        work: Callable[[], _T],
        on_done: Callable[[_T], None],
        on_failed: Callable[[Problem], None] = lambda _: None,
    ) -> None:
        """Run `work` on another thread and one of the others here."""

        def settled(ended: Future[_T]) -> None:
            if ended.cancelled():
                return
            error = ended.exception()
            if error is None:
                self._dispatch(lambda: on_done(ended.result()))
            else:
                _log.warning("a chore failed: %s", type(error).__name__)
                problem = problem_from(error)
                self._dispatch(lambda: on_failed(problem))

        with suppress(RuntimeError):  # the program is about to end
            self._executor.submit(work).add_done_callback(settled)

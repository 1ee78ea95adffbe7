"""The one thread that touches the chat history."""

from __future__ import annotations

import logging
import threading
from collections.abc import Callable
from concurrent.futures import Future
from queue import SimpleQueue
from typing import TypeVar

from app.chats.database import StorageError
from app.chats.store import ChatStore

_log = logging.getLogger(__name__)
_T = TypeVar("_T")


class StorageThread:
    """Runs callables on the chat store, one after the other.

    Starts with the first piece of work.  A store that cannot be opened fails the work that
    asked for it; the next work tries again, so that a lock that has gone or a disk that has
    room again is enough.

    Args:
        open_store: called on the storage thread.
    """

    def __init__(self, open_store: Callable[[], ChatStore]) -> None:
        self._open_store = open_store
        self._store: ChatStore | None = None
        self._work: SimpleQueue[Callable[[], None] | None] = SimpleQueue()
        # Not a daemon: what was asked for is done before the process may end.
        self._thread = threading.Thread(target=self._run, name="storage")
        self._lock = threading.Lock()
        self._is_closed = False

    def submit(self, function: Callable[[ChatStore], _T]) -> Future[_T]:
        """Run `function` after everything that was submitted before.  Any thread.

        Its outcome, or why it failed, comes with the future; done callbacks run on the
        storage thread.  After `close` the future comes back cancelled.
        """
        future: Future[_T] = Future()
        with self._lock:
            if self._is_closed:
                future.cancel()
                return future
            if not self._thread.is_alive():
                self._thread.start()
            self._work.put(lambda: self._settle(function, future))
        return future

    def close(self) -> None:
        """Do what was submitted before, then close the store.  May be called twice.

        Not from the storage thread itself.
        """
        with self._lock:
            was_closed, self._is_closed = self._is_closed, True
            is_running = self._thread.is_alive()
            if is_running and not was_closed:
                self._work.put(None)
        if is_running:
            self._thread.join()

    def _run(self) -> None:
        while (work := self._work.get()) is not None:
            work()
        if self._store is not None:
            try:
                self._store.close()
            except StorageError:
                # All that was asked for is committed; the next start puts the rest right.
                _log.exception("the chat history was not closed in order")

    def _settle(self, function: Callable[[ChatStore], _T], future: Future[_T]) -> None:
        if not future.set_running_or_notify_cancel():
            return
        try:
            if self._store is None:
                self._store = self._open_store()
            result = function(self._store)
        except BaseException as error:  # noqa: BLE001 - it is the asker's to handle
            future.set_exception(error)
        else:
            future.set_result(result)

"""Small questions to the model, and who waits for their answers."""

from __future__ import annotations

from collections.abc import Callable
from itertools import count
from typing import Protocol

from engine.events import SideEnded
from engine.requests import SideJobId, SideRequest


class SideEngine(Protocol):
    """The part of `engine.worker.Engine` that does side jobs.  Calls never block."""

    def side(self, request: SideRequest) -> None:
        """Ask; exactly one `SideEnded` follows."""
        ...

    def cancel_side(self, job_id: SideJobId) -> None:
        """End a job; `SideEnded` follows unless it has ended already."""
        ...


class SideDesk:
    """Numbers side jobs and hands their ends to who asked.  Confined to one thread.

    Args:
        engine: does them.
    """

    def __init__(self, engine: SideEngine) -> None:
        self._engine = engine
        self._numbers = count(1)
        self._waiting: dict[SideJobId, Callable[[SideEnded], None]] = {}

    def ask(
        self,
        request_of: Callable[[SideJobId], SideRequest],
        on_end: Callable[[SideEnded], None],
    ) -> SideJobId:
        """Have a job done.

        Args:
            request_of: makes the request for a number.
            on_end: called once, unless the job is dropped before.
        """
        job_id = SideJobId(next(self._numbers))
        self._waiting[job_id] = on_end
        self._engine.side(request_of(job_id))
        return job_id

    def cancel(self, job_id: SideJobId) -> None:
        """End a job; `on_end` is called all the same."""
        if job_id in self._waiting:
            self._engine.cancel_side(job_id)

    def drop(self, job_id: SideJobId) -> None:
        """End a job of which nobody wants to hear any more."""
        if self._waiting.pop(job_id, None) is not None:
            self._engine.cancel_side(job_id)

    def handle(self, event: SideEnded) -> None:
        """Take the end of a job, on the desk's own thread."""
        on_end = self._waiting.pop(event.job_id, None)
        if on_end is not None:
            on_end(event)

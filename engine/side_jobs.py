"""Side jobs between the inbox and those who wait for them.  Engine thread only."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

from engine.events import SideEnded, SideOutcome
from engine.inbox import Inbox
from engine.requests import SideJobId
from engine.side_job import SideJob


class SideJobs:
    """Sees to it that each job ends once, at the latest when somebody wants it to.

    Args:
        inbox: says what is to end.
        emit: gets every end.
    """

    def __init__(self, inbox: Inbox, emit: Callable[[SideEnded], None]) -> None:
        self._inbox = inbox
        self._emit = emit

    def run(self, job: SideJob, cancel_queued: Callable[[], None]) -> None:
        """Do a job, unless somebody has ended it already.

        Args:
            job: one that is not urgent gives way to the next command.
            cancel_queued: ends turns that are not running; for jobs that give way to nothing.
        """
        inbox, job_id = self._inbox, job.request.job_id
        if not inbox.begin_side(job_id):
            self.cancel(job_id)
        elif job.request.is_urgent:

            def should_stop() -> bool:
                cancel_queued()
                return inbox.is_side_stopped()

            self._end(job.run(should_stop))
        else:
            inbox.begin_idle()
            try:
                ended = job.run(lambda: inbox.has_work() or inbox.is_side_stopped())
            finally:
                inbox.end_idle()
            self._end(ended)

    def cancel(self, job_id: SideJobId) -> None:
        """End a job that is not being done."""
        self.end(SideEnded(job_id, SideOutcome.CANCELLED))

    def end_all(self, outcome: SideOutcome) -> None:
        """End every job that has not ended."""
        for job_id in self._inbox.open_sides():
            self.end(SideEnded(job_id, outcome))

    def end(self, event: SideEnded) -> None:
        """Tell the end of a job, once."""
        if self._inbox.end_side(event.job_id):
            self._emit(event)

    def _end(self, ended: SideEnded) -> None:
        if ended.outcome is SideOutcome.GAVE_WAY and self._inbox.is_side_stopped():
            ended = replace(ended, outcome=SideOutcome.CANCELLED)
        self.end(ended)

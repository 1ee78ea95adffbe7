"""The side jobs that were asked for: which wait, which runs, which are to end.

No lock of its own: `engine.inbox.Inbox` calls it under its.
"""

from __future__ import annotations

from collections import deque

from engine.requests import SideJobId, SideRequest


class SideQueue:
    """A job is *open* from `add` or `open` until `end`.  At most one open job runs.

    Urgent jobs wait among the other commands; here is only known that they are open.

    Attributes:
        running: the job that is being done.
        is_stopped: it is to end.
    """

    def __init__(self) -> None:
        self._open: set[SideJobId] = set()
        self._waiting: deque[SideRequest] = deque()
        self._to_cancel: deque[SideJobId] = deque()
        self.running: SideJobId | None = None
        self.is_stopped = False

    def __bool__(self) -> bool:
        """Whether there is anything to take."""
        return bool(self._waiting) or bool(self._to_cancel)

    def add(self, request: SideRequest) -> None:
        """Accept a job; one that is not urgent waits here."""
        self._open.add(request.job_id)
        if not request.is_urgent:
            self._waiting.append(request)

    def cancel(self, job_id: SideJobId) -> bool:
        """End a job that is open; True when it is the one that runs."""
        if job_id not in self._open:
            return False
        if self.running == job_id:
            self.is_stopped = True
            return True
        if job_id not in self._to_cancel:
            self._to_cancel.append(job_id)
        return False

    def take(self) -> SideRequest | SideJobId:
        """The next job to do, or the id of one to end; only where there is one."""
        return self._to_cancel.popleft() if self._to_cancel else self._waiting.popleft()

    def begin(self, job_id: SideJobId, *, is_closing: bool) -> bool:
        """The job runs from now on; False when it is to end or has ended already."""
        if job_id not in self._open or job_id in self._to_cancel:
            return False
        self.running = job_id
        self.is_stopped = is_closing
        return not is_closing

    def end(self, job_id: SideJobId) -> bool:
        """The job is over; False when it was over already."""
        if job_id not in self._open:
            return False
        self._open.remove(job_id)
        if job_id in self._to_cancel:
            self._to_cancel.remove(job_id)
        self._waiting = deque(one for one in self._waiting if one.job_id != job_id)
        if self.running == job_id:
            self.running = None
            self.is_stopped = False
        return True

    def ids(self) -> tuple[SideJobId, ...]:
        """Jobs that have not ended, the oldest id first."""
        return tuple(sorted(self._open))

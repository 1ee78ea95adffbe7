"""What the window asks about newer versions.  It tells; it never fetches or installs one."""

from __future__ import annotations

from collections.abc import Callable, Coroutine
from concurrent.futures import Future
from dataclasses import dataclass, replace
from typing import Any, Final, Literal

from app.chats.values import Problem
from app.current_settings import CurrentSettings
from app.tools.async_thread import AsyncThread
from app.updates.installation import Installation
from app.updates.look import DAY_MS, Outcome, UpdateLook
from app.updates.manifest import Manifest
from app.updates.version import Version

ASK_AFTER_MS: Final = DAY_MS
"""Nobody is asked about updates on the first day: there is enough to see."""


@dataclass(frozen=True, slots=True)
class Conditions:
    """What holds for this copy of Sotto.

    Attributes:
        installed: its version.
        installation: how it came.
        is_forbidden: the administrator wants no checks.
        is_known: it knows whom to ask.
    """

    installed: Version
    installation: Installation
    is_forbidden: bool
    is_known: bool

    @property
    def is_possible(self) -> bool:
        """Whether checks can be made at all."""
        return self.is_known and not self.is_forbidden


@dataclass(frozen=True, slots=True)
class UpdateStatus:
    """How it stands.

    Attributes:
        conditions: what holds for this copy.
        answer: the user's, from the settings.
        newer: a version newer than the installed one, if one is known.
        is_news: the window has not told of it yet.
        is_time_to_ask: the user was not asked yet, and this is not the first day.
        is_looking: the source is being asked now.
        checked_ms: when it was last asked; 0 for never.
        problem: why the last look brought nothing.
    """

    conditions: Conditions
    answer: Literal["unasked", "off", "on"] = "unasked"
    newer: Manifest | None = None
    is_news: bool = False
    is_time_to_ask: bool = False
    is_looking: bool = False
    checked_ms: int = 0
    problem: Problem | None = None


class UpdateDesk:
    """Looks when it may.  UI thread; the work is done on the thread of tools.

    Args:
        thread: where the network is.
        look: does the looking.
        conditions: what holds for this copy of Sotto.
        current: has the user's answer.
        dispatch: runs a callable on the asking thread.
        clock_ms: Unix time in milliseconds, UTC.
    """

    def __init__(
        self,
        thread: AsyncThread,
        look: UpdateLook,
        conditions: Conditions,
        current: CurrentSettings,
        dispatch: Callable[[Callable[[], None]], None],
        clock_ms: Callable[[], int],
    ) -> None:
        self._thread = thread
        self._look = look
        self._current = current
        self._dispatch = dispatch
        self._clock_ms = clock_ms
        self._subscribers: list[Callable[[UpdateStatus], None]] = []
        self._at_work: Future[Outcome] | None = None
        self._status = UpdateStatus(conditions, current.value.update_checks)
        current.subscribe(lambda settings: self._on_answer(settings.update_checks))

    @property
    def status(self) -> UpdateStatus:
        """How it stands."""
        return self._status

    def begin(self) -> None:
        """Recall what is known, and look if the user said yes and a day has passed."""
        if not self._status.conditions.is_possible or self._status.is_looking:
            return

        async def recall_or_look() -> Outcome:
            if self._status.answer == "on":
                return await self._look.look(is_forced=False)
            return self._look.recall()

        self._run(recall_or_look)

    def look_now(self) -> None:
        """Look at once: the user pressed a button, which is a yes for this one time."""
        if self._status.conditions.is_possible and not self._status.is_looking:
            self._tell(replace(self._status, is_looking=True, problem=None))
            self._run(lambda: self._look.look(is_forced=True))

    def answer(self, *, is_yes: bool) -> Problem | None:
        """Keep the user's answer; says why it could not be written."""
        return self._current.change(update_checks="on" if is_yes else "off")

    def note_told(self) -> None:
        """The window has told of the newer version; it does so once."""
        newer = self._status.newer
        if newer is None or not self._status.is_news:
            return
        version = str(newer.version)
        self._tell(replace(self._status, is_news=False))

        async def note() -> Outcome:
            return self._look.note_told(version)

        self._thread.submit(note)

    def subscribe(self, callback: Callable[[UpdateStatus], None]) -> Callable[[], None]:
        """Call back with the status after every change; returns the way to unsubscribe."""
        self._subscribers.append(callback)
        return lambda: self._subscribers.remove(callback)

    def _on_answer(self, answer: Literal["unasked", "off", "on"]) -> None:
        if answer == self._status.answer:
            return
        self._tell(replace(self._status, answer=answer, is_time_to_ask=False))
        if answer == "on":
            self.begin()

    def _run(self, work: Callable[[], Coroutine[Any, Any, Outcome]]) -> None:
        def settled(ended: Future[Outcome]) -> None:
            if not ended.cancelled():
                self._dispatch(lambda: self._settle(ended))

        # Kept: a loop holds its tasks weakly, and one that nobody holds may be collected.
        self._at_work = self._thread.submit(work)
        self._at_work.add_done_callback(settled)

    def _settle(self, ended: Future[Outcome]) -> None:
        outcome, now = ended.result(), self._status
        memory, newest = outcome.memory, outcome.newest
        newer = newest if newest and newest.version > now.conditions.installed else None
        is_asked = now.answer != "unasked"
        age_ms = self._clock_ms() - memory.first_start_ms
        self._tell(
            replace(
                now,
                newer=newer,
                is_news=newer is not None and str(newer.version) != memory.told,
                is_time_to_ask=not is_asked
                and bool(memory.first_start_ms)
                and age_ms >= ASK_AFTER_MS,
                is_looking=False,
                checked_ms=memory.checked_ms,
                problem=outcome.problem,
            )
        )

    def _tell(self, status: UpdateStatus) -> None:
        self._status = status
        for callback in tuple(self._subscribers):
            callback(status)

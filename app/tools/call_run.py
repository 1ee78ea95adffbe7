"""One call at work on the tools' thread, and what comes back of it."""

from __future__ import annotations

import asyncio
import logging
import threading
from collections.abc import Awaitable, Callable
from concurrent.futures import CancelledError, Future
from dataclasses import replace
from typing import Final

from app.tools.async_thread import AsyncThread
from app.tools.result_text import Tokens, bounded
from app.tools.tool import RunContext, Tool
from app.tools.values import OutcomeStatus, Progress, SourcePage, ToolCall, ToolOutcome

_log = logging.getLogger(__name__)

RUN_SECONDS: Final = 600.0
"""After so long a call is ended, whatever its own limits are."""

_BROKE: Final = "Error: the tool broke off. This is a fault of the program, not of the call."
_BROKE_NOTE: Final = "Something in Sotto went wrong while this ran."
_TOO_LONG: Final = "Error: the call took longer than {minutes} minutes and was ended."

Pages = Callable[[], Awaitable[tuple[SourcePage, ...]]]


class CallRun:
    """Runs one call.  Made and used on the service's thread.

    Args:
        thread: where tools run.
        dispatch: runs a callable on the service's thread.
        tokens: counts the result; asked on the tools' thread.
        most_tokens: longer results have their middle cut.
        seconds: after so long the call is ended.
    """

    def __init__(
        self,
        thread: AsyncThread,
        dispatch: Callable[[Callable[[], None]], None],
        tokens: Callable[[], Tokens],
        most_tokens: int,
        seconds: float = RUN_SECONDS,
    ) -> None:
        self._thread = thread
        self._dispatch = dispatch
        self._tokens = tokens
        self._most_tokens = most_tokens
        self._seconds = seconds
        self._future: Future[ToolOutcome] | None = None
        self._is_over = False
        self._lock = threading.Lock()
        self._news: Progress | None = None

    def start(
        self,
        tool: Tool,
        call: ToolCall,
        pages: Pages,
        *,
        on_progress: Callable[[Progress], None],
        on_ended: Callable[[ToolOutcome | None], None],
    ) -> None:
        """Run the call; `on_ended` follows once, unless `cancel` comes first.

        Args:
            tool: runs it.
            call: was allowed.
            pages: see `RunContext`.
            on_progress: told the newest progress, as often as the service's thread has time.
            on_ended: told what came of it; None where the tools' thread was closed.
        """

        def tell() -> None:
            with self._lock:
                news, self._news = self._news, None
            if news is not None and not self._is_over:
                on_progress(news)

        def report(progress: Progress) -> None:
            with self._lock:
                is_on_its_way = self._news is not None
                self._news = progress
            if not is_on_its_way:
                self._dispatch(tell)

        def settled(future: Future[ToolOutcome]) -> None:
            self._dispatch(lambda: self._end(future, on_ended))

        context = RunContext(report, pages)
        self._future = self._thread.submit(lambda: self._run(tool, call, context))
        self._future.add_done_callback(settled)

    def cancel(self) -> None:
        """End the call; nobody is called back any more."""
        self._is_over = True
        if self._future is not None:
            self._future.cancel()

    def _end(
        self, future: Future[ToolOutcome], on_ended: Callable[[ToolOutcome | None], None]
    ) -> None:
        if self._is_over:
            return
        self._is_over = True
        try:
            on_ended(future.result())
        except CancelledError:
            on_ended(None)

    async def _run(self, tool: Tool, call: ToolCall, context: RunContext) -> ToolOutcome:
        try:
            async with asyncio.timeout(self._seconds) as limit:
                outcome = await tool.run(call, context)
        except Exception as error:  # noqa: BLE001 - whatever it is, the turn goes on
            if isinstance(error, TimeoutError) and limit.expired():
                text = _TOO_LONG.format(minutes=round(self._seconds / 60))
                return ToolOutcome(text, OutcomeStatus.TIMED_OUT)
            # Not the error's text: it may quote what the user wrote.
            _log.exception("the tool %s broke off", call.recipient)
            return ToolOutcome(
                f"{_BROKE} ({type(error).__name__})",
                OutcomeStatus.FAILED,
                note=_BROKE_NOTE,
            )
        return replace(outcome, text=bounded(outcome.text, self._most_tokens, self._tokens))

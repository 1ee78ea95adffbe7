"""Keeps one server connected: starts it, starts it again when it dies, gives up, is asked again.

One task owns the connection, since its scopes must be entered and left in the same task (anyio,
"Task groups"); calls run in the tasks of their callers.  Asyncio thread, but for `status`,
`tools` and `log`, which any thread may read.
"""

from __future__ import annotations

import asyncio
import importlib
import logging
from collections.abc import AsyncIterator, Callable, Mapping
from contextlib import AbstractAsyncContextManager, asynccontextmanager, suppress
from dataclasses import replace
from typing import Any, Final, Protocol

import anyio

from app.chats.values import Problem
from app.tools.mcp.catalogue import CataloguedTool, RawTool, catalogue
from app.tools.mcp.placeholders import Filled
from app.tools.mcp.problems import problem_of
from app.tools.mcp.server_log import ServerLog
from app.tools.mcp.servers import LogSource, ServerEntry, ServerState, ServerStatus
from app.tools.values import OutcomeStatus, Progress, ToolOutcome

_log = logging.getLogger(__name__)

START_SECONDS: Final = 90.0
"""To start and list its tools; `npx` may have to fetch the server first."""

PAUSES: Final = (1.0, 3.0, 10.0, 30.0)
"""Seconds before each new try after a failure; after the last only a call tries again."""

_MAX_RELISTS: Final = 100
"""How often one connection's list of tools may change before it is followed no more."""


class OpenSession(Protocol):
    """What a connection needs of `app.tools.mcp.session.Session`."""

    ended: asyncio.Event
    tools_changed: asyncio.Event
    version: str

    async def list_tools(self) -> list[RawTool]:
        """The server's tools."""
        ...

    async def call(
        self, tool: str, arguments: Mapping[str, Any], report: Callable[[Progress], None]
    ) -> ToolOutcome:
        """Run one."""
        ...


class ServerConnection:
    """One server, for as long as it is in the list and switched on.

    Args:
        entry: the server, as the page shows it.
        fill: gives it with its secrets put in; may block, and is called on a thread of its own
            before each start.
        environ: this process's environment, or a test's.
        on_change: told after each change of `status`.
        pauses: as `PAUSES`.
        start_seconds: as `START_SECONDS`.
    """

    def __init__(
        self,
        entry: ServerEntry,
        fill: Callable[[], Filled],
        environ: Mapping[str, str],
        on_change: Callable[[], None],
        *,
        pauses: tuple[float, ...] = PAUSES,
        start_seconds: float = START_SECONDS,
    ) -> None:
        self.log = ServerLog()
        self.status = ServerStatus(entry)
        self.tools: tuple[CataloguedTool, ...] = ()
        self._fill = fill
        self._environ = environ
        self._on_change = on_change
        self._pauses = pauses
        self._start_seconds = start_seconds
        self._session: OpenSession | None = None
        self._task: asyncio.Task[None] | None = None
        self._changed = asyncio.Event()
        self._wanted = asyncio.Event()
        self._failures = 0
        self._raw: list[RawTool] = []

    @property
    def entry(self) -> ServerEntry:
        """The server as configured."""
        return self.status.entry

    def start(self) -> None:
        """Begin to keep it connected."""
        if self._task is None:
            self._set(ServerState.STARTING)
            self._task = asyncio.create_task(self._keep(), name=f"mcp {self.entry.name}")

    async def stop(self) -> None:
        """End the server and wait until it has ended."""
        task, self._task = self._task, None
        if task is not None:
            task.cancel()
            await asyncio.wait([task])
            if not task.cancelled():
                task.exception()  # what a server's end brings up is of no interest any more
        self._session = None
        self._set(ServerState.OFF)

    def hide(self, tools: tuple[str, ...]) -> None:
        """Offer all tools but these."""
        self.status = replace(self.status, entry=replace(self.entry, hidden_tools=tools))
        self._catalogue()
        self._on_change()

    def wake(self) -> None:
        """Try again now, if it is waiting to."""
        self._failures = 0
        self._wanted.set()

    async def settled(self) -> None:
        """Wait until the first try has ended, well or not."""
        while self.status.state is ServerState.STARTING:
            await self._changed.wait()

    async def call(
        self, tool: str, arguments: Mapping[str, Any], report: Callable[[Progress], None]
    ) -> ToolOutcome:
        """Run a tool; a server that is down is started first."""
        session = await self._ready()
        if session is None:
            return self._unusable()
        self.log.add(LogSource.SOTTO, f"Called {tool}.")
        try:
            outcome = await session.call(tool, arguments, report)
        except asyncio.CancelledError:
            self.log.add(LogSource.SOTTO, f"Told {tool} to stop.")
            raise
        self.log.add(LogSource.SOTTO, f"{tool}: {outcome.status.value}.")
        if outcome.status is OutcomeStatus.DONE:
            self._failures = 0
        return outcome

    async def _ready(self) -> OpenSession | None:
        """The open session; None where the server does not come up."""
        has_asked = False
        while self._task is not None:
            if self._session is not None and not self._session.ended.is_set():
                return self._session
            if self.status.state is ServerState.FAILED:
                if has_asked:
                    return None
                has_asked = True
                self._wanted.set()
            await self._changed.wait()
        return None

    def _unusable(self) -> ToolOutcome:
        problem = self.status.problem
        why = f" {problem.title.format(**problem.fields)}" if problem is not None else ""
        text = f"The server {self.entry.name} is not running.{why}"
        return ToolOutcome(text, OutcomeStatus.FAILED)

    async def _keep(self) -> None:
        while True:
            self._wanted.clear()
            self._set(ServerState.STARTING)
            self.log.add(LogSource.SOTTO, "Starting.")
            try:
                await self._serve()
                problem = Problem("The server stopped.", "It is started again when it is needed.")
            except Exception as error:  # noqa: BLE001 - whatever a server does, it is told
                problem = problem_of(error)
            finally:
                self._session = None
            self.log.add(
                LogSource.SOTTO,
                f"{problem.title.format(**problem.fields)} {problem.detail}".rstrip(),
            )
            self._failures += 1
            self._set(ServerState.FAILED, problem=problem)
            await self._pause()

    async def _serve(self) -> None:
        """Connect, and stay until the server ends.

        Raises:
            Exception: it could not be connected, or broke the rules.
        """
        ready = await asyncio.to_thread(self._fill)
        self.log.keep_out(ready.secrets)
        with anyio.CancelScope() as limit:
            limit.deadline = anyio.current_time() + self._start_seconds
            async with _opened(ready.entry, self._environ, self.log) as session:
                await self._take_tools(session)
                limit.deadline = float("inf")
                self._session = session
                self._set(ServerState.READY)
                await self._follow(session)
        if limit.cancelled_caught:
            raise TimeoutError

    async def _follow(self, session: OpenSession) -> None:
        for _ in range(_MAX_RELISTS):
            await _either(session.ended, session.tools_changed)
            if session.ended.is_set():
                return
            self.log.add(LogSource.SOTTO, "The list of tools changed.")
            await self._take_tools(session)
            self._set(ServerState.READY)
        await session.ended.wait()

    async def _take_tools(self, session: OpenSession) -> None:
        self._raw = await session.list_tools()
        self.status = replace(self.status, version=session.version)
        self._catalogue()

    def _catalogue(self) -> None:
        self.tools = catalogue(self.entry.name, self._raw, self.entry.hidden_tools)
        names = {tool.name for tool in self._raw}
        self.status = replace(
            self.status,
            tools=tuple(tool.listed for tool in self.tools),
            left_out=len(names) - len(self.tools),
        )

    async def _pause(self) -> None:
        """Wait for the next try: a while, or until a call needs the server."""
        pauses = self._pauses
        seconds = pauses[self._failures - 1] if self._failures <= len(pauses) else None
        with suppress(TimeoutError):
            await asyncio.wait_for(self._wanted.wait(), seconds)

    def _set(self, state: ServerState, problem: Problem | None = None) -> None:
        self.status = replace(self.status, state=state, problem=problem)
        changed, self._changed = self._changed, asyncio.Event()
        changed.set()
        self._on_change()


@asynccontextmanager
async def _opened(
    entry: ServerEntry, environ: Mapping[str, str], log: ServerLog
) -> AsyncIterator[OpenSession]:
    # The protocol's library takes a second to import: not before it is wanted, not on this thread.
    module = await asyncio.to_thread(importlib.import_module, "app.tools.mcp.session")
    opening: AbstractAsyncContextManager[OpenSession] = module.open_session(entry, environ, log)
    async with opening as session:
        yield session


async def _either(*events: asyncio.Event) -> None:
    """Wait until one of the events is set."""
    waiting = [asyncio.ensure_future(event.wait()) for event in events]
    try:
        await asyncio.wait(waiting, return_when=asyncio.FIRST_COMPLETED)
    finally:
        for task in waiting:
            task.cancel()

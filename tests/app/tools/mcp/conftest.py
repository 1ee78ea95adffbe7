"""Real servers, and a thread that keeps connections to them."""

from __future__ import annotations

import asyncio
import os
import sys
from collections.abc import Callable, Coroutine, Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any, TypeVar

import pytest

from app.tools.async_thread import AsyncThread
from app.tools.mcp.connection import ServerConnection
from app.tools.mcp.placeholders import filled
from app.tools.mcp.servers import ServerEntry, ServerState
from app.tools.values import Progress, ToolOutcome

ROOT = Path(__file__).parents[4]
PACKAGES = ROOT / "build" / "servers" / "node_modules" / "@modelcontextprotocol"
RAW = Path(__file__).with_name("raw_server.py")
MODERN = Path(__file__).with_name("modern_server.py")
SECONDS = 60.0  # far more than anything here takes

_T = TypeVar("_T")


def package(name: str) -> str:
    """The program of a server from npm, which the set-up for tests installs."""
    program = PACKAGES / name / "dist" / "index.js"
    assert program.exists(), "the servers are missing: run python3 -m tools.setup tests"
    return str(program)


def everything_entry() -> ServerEntry:
    return ServerEntry("everything", "node", (package("server-everything"), "stdio"))


def raw_entry(mode: str, folder: Path, **more: Any) -> ServerEntry:
    entry = ServerEntry("raw", sys.executable, ("-I", str(RAW), mode, str(folder)))
    return replace(entry, **more)


class Host:
    """A thread with connections on it, and their states in the order they came."""

    def __init__(self) -> None:
        self.thread = AsyncThread()
        self.states: list[ServerState] = []
        self._news = asyncio.Event()

    def run(self, work: Callable[[], Coroutine[Any, Any, _T]]) -> _T:
        """Run a coroutine on the thread to its end."""
        return self.thread.submit(work).result(SECONDS)

    def connection(self, entry: ServerEntry, **more: Any) -> ServerConnection:
        def changed() -> None:
            state = connection.status.state
            if not self.states or self.states[-1] is not state:
                self.states.append(state)
            self._news.set()

        connection = ServerConnection(
            entry,
            lambda: filled(entry, lambda _: "s3cr3t-value", os.environ),
            os.environ,
            changed,
            **{"pauses": (), **more},
        )
        self.run(lambda: self._start(connection))
        return connection

    async def _start(self, connection: ServerConnection) -> None:
        connection.start()
        await connection.settled()

    def call(
        self,
        connection: ServerConnection,
        tool: str,
        report: Callable[[Progress], None] = lambda _: None,
        **arguments: Any,
    ) -> ToolOutcome:
        return self.run(lambda: connection.call(tool, arguments, report))

    def wait_until(self, is_so: Callable[[], bool]) -> None:
        """Wait for changes of a connection until something is so."""

        async def waited() -> None:
            while not is_so():
                self._news.clear()
                await self._news.wait()

        self.run(waited)


@pytest.fixture
def host() -> Iterator[Host]:
    host = Host()
    yield host
    assert host.thread.close()


@pytest.fixture
def everything(host: Host) -> ServerConnection:
    connection = host.connection(everything_entry())
    assert connection.status.state is ServerState.READY, connection.log.lines()
    return connection

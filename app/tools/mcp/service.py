"""The user's MCP servers: the list that is kept, the connections that run, and their tools."""

from __future__ import annotations

import asyncio
import threading
from collections.abc import Callable, Iterable, Mapping
from concurrent.futures import Future
from dataclasses import replace
from pathlib import Path

from app.chats.values import Problem
from app.tools.async_thread import AsyncThread
from app.tools.mcp import importing
from app.tools.mcp.configuration import free_name
from app.tools.mcp.connection import PAUSES, START_SECONDS, ServerConnection
from app.tools.mcp.placeholders import Filled, filled
from app.tools.mcp.server_list import ServerList
from app.tools.mcp.server_tool import ServerTools
from app.tools.mcp.servers import (
    NO_SECRETS,
    FoundServer,
    ImportPreview,
    KnownFile,
    LogLine,
    ServerEntry,
    ServerSecrets,
    ServerStatus,
)
from app.tools.tool import Tool
from app.tools.toolbox import MCP


class McpServers:
    """Keeps the list and the servers of it running.

    `statuses`, `log`, `tools` and `subscribe` are quick and safe on any thread.  What changes the
    list writes files and may wait for the keyring: a chores thread.  Connections live on the
    asyncio thread.

    Args:
        servers: the list, with its secrets.
        thread: runs the connections.
        environ: this process's environment, or a test's.
        pauses: seconds before each new try of a server that failed.
        start_seconds: how long a server may take to start.
    """

    def __init__(
        self,
        servers: ServerList,
        thread: AsyncThread,
        environ: Mapping[str, str],
        *,
        pauses: tuple[float, ...] = PAUSES,
        start_seconds: float = START_SECONDS,
    ) -> None:
        self._list = servers
        self._thread = thread
        self._environ = environ
        self._pauses = pauses
        self._start_seconds = start_seconds
        self._lock = threading.RLock()
        self._connections: dict[str, ServerConnection] = {}
        self._listeners: list[Callable[[], None]] = []
        self._renewed: set[str] = set()  # servers that have other secrets than they began with
        self._order = asyncio.Lock()

    @property
    def problem(self) -> Problem | None:
        """What was wrong with the file of the list."""
        return self._list.problem

    def start(self) -> Future[None]:
        """Read the list and begin to connect what is switched on; done when that has begun."""
        self._list.load()
        return self._apply()

    def statuses(self) -> tuple[ServerStatus, ...]:
        """How each server of the list is, in its order."""
        with self._lock:
            shown = []
            for entry in self._list.entries:
                connection = self._connections.get(entry.name)
                status = connection.status if connection is not None else ServerStatus(entry)
                shown.append(replace(status, entry=entry))
            return tuple(shown)

    def log(self, name: str) -> tuple[LogLine, ...]:
        """The last lines of a server's log; none where it has not run."""
        with self._lock:
            connection = self._connections.get(name)
        return connection.log.lines() if connection is not None else ()

    def tools(self) -> Mapping[str, Tool]:
        """The servers that are switched on, as tools by the names of their switches."""
        with self._lock:
            running = [
                self._connections[entry.name]
                for entry in self._list.entries
                if entry.is_enabled and entry.name in self._connections
            ]
        return {MCP + connection.entry.name: ServerTools(connection) for connection in running}

    def subscribe(self, listener: Callable[[], None]) -> Callable[[], None]:
        """Have a listener told, on any thread, after each change; returns what ends that."""
        with self._lock:
            self._listeners.append(listener)

        def unsubscribe() -> None:
            with self._lock:
                if listener in self._listeners:
                    self._listeners.remove(listener)

        return unsubscribe

    def put(
        self,
        entry: ServerEntry,
        secrets: ServerSecrets = NO_SECRETS,
        replacing: str = "",
    ) -> Future[None]:
        """Add a server, or put one in another's place.

        Args:
            entry: as the user wants it.
            secrets: values that are new; those already kept under the same name stay.
            replacing: name of the server it was before; "" for a new one.

        Raises:
            ServerListError: the name or the list does not allow it.
            SecretsError: the keyring does not keep a secret.
            ServersFileError: the list could not be saved.
        """
        self._list.put(entry, secrets, replacing)
        if secrets.values:
            with self._lock:
                self._renewed.add(entry.name)
        return self._apply()

    def remove(self, name: str) -> Future[None]:
        """Take a server off the list and forget its secrets.

        Raises:
            ServersFileError: the list could not be saved.
        """
        self._list.remove(name)
        return self._apply()

    def enable(self, name: str, is_enabled: bool) -> Future[None]:
        """Switch a server on or off.

        Raises:
            ServersFileError: the list could not be saved.
        """
        self._list.change(name, is_enabled=is_enabled)
        return self._apply()

    def hide_tools(self, name: str, tools: tuple[str, ...]) -> Future[None]:
        """Offer all of a server's tools but these.

        Raises:
            ServersFileError: the list could not be saved.
        """
        self._list.change(name, hidden_tools=tools)
        return self._apply()

    def restart(self, name: str) -> Future[None]:
        """End a server and start it anew."""

        async def restarted() -> None:
            async with self._order:
                with self._lock:
                    connection = self._connections.get(name)
                if connection is not None:
                    await connection.stop()
                    connection.wake()
                    connection.start()

        return self._thread.submit(restarted)

    def known_files(self) -> tuple[KnownFile, ...]:
        """Files of other apps on this computer that hold servers.  Reads files."""
        return importing.known_files(self._environ)

    def preview(self, path: str, origin: str = "") -> ImportPreview:
        """What a file would bring.  Reads it.

        Raises:
            ImportFileError: it cannot be read or holds no servers.
        """
        taken = [entry.name for entry in self._list.entries]
        return importing.preview(Path(path), origin, taken)

    def take(self, servers: Iterable[FoundServer]) -> Future[None]:
        """Take over servers of a preview, switched off where a value is still missing.

        Raises:
            ServerListError: there are too many.
            SecretsError: the keyring does not keep a secret.
            ServersFileError: the list could not be saved.
        """
        done: Future[None] = self._apply()
        for server in servers:
            taken = [one.name for one in self._list.entries]
            entry = replace(server.entry, name=free_name(server.entry.name, taken))
            if server.missing:
                entry = replace(entry, is_enabled=False)
            done = self.put(entry, server.secrets)
        return done

    async def settled(self) -> None:
        """Wait until each server that is switched on is ready or has failed.  Asyncio thread."""
        with self._lock:
            waiting = list(self._connections.values())
        for connection in waiting:
            await connection.settled()

    async def close(self) -> None:
        """End all servers at once.  Asyncio thread."""
        async with self._order:
            with self._lock:
                ending = list(self._connections.values())
                self._connections.clear()
            await asyncio.gather(*(connection.stop() for connection in ending))

    def _apply(self) -> Future[None]:
        """Bring the connections in line with the list; the future is done when they are."""
        self._tell()
        return self._thread.submit(self._reconciled)

    async def _reconciled(self) -> None:
        async with self._order:
            with self._lock:
                wanted = {entry.name: entry for entry in self._list.entries}
                running = dict(self._connections)
                renewed, self._renewed = self._renewed, set()
            ending = [
                connection
                for name, connection in running.items()
                if name in renewed or _must_end(connection, wanted.get(name))
            ]
            await asyncio.gather(*(connection.stop() for connection in ending))
            with self._lock:
                for connection in ending:
                    self._connections.pop(connection.entry.name, None)
                for name, entry in wanted.items():
                    if name not in self._connections and entry.is_enabled:
                        self._connections[name] = self._connection(entry)
                kept = dict(self._connections)
            for name, connection in kept.items():
                if connection.entry.hidden_tools != wanted[name].hidden_tools:
                    connection.hide(wanted[name].hidden_tools)
                connection.start()
        self._tell()

    def _connection(self, entry: ServerEntry) -> ServerConnection:
        def fill() -> Filled:
            return filled(entry, lambda name: self._list.secret(entry.name, name), self._environ)

        return ServerConnection(
            entry,
            fill,
            self._environ,
            self._tell,
            pauses=self._pauses,
            start_seconds=self._start_seconds,
        )

    def _tell(self) -> None:
        with self._lock:
            listeners = list(self._listeners)
        for listener in listeners:
            listener()


def _must_end(connection: ServerConnection, wanted: ServerEntry | None) -> bool:
    """Whether a connection does not fit the list any more; hiding tools needs no new one."""
    if wanted is None or not wanted.is_enabled:
        return True
    return replace(connection.entry, hidden_tools=()) != replace(wanted, hidden_tools=())

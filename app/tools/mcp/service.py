"""The user's MCP servers: the list that is kept, the connections that run, and their tools."""

from __future__ import annotations

import asyncio
import logging
import threading
from collections.abc import Callable, Iterable, Mapping
from concurrent.futures import Future
from dataclasses import replace
from pathlib import Path

from app.chats.values import Problem
from app.secrets import SecretStore
from app.tools.async_thread import AsyncThread
from app.tools.mcp import importing
from app.tools.mcp.configuration import ServersFile, free_name
from app.tools.mcp.connection import PAUSES, START_SECONDS, ServerConnection
from app.tools.mcp.entry_reading import plain_name
from app.tools.mcp.placeholders import filled
from app.tools.mcp.server_tool import ServerTools
from app.tools.mcp.servers import (
    MAX_SERVERS,
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
from engine.errors import UserFacingError

_log = logging.getLogger(__name__)


class ServerListError(UserFacingError):
    """A change of the list of servers makes no sense."""


class McpServers:
    """Keeps the list and the servers of it running.

    `statuses`, `log`, `tools` and `subscribe` are quick and safe on any thread.  What changes the
    list writes files and may wait for the keyring: a chores thread.  Connections live on the
    asyncio thread.

    Args:
        file: where the list is kept.
        secrets: where values for `${secret:NAME}` are kept.
        thread: runs the connections.
        environ: this process's environment, or a test's.
        pauses: seconds before each new try of a server that failed.
        start_seconds: how long a server may take to start.
    """

    def __init__(
        self,
        file: ServersFile,
        secrets: SecretStore,
        thread: AsyncThread,
        environ: Mapping[str, str],
        *,
        pauses: tuple[float, ...] = PAUSES,
        start_seconds: float = START_SECONDS,
    ) -> None:
        self._file = file
        self._secrets = secrets
        self._thread = thread
        self._environ = environ
        self._pauses = pauses
        self._start_seconds = start_seconds
        self._lock = threading.RLock()
        self._entries: tuple[ServerEntry, ...] = ()
        self._typed: dict[str, str] = {}
        self._connections: dict[str, ServerConnection] = {}
        self._listeners: list[Callable[[], None]] = []
        self._order = asyncio.Lock()

    @property
    def problem(self) -> Problem | None:
        """What was wrong with the file of the list."""
        return self._file.problem

    def start(self) -> Future[None]:
        """Read the list and begin to connect what is switched on; done when that has begun."""
        with self._lock:
            found = self._file.load()
            self._entries = tuple(server.entry for server in found)
            for server in found:
                self._typed |= _names(server.entry.name, server.secrets)
        return self._apply()

    def statuses(self) -> tuple[ServerStatus, ...]:
        """How each server of the list is, in its order."""
        with self._lock:
            shown = []
            for entry in self._entries:
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
                for entry in self._entries
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
        secrets: ServerSecrets = ServerSecrets(),  # noqa: B008 - frozen
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
        with self._lock:
            entries = [one for one in self._entries if one.name != replacing]
            _check(entry, entries)
            self._keep_secrets(entry, secrets, replacing or entry.name)
            place = next(
                (n for n, one in enumerate(self._entries) if one.name == replacing), len(entries)
            )
            entries.insert(place, entry)
            self._save(entries)
            if replacing and replacing != entry.name:
                self._forget_secrets(replacing, self._entry(replacing))
            self._entries = tuple(entries)
        return self._apply()

    def remove(self, name: str) -> Future[None]:
        """Take a server off the list and forget its secrets.

        Raises:
            ServersFileError: the list could not be saved.
        """
        with self._lock:
            entry = self._entry(name)
            self._save(one for one in self._entries if one.name != name)
            self._entries = tuple(one for one in self._entries if one.name != name)
            self._forget_secrets(name, entry)
        return self._apply()

    def enable(self, name: str, is_enabled: bool) -> Future[None]:
        """Switch a server on or off.

        Raises:
            ServersFileError: the list could not be saved.
        """
        return self._change(name, is_enabled=is_enabled)

    def hide_tools(self, name: str, tools: tuple[str, ...]) -> Future[None]:
        """Offer all of a server's tools but these.

        Raises:
            ServersFileError: the list could not be saved.
        """
        return self._change(name, hidden_tools=tools)

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
        with self._lock:
            taken = [entry.name for entry in self._entries]
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
            with self._lock:
                taken = [one.name for one in self._entries]
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

    def _change(self, name: str, **changes: object) -> Future[None]:
        with self._lock:
            entries = [
                replace(one, **changes) if one.name == name else one  # type: ignore[arg-type] # names of its fields
                for one in self._entries
            ]
            self._save(entries)
            self._entries = tuple(entries)
        return self._apply()

    def _entry(self, name: str) -> ServerEntry | None:
        return next((one for one in self._entries if one.name == name), None)

    def _save(self, entries: Iterable[ServerEntry]) -> None:
        """Save the list; what was typed into its file in plain moves to the keyring first."""
        for name, value in self._typed.items():
            self._secrets.set(name, value)
        self._file.save(entries)
        self._typed.clear()

    def _keep_secrets(self, entry: ServerEntry, secrets: ServerSecrets, before: str) -> None:
        for name, value in _names(entry.name, secrets).items():
            self._secrets.set(name, value)
            self._typed.pop(name, None)
        if before != entry.name:
            new = {name for name, _ in secrets.values}
            for name in entry.secret_names:
                kept = self._secret(before, name) if name not in new else None
                if kept is not None:
                    self._secrets.set(_secret_name(entry.name, name), kept)

    def _forget_secrets(self, name: str, entry: ServerEntry | None) -> None:
        for secret in entry.secret_names if entry is not None else ():
            self._typed.pop(_secret_name(name, secret), None)
            try:
                self._secrets.delete(_secret_name(name, secret))
            except UserFacingError:
                _log.warning("a secret of a server that is gone could not be deleted")

    def _secret(self, server: str, name: str) -> str | None:
        full = _secret_name(server, name)
        return self._typed.get(full) or self._secrets.get(full)

    def _apply(self) -> Future[None]:
        """Bring the connections in line with the list; the future is done when they are."""
        self._tell()
        return self._thread.submit(self._reconciled)

    async def _reconciled(self) -> None:
        async with self._order:
            with self._lock:
                wanted = {entry.name: entry for entry in self._entries}
                running = dict(self._connections)
            ending = [one for name, one in running.items() if _must_end(one, wanted.get(name))]
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
        def with_secrets() -> ServerEntry:
            return filled(entry, lambda name: self._secret(entry.name, name), self._environ)

        return ServerConnection(
            entry,
            with_secrets,
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


def _check(entry: ServerEntry, others: list[ServerEntry]) -> None:
    if entry.name != plain_name(entry.name):
        raise ServerListError(
            "A server cannot be called {name}.",
            "Choose a short name without a slash; own is taken.",
            fields={"name": entry.name[:80]},
        )
    if entry.name.casefold() in {one.name.casefold() for one in others}:
        raise ServerListError(
            "There is a server called {name} already.",
            "Choose another name.",
            fields={"name": entry.name},
        )
    if bool(entry.command) == bool(entry.url):
        raise ServerListError("A server needs a program or an address.", "Fill in one of the two.")
    if len(others) >= MAX_SERVERS:
        raise ServerListError("There are too many servers.", "Remove one that you do not need.")


def _secret_name(server: str, name: str) -> str:
    return f"mcp/{server}/{name}"


def _names(server: str, secrets: ServerSecrets) -> dict[str, str]:
    return {_secret_name(server, name): value for name, value in secrets.values}

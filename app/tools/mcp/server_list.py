"""The list of the user's servers, with their secrets: what is in it and how it changes."""

from __future__ import annotations

import logging
import threading
from collections.abc import Iterable
from dataclasses import replace
from typing import Any

from app.chats.values import Problem
from app.secrets import SecretStore
from app.tools.mcp.configuration import ServersFile
from app.tools.mcp.entry_reading import address_key, plain_name
from app.tools.mcp.servers import MAX_SERVERS, ServerEntry, ServerSecrets
from engine.errors import UserFacingError

_log = logging.getLogger(__name__)


class ServerListError(UserFacingError):
    """A change of the list of servers makes no sense."""


class ServerList:
    """What is in the file, and what the keyring keeps for it.  Any thread.

    `entries` never waits.  Changes, `load` and `secret` read and write files or may wait for
    the keyring: a chores thread.

    Args:
        file: where the list is kept.
        secrets: where values for `${secret:NAME}` are kept.
    """

    def __init__(self, file: ServersFile, secrets: SecretStore) -> None:
        self.entries: tuple[ServerEntry, ...] = ()
        self._file = file
        self._secrets = secrets
        self._typed: dict[str, str] = {}
        self._lock = threading.RLock()

    @property
    def problem(self) -> Problem | None:
        """What was wrong with the file."""
        return self._file.problem

    def load(self) -> None:
        """Read the file."""
        with self._lock:
            found = self._file.load()
            self.entries = tuple(server.entry for server in found)
            for server in found:
                self._typed |= _names(server.entry.name, server.secrets)

    def secret(self, server: str, name: str) -> str | None:
        """The value for a `${secret:NAME}` of a server.

        Raises:
            SecretsError: the keyring does not answer.
        """
        full = _secret_name(server, name)
        return self._typed.get(full) or self._secrets.get(full)

    def put(self, entry: ServerEntry, secrets: ServerSecrets, replacing: str) -> None:
        """Add a server, or put one in another's place; see `McpServers.put`."""
        with self._lock:
            entries = [one for one in self.entries if one.name != replacing]
            _check(entry, entries)
            names = [one.name for one in self.entries]
            place = names.index(replacing) if replacing in names else len(entries)
            entries.insert(place, entry)
            self._keep(entry, secrets, replacing or entry.name)
            self._save(entries)
            if replacing in names:
                before = self.entries[names.index(replacing)]
                kept = entry.secret_names if replacing == entry.name else ()
                self._forget(before, except_for=kept)
            self.entries = tuple(entries)

    def remove(self, name: str) -> None:
        """Take a server off the list and forget its secrets; see `McpServers.remove`."""
        with self._lock:
            gone = [one for one in self.entries if one.name == name]
            kept = tuple(one for one in self.entries if one.name != name)
            self._save(kept)
            self.entries = kept
            for entry in gone:
                self._forget(entry)

    def change(self, name: str, **fields: Any) -> None:
        """Give fields of a server other values.

        Raises:
            ServersFileError: the list could not be saved.
        """
        with self._lock:
            entries = tuple(
                replace(one, **fields) if one.name == name else one for one in self.entries
            )
            self._save(entries)
            self.entries = entries

    def _save(self, entries: Iterable[ServerEntry]) -> None:
        """Save the list; what was typed into its file in plain moves to the keyring first."""
        for name, value in self._typed.items():
            self._secrets.set(name, value)
        self._file.save(entries)
        self._typed.clear()

    def _keep(self, entry: ServerEntry, secrets: ServerSecrets, before: str) -> None:
        """Keep what is new, and what was kept under the server's name before."""
        new = _names(entry.name, secrets)
        if before != entry.name:
            for name in entry.secret_names:
                kept = self.secret(before, name)
                if kept is not None:
                    new.setdefault(_secret_name(entry.name, name), kept)
        for name, value in new.items():
            self._secrets.set(name, value)
            self._typed.pop(name, None)

    def _forget(self, entry: ServerEntry, except_for: tuple[str, ...] = ()) -> None:
        for secret in entry.secret_names:
            if secret in except_for:
                continue
            name = _secret_name(entry.name, secret)
            self._typed.pop(name, None)
            try:
                self._secrets.delete(name)
            except UserFacingError:
                _log.warning("a secret of a server that is gone could not be deleted")


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
    if address_key(entry.name) in {address_key(one.name) for one in others}:
        raise ServerListError(
            "The name {name} is too much like that of another server.",
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

"""The user's servers on disk: the usual `mcpServers` JSON, which a person may edit.

Secrets stand in it as marks only; what a person typed there in plain goes to the keyring when
the file is next saved.
"""

from __future__ import annotations

import json
from collections.abc import Iterable
from contextlib import suppress
from dataclasses import replace
from pathlib import Path
from typing import Any, Final

from app.chats.values import Problem
from app.paths import make_private
from app.tools.mcp import tolerant_json
from app.tools.mcp.entry_reading import EntryError, address_key, plain_name, read_entry
from app.tools.mcp.servers import MAX_SERVERS, FoundServer, ServerEntry
from app.whole_file import replace_text
from engine.errors import UserFacingError

FILE_NAME: Final = "mcp.json"
_KEYS: Final = ("mcpServers", "servers", "context_servers")


class ServersFileError(UserFacingError):
    """The servers could not be kept."""


class ServersFile:
    """The file of the user's servers.  One thread at a time.

    Args:
        folder: where it lies; need not exist.
    """

    def __init__(self, folder: Path) -> None:
        self._path = folder / FILE_NAME
        self.problem: Problem | None = None
        """What was wrong with the file when it was last read; for the settings page."""

    def load(self) -> tuple[FoundServer, ...]:
        """The servers; none where there is no file.

        A file that makes no sense, and one with servers that cannot be used, is kept aside with
        `.bad` behind its name, and `problem` tells so; what can be used of it counts.
        """
        self.problem = None
        try:
            data = self._path.read_bytes()
        except FileNotFoundError:
            return ()
        except OSError as error:
            self.problem = Problem(
                "The list of servers cannot be read.",
                "Check the permissions of {file}.",
                detail=type(error).__name__,
                fields={"file": str(self._path)},
            )
            return ()
        try:
            found, refused = read_servers(tolerant_json.parse(data))
        except ValueError as error:
            self._set_aside(data, str(error))
            return ()
        if refused:
            self._set_aside(data, "; ".join(one.title.format(**one.fields) for one in refused))
        return found[:MAX_SERVERS]

    def save(self, entries: Iterable[ServerEntry]) -> None:
        """Put these servers in place of the file's, in one step.

        Raises:
            ServersFileError: the disk is full or the folder cannot be written to.
            FolderError: the folder cannot be made.
        """
        servers = {entry.name: raw_entry(entry) for entry in entries}
        make_private(self._path.parent)
        try:
            text = json.dumps({"mcpServers": servers}, ensure_ascii=False, indent=2)
            replace_text(self._path, text + "\n")
        except OSError as error:
            raise ServersFileError(
                "The list of servers could not be saved.",
                "Check that the disk is not full and that you may write to {folder}.",
                detail=str(error),
                fields={"folder": str(self._path.parent)},
            ) from error

    def _set_aside(self, data: bytes, detail: str) -> None:
        aside = self._path.with_name(self._path.name + ".bad")
        with suppress(OSError):
            replace_text(aside, data.decode("utf-8", "backslashreplace"))
        self.problem = Problem(
            "Some servers could not be read from the file.",
            "The file as it was is kept as {file}.",
            detail=detail[:1000],
            fields={"file": str(aside)},
        )


def read_servers(parsed: object) -> tuple[tuple[FoundServer, ...], tuple[Problem, ...]]:
    """The servers of a parsed file, each under a name of its own, and those that are refused.

    Raises:
        ValueError: it is no file of servers.
    """
    section = _section(parsed)
    if section is None:
        raise ValueError("no mcpServers")
    found: list[FoundServer] = []
    refused: list[Problem] = []
    for name, raw in list(section.items())[: 4 * MAX_SERVERS]:
        try:
            server = read_entry(str(name), raw)
        except EntryError as error:
            refused.append(error.problem)
            continue
        taken = [one.entry.name for one in found]
        named = replace(server.entry, name=free_name(server.entry.name, taken))
        found.append(replace(server, entry=named))
    return tuple(found), tuple(refused)


def free_name(name: str, taken: Iterable[str]) -> str:
    """The name, or the name with a number behind it where it or one much like it is in use."""
    used = {address_key(one) for one in taken}
    free, number = plain_name(name), 2
    while address_key(free) in used:
        free, number = plain_name(f"{name[:34]} {number}"), number + 1
    return free


def raw_entry(entry: ServerEntry) -> dict[str, Any]:
    """A server as it stands in the file; what is as usual is left out."""
    raw: dict[str, Any] = {}
    if entry.command:
        raw |= {"command": entry.command, "args": list(entry.args)}
    else:
        raw |= {"type": "http", "url": entry.url}
    optional = {
        "cwd": entry.cwd,
        "env": dict(entry.env),
        "headers": dict(entry.headers),
        "disabled": not entry.is_enabled,
        "disabledTools": list(entry.hidden_tools),
    }
    raw |= {key: value for key, value in optional.items() if value}
    return {**raw, "callSeconds": entry.call_seconds}


def _section(parsed: object) -> dict[str, Any] | None:
    """The servers by their names, wherever the file keeps them."""
    if not isinstance(parsed, dict):
        return None
    for key in _KEYS:
        section = parsed.get(key)
        if isinstance(section, dict):
            return section
        if isinstance(section, list):  # a few apps write a list of named servers
            named = [one for one in section if isinstance(one, dict)]
            return {str(one.get("name") or one.get("key") or n): one for n, one in enumerate(named)}
    inner = parsed.get("mcp")  # VS Code's settings.json
    return _section(inner) if isinstance(inner, dict) and "mcp" not in inner else None

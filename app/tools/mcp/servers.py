"""MCP servers as values: how to reach one, how it is, what it offers.  Frozen, any thread."""

from __future__ import annotations

import ipaddress
import re
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Final
from urllib.parse import urlsplit

from app.chats.values import Problem

MAX_SERVERS: Final = 32
MAX_TOOLS: Final = 64
"""Of one server; what it lists beyond them is left out, and the page says so."""

DEFAULT_CALL_SECONDS: Final = 60
MAX_CALL_SECONDS: Final = 600

_SECRET: Final = re.compile(r"\$\{secret:([\w.-]{1,64})\}")


class ServerState(StrEnum):
    """How a server is."""

    OFF = "off"
    STARTING = "starting"
    READY = "ready"
    FAILED = "failed"  # it is tried again after a while, or when a call needs it


@dataclass(frozen=True, slots=True)
class ServerEntry:
    """How to reach one server, without the secrets that belong to it.

    Either `command` or `url` is set.  In all texts but the name, `${secret:NAME}` stands for
    something the system keyring keeps (`secret_mark`), `${env:NAME}` for a variable of Sotto's
    own environment, and `${userHome}` for the user's home.

    Attributes:
        name: in the user's words; no "/", never "own", and no two that differ in signs or case
            alone.
        command: a program to start and talk to over its standard input and output.
        cwd: folder the program starts in; "" is the user's home.
        env: variables for the program, besides a few of the user's own (`PATH`, `HOME`, …).
        url: address of a server that speaks streamable HTTP.
        headers: sent with each request to `url`.
        is_enabled: whether it is started and its tools are offered.
        hidden_tools: names of tools that are not offered to the model.
        call_seconds: how long a call may take.
    """

    name: str
    command: str = ""
    args: tuple[str, ...] = ()
    cwd: str = ""
    env: tuple[tuple[str, str], ...] = ()
    url: str = ""
    headers: tuple[tuple[str, str], ...] = ()
    is_enabled: bool = True
    hidden_tools: tuple[str, ...] = ()
    call_seconds: int = DEFAULT_CALL_SECONDS

    @property
    def texts(self) -> tuple[str, ...]:
        """All texts in which placeholders count."""
        pairs = (*self.env, *self.headers)
        return (self.command, *self.args, self.cwd, self.url, *(value for _, value in pairs))

    @property
    def secret_names(self) -> tuple[str, ...]:
        """Names of the secrets it asks for, each once."""
        found = [name for text in self.texts for name in _SECRET.findall(text)]
        return tuple(dict.fromkeys(found))

    @property
    def is_over_network(self) -> bool:
        """Whether calls leave this computer; a program that is started may still do as it likes."""
        if not self.url:
            return False
        try:
            host = urlsplit(self.url).hostname or ""
            return host != "localhost" and not ipaddress.ip_address(host).is_loopback
        except ValueError:
            return True


@dataclass(frozen=True, slots=True)
class ServerSecrets:
    """Values for the keyring that go with an entry.  Never printed, never kept in a file.

    Attributes:
        values: name and value of each secret that is new or changed.
    """

    values: tuple[tuple[str, str], ...] = field(default=(), repr=False)


NO_SECRETS: Final = ServerSecrets()


def secret_mark(name: str) -> str:
    """What stands in an entry for the secret of this name (letters, digits, `_`, `.`, `-`)."""
    return f"${{secret:{name}}}"


@dataclass(frozen=True, slots=True)
class ServerTool:
    """One tool of a server, as the settings page lists it.

    Attributes:
        name: as the server calls it, without what could not be shown.
        address: as the model calls it, e.g. `functions.files__read_file`.
        description: the server's own words, on one line.
        says_read_only: the server says that it changes nothing.  A hint, no promise.
        is_offered: whether the model is told of it; the user may hide a tool.
        problem: why it cannot be offered.
    """

    name: str
    address: str
    description: str = ""
    says_read_only: bool = False
    is_offered: bool = True
    problem: Problem | None = None


@dataclass(frozen=True, slots=True)
class ServerStatus:
    """How one server is now.

    Attributes:
        problem: why it failed.
        tools: in the server's order; kept while it is down, so that a call can start it again.
        left_out: how many tools it lists beyond `MAX_TOOLS`.
        version: what the server says of itself, e.g. "files 1.2", or "".
    """

    entry: ServerEntry
    state: ServerState = ServerState.OFF
    problem: Problem | None = None
    tools: tuple[ServerTool, ...] = ()
    left_out: int = 0
    version: str = ""


class LogSource(StrEnum):
    """Where a line of a server's log comes from."""

    SERVER = "server"  # what it wrote to its standard error, or sent as a log message
    SOTTO = "sotto"  # what Sotto did


@dataclass(frozen=True, slots=True)
class LogLine:
    """One line of a server's log; secrets are blotted out of it.

    Attributes:
        at_ms: Unix time in milliseconds.
    """

    at_ms: int
    source: LogSource
    text: str


@dataclass(frozen=True, slots=True)
class FoundServer:
    """A server in another app's file, ready to be taken over.

    Attributes:
        entry: as it would be kept; its name differs from the file's where that is in use.
        secrets: what would go into the keyring.
        missing: names of secrets that the file only asks for and the user has to type.
        notes: what was changed or left behind; the titles are sentences.
    """

    entry: ServerEntry
    secrets: ServerSecrets = field(default=NO_SECRETS, repr=False)
    missing: tuple[str, ...] = ()
    notes: tuple[Problem, ...] = ()


@dataclass(frozen=True, slots=True)
class ImportPreview:
    """What a file of another app holds.

    Attributes:
        origin: the app's name, or the file's.
        path: the file.
        refused: why servers cannot be taken over, each with its name in `fields["server"]`.
    """

    origin: str
    path: str
    servers: tuple[FoundServer, ...] = ()
    refused: tuple[Problem, ...] = ()


@dataclass(frozen=True, slots=True)
class KnownFile:
    """A file of another app that may hold servers, and is there."""

    app: str
    path: str

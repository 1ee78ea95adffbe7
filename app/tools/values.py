"""A call of a tool, from what the model wrote to what came of it.  Frozen values only."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import Final

from engine.harmony.messages import Channel

CHAT_SERVER: Final = "chat"
"""What the functions over a chat's own files have in place of a server."""


class ToolFamily(StrEnum):
    """What kind of tool it is."""

    PYTHON = "python"
    FILES = "files"  # reads the chat's own files
    BROWSER = "browser"
    MCP = "mcp"
    OWN = "own"  # the user's own Python functions
    UNKNOWN = "unknown"  # the model called something that is not there


class TargetKind(StrEnum):
    """What a call touches, and so what a rule can be about."""

    CODE = "code"  # value: ""
    SEARCH = "search"  # value: name of the search provider
    HOST = "host"  # value: the URL to be fetched, as the tool will fetch it
    PAGE = "page"  # a page that was fetched before; value: its URL, or ""
    FUNCTION = "function"  # value: "server/function"; "own/...", "chat/..." for Sotto's
    NONE = "none"


@dataclass(frozen=True, slots=True)
class ToolCall:
    """One call as it will run.

    Attributes:
        chat: key of the chat (`app.conversation.chat_key`); state of tools is kept by it.
        number: counts the calls of an answer from 0.
        recipient: the canonical address, e.g. `browser.open`, however the model spelt it.
        arguments: body as written, or as the user edited it: JSON text, or code for python.
        channel: of the call; the result goes on the same one.
    """

    chat: str
    number: int
    recipient: str
    arguments: str
    channel: Channel = Channel.COMMENTARY


@dataclass(frozen=True, slots=True)
class CallTarget:
    """What a call touches, in the tool's own words; `app.permissions` makes it canonical."""

    kind: TargetKind = TargetKind.NONE
    value: str = ""


@dataclass(frozen=True, slots=True)
class CallView:
    """A call as a person judges it and as cards show it.

    Attributes:
        tool: the canonical address, e.g. `python`, `browser.open`, `functions.files__read_file`.
        body: exactly what will run: code, or JSON indented by two.
        language: how to highlight the body, "python" or "json".
        server: name of the MCP server in the user's words, or "".
        function: name of the function as its server calls it, or "".
        paths: files and folders the call names, as written.
        is_read_only: the tool says that it changes nothing.
        runs_outside: nothing holds the call in: it runs with the user's own rights.
    """

    tool: str
    family: ToolFamily
    target: CallTarget
    body: str
    language: str = "json"
    server: str = ""
    function: str = ""
    paths: tuple[str, ...] = ()
    is_read_only: bool = False
    runs_outside: bool = False


@dataclass(frozen=True, slots=True)
class Attachment:
    """Something a tool made besides text: an image, a table, a file.

    Attributes:
        name: for people; a file name where it has one.
        media_type: e.g. `image/png`, `text/html` (tables, never rendered as a page), `text/csv`.
        data: the bytes; text is UTF-8.
        text: what it says in words, for screen readers and the model; "" where nothing does.
    """

    name: str
    media_type: str
    data: bytes
    text: str = ""


@dataclass(frozen=True, slots=True)
class AttachmentRef:
    """A stored attachment without its bytes.

    Attributes:
        id: in the store; `ChatService` hands out the bytes by it.
        size: in bytes.
    """

    id: int
    name: str
    media_type: str
    size: int
    text: str = ""


@dataclass(frozen=True, slots=True)
class SourcePage:
    """A page the model read, so that a citation can be looked up.

    Attributes:
        cursor: the number citations call it by.
        url: where it came from; "" for search results.
        lines: of the whole page, wrapped as the model saw them; a line's number is its place.
        links: addresses behind the numbered links, in order of their numbers.
    """

    cursor: int
    url: str
    title: str
    lines: tuple[str, ...]
    links: tuple[str, ...] = ()


class OutcomeStatus(StrEnum):
    """How a call that ran ended."""

    DONE = "done"
    FAILED = "failed"
    TIMED_OUT = "timed_out"


@dataclass(frozen=True, slots=True)
class ToolOutcome:
    """What came of a call.

    Attributes:
        text: what the model gets; plain text, already bounded in length.
        attachments: shown in the card and kept in the encrypted store.
        page: what a browser call put on the stack of pages.
        origins: whose content `text` holds, other than the user's and Sotto's own: host names
            ("example.com") and MCP servers ("server files").  Content of strangers is data.
        note: a sentence for the user in English, a key of the translations; "" for none.
        files: names of files of the chat's folder that are new or changed.
    """

    text: str
    status: OutcomeStatus = OutcomeStatus.DONE
    attachments: tuple[Attachment, ...] = ()
    page: SourcePage | None = None
    origins: tuple[str, ...] = ()
    note: str = ""
    files: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Progress:
    """How far a running call is.

    Attributes:
        fraction: 0.0 to 1.0; None where that is not known.
        text: what it is doing, or output so far; "" where nothing is said.
    """

    fraction: float | None = None
    text: str = ""

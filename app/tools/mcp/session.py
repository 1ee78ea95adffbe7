"""One open connection to a server: the only place that speaks the protocol.  Asyncio thread.

Importing it takes about a second, so that is left until a server is wanted.  The client's own
`call_tool` is not used: it would hold results against the server's schema, whose patterns can
take for ever.  A server's instructions are not read: they would be a stranger's words to the
model.  It is offered neither sampling, nor questions to the user, nor the list of his folders.
"""

from __future__ import annotations

import asyncio
import json
import logging
import math
from collections.abc import AsyncIterator, Callable, Mapping
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from importlib.metadata import version
from typing import Any, Final, Self

import anyio
import httpx2
from mcp import Client, MCPError
from mcp.shared._stream_protocols import ReadStream
from mcp.shared.message import SessionMessage
from mcp_types import (
    CONNECTION_CLOSED,
    REQUEST_TIMEOUT,
    CallToolRequest,
    CallToolRequestParams,
    CallToolResult,
    Implementation,
    LoggingMessageNotificationParams,
    PaginatedRequestParams,
    Tool,
    ToolListChangedNotification,
)
from mcp_types.version import MODERN_PROTOCOL_VERSIONS
from pydantic import ValidationError

from app.tools.mcp.budget import MessageBudget
from app.tools.mcp.catalogue import RawTool
from app.tools.mcp.http import BoundedTransport, Streams, http_streams
from app.tools.mcp.results import origin, outcome_of
from app.tools.mcp.server_log import ServerLog
from app.tools.mcp.servers import LogSource, ServerEntry
from app.tools.mcp.stdio import Program, environment_of, stdio_streams
from app.tools.values import OutcomeStatus, Progress, ToolOutcome
from engine.harmony.schemas import one_line, whole_characters

_MAX_PAGES: Final = 20
_MAX_LISTED: Final = 2000
_SHOWN_ERROR: Final = 1000
_SHOWN_PROGRESS: Final = 300

# The library reports what a server sent, texts of calls among it.
logging.getLogger("mcp").setLevel(logging.CRITICAL)


class Session:
    """A server that answers.

    Attributes:
        ended: set once no more messages will come.
        tools_changed: set when the server says that its list of tools is another.
        version: what the server says of itself.
    """

    def __init__(self, entry: ServerEntry, log: ServerLog) -> None:
        self.ended = asyncio.Event()
        self.tools_changed = asyncio.Event()
        self.version = ""
        self._entry = entry
        self._log = log
        self._client: Client | None = None

    async def list_tools(self) -> list[RawTool]:
        """The tools the server has, in its order; at most 2,000."""
        self.tools_changed.clear()
        found: list[RawTool] = []
        cursor: str | None = None
        for _ in range(_MAX_PAGES):
            page = await self._open.session.list_tools(params=PaginatedRequestParams(cursor=cursor))
            found += [_raw(tool) for tool in page.tools]
            cursor = page.next_cursor
            if cursor is None or len(found) >= _MAX_LISTED:
                break
        return found[:_MAX_LISTED]

    async def call(
        self, tool: str, arguments: Mapping[str, Any], report: Callable[[Progress], None]
    ) -> ToolOutcome:
        """Run a tool; cancelling the task tells the server, and the session lives on."""

        async def progressed(progress: float, total: float | None, message: str | None) -> None:
            report(_progress(progress, total, message))

        request = CallToolRequest(
            params=CallToolRequestParams(name=tool, arguments=dict(arguments))
        )
        try:
            result = await self._open.session.send_request(
                request,
                CallToolResult,
                request_read_timeout_seconds=self._entry.call_seconds,
                progress_callback=progressed,
            )
        except (MCPError, ValidationError) as error:
            return self._failed(error)
        return outcome_of(result, self._entry.name)

    def _failed(self, error: MCPError | ValidationError) -> ToolOutcome:
        name = self._entry.name
        origins: tuple[str, ...] = ()
        status = OutcomeStatus.FAILED
        if isinstance(error, ValidationError):
            text = f"The server {name} answered in a form that cannot be read."
        elif error.code == REQUEST_TIMEOUT:
            status = OutcomeStatus.TIMED_OUT
            seconds = self._entry.call_seconds
            text = (
                f"The server {name} did not answer within {seconds} seconds; it was told to stop."
            )
        elif error.code == CONNECTION_CLOSED:
            text = f"The server {name} stopped before it answered; the call may have had effects."
        else:
            origins = (origin(name),)
            said = whole_characters(error.message)[:_SHOWN_ERROR]
            text = f"The server {name} refused the call: {said}"
        return ToolOutcome(text, status, origins=origins)

    @property
    def _open(self) -> Client:
        assert self._client is not None  # noqa: S101 - set before anybody gets the session
        return self._client

    async def on_message(self, message: object) -> None:
        """Take what the server sends unasked."""
        if isinstance(message, ToolListChangedNotification):
            self.tools_changed.set()
        elif isinstance(message, Exception):
            self._log.add(LogSource.SOTTO, f"Not understood: {type(message).__name__}")

    async def on_log(self, params: LoggingMessageNotificationParams) -> None:
        """Keep what the server logs."""
        data = params.data
        text = data if isinstance(data, str) else json.dumps(data, ensure_ascii=False, default=str)
        self._log.add(LogSource.SERVER, f"{params.level}: {text}")

    async def serve(self, client: Client) -> None:
        """Have an open client."""
        self._client = client
        info = client.server_info
        if info is not None:
            self.version = one_line(f"{info.name} {info.version}")[:80]
        self._log.add(LogSource.SOTTO, f"Connected: protocol {client.protocol_version}.")

    async def follow_changes(self) -> None:
        """Hear of changes of the list where the protocol wants that asked for."""
        if self._open.protocol_version not in MODERN_PROTOCOL_VERSIONS:
            return
        try:
            async with self._open.listen(tools_list_changed=True) as events:
                async for _ in events:
                    self.tools_changed.set()
        except Exception as error:  # noqa: BLE001 - without this the tools still work
            self._log.add(LogSource.SOTTO, f"Changes are not followed: {type(error).__name__}")


class _Watched:
    """A stream of messages from a server that counts them and tells its end."""

    def __init__(
        self, inner: ReadStream[SessionMessage | Exception], ended: Callable[[], None]
    ) -> None:
        self._inner = inner
        self._ended = ended
        self._budget = MessageBudget(anyio.current_time)

    async def receive(self) -> SessionMessage | Exception:
        try:
            item = await self._inner.receive()
        except BaseException:
            self._ended()
            raise
        self._budget.spend()
        return item

    async def aclose(self) -> None:
        self._ended()
        await self._inner.aclose()

    def __aiter__(self) -> Self:
        return self

    async def __anext__(self) -> SessionMessage | Exception:
        try:
            return await self.receive()
        except anyio.EndOfStream:
            raise StopAsyncIteration from None

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(self, *_: object) -> None:
        await self.aclose()


@asynccontextmanager
async def open_session(
    entry: ServerEntry,
    environ: Mapping[str, str],
    log: ServerLog,
) -> AsyncIterator[Session]:
    """Start or reach a server and agree on the protocol.  Enter and leave in one task.

    Args:
        entry: with its secrets put in.
        environ: this process's environment, or a test's.
        log: of this server.

    Raises:
        Exception: whatever keeps the server from answering (`problems.problem_of` tells it).
    """
    session = Session(entry, log)
    transport = BoundedTransport(httpx2.AsyncHTTPTransport(trust_env=False))
    client = Client(
        _transport(entry, environ, session, log, transport),
        message_handler=session.on_message,
        logging_callback=session.on_log,
        client_info=Implementation(name="Sotto", version=version("sotto")),
        cache=None,
    )
    try:
        async with client, anyio.create_task_group() as tasks:
            await session.serve(client)
            tasks.start_soon(session.follow_changes)
            yield session
            tasks.cancel_scope.cancel()
    except Exception as error:
        # The protocol's errors do not tell what a transport knows.
        if transport.failure is not None:
            raise transport.failure from error
        raise
    finally:
        await transport.aclose()


@asynccontextmanager
async def _transport(
    entry: ServerEntry,
    environ: Mapping[str, str],
    session: Session,
    log: ServerLog,
    transport: BoundedTransport,
) -> AsyncIterator[Streams]:
    streams: AbstractAsyncContextManager[Any]
    if entry.url:
        streams = http_streams(entry.url, dict(entry.headers), transport)
    else:
        env = environment_of(environ, dict(entry.env))
        home = env.get("HOME") or env.get("USERPROFILE") or "."
        program = Program(entry.command, entry.args, env, entry.cwd or home)
        streams = stdio_streams(
            program,
            on_text=lambda text: log.add(LogSource.SERVER, text),
            on_noise=lambda text: log.add(LogSource.SOTTO, f"Not a message: {text}"),
        )
    async with streams as (read, write):
        yield _Watched(read, session.ended.set), write


def _raw(tool: Tool) -> RawTool:
    hints = tool.annotations
    title = tool.title or (hints.title if hints is not None else None) or ""
    says_read_only = hints is not None and hints.read_only_hint is True
    return RawTool(tool.name, title, tool.description or "", tool.input_schema, says_read_only)


def _progress(done: float, total: float | None, message: str | None) -> Progress:
    part = done / total if total else math.nan
    text = one_line(message)[:_SHOWN_PROGRESS] if message else ""
    return Progress(min(max(part, 0.0), 1.0) if math.isfinite(part) else None, text)

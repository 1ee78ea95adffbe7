"""A server that is a program of this computer: started, talked to by lines, and ended.

Like `mcp.client.stdio.stdio_client` (modelcontextprotocol/python-sdk), but the server's output is
bounded: one line, lines in a while, and what it writes to its standard error.  Asyncio thread.
"""

from __future__ import annotations

import os
import shutil
import signal
import subprocess
import sys
from collections.abc import AsyncIterator, Callable, Mapping, Sequence
from contextlib import AsyncExitStack, asynccontextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

import anyio
import psutil
from anyio.abc import ByteReceiveStream, Process
from anyio.streams.memory import MemoryObjectReceiveStream, MemoryObjectSendStream
from mcp.shared.message import SessionMessage
from mcp_types import jsonrpc_message_adapter

from app.tools.mcp.budget import MAX_MESSAGE_BYTES, Lines, MessageBudget
from app.tools.mcp.problems import ProgramMissingError

_CHUNK: Final = 64 * 1024
_SHOWN_BYTES: Final = 500
_TEXT_BYTES_PER_SECOND: Final = 4 * 1024 * 1024
_END_SECONDS: Final = 2.0
"""For each step: standard input closed, SIGTERM, SIGKILL (MCP specification, "Shutdown")."""

_WATCHER: Final = """
trap '' TERM
read -r nothing
for signal in TERM KILL; do sleep "$2"; kill -s "$signal" -- "-$1" || exit; done
"""
"""Ends what a server consists of when this program is gone without having done so."""

_WINDOWS: Final = (
    "APPDATA",
    "HOMEDRIVE",
    "HOMEPATH",
    "LOCALAPPDATA",
    "PATH",
    "PATHEXT",
    "PROCESSOR_ARCHITECTURE",
    "PROGRAMFILES",
    "SYSTEMDRIVE",
    "SYSTEMROOT",
    "TEMP",
    "USERNAME",
    "USERPROFILE",
)
_POSIX: Final = ("HOME", "LANG", "LC_ALL", "LOGNAME", "PATH", "SHELL", "TERM", "TMPDIR", "USER")

Streams = tuple[
    MemoryObjectReceiveStream[SessionMessage | Exception], MemoryObjectSendStream[SessionMessage]
]


@dataclass(frozen=True, slots=True)
class Program:
    """What is started.

    Attributes:
        env: the whole environment it gets (`environment_of`).
    """

    command: str
    args: Sequence[str]
    env: Mapping[str, str]
    cwd: str


def environment_of(environ: Mapping[str, str], own: Mapping[str, str]) -> dict[str, str]:
    """What a server sees of the user's environment: where things are, and what is its own.

    Args:
        environ: this process's environment, or a test's.
        own: the variables of the server's entry, which go first.
    """
    inherited = _WINDOWS if sys.platform == "win32" else _POSIX
    kept = {name: environ[name] for name in inherited if name in environ}
    # Bash keeps functions in variables; a server has no use for them.
    plain = {name: value for name, value in kept.items() if not value.startswith("()")}
    return {**plain, **own}


@asynccontextmanager
async def stdio_streams(
    program: Program,
    on_text: Callable[[str], None],
    on_noise: Callable[[str], None],
) -> AsyncIterator[Streams]:
    """Start a server; the streams carry messages, and leaving the context ends the program.

    Args:
        program: what to start.
        on_text: told what it writes to its standard error.
        on_noise: told what it writes to its standard output that is no message.

    Raises:
        ProgramMissingError: there is no such program, or folder to start it in.
        OSError: it cannot be started.
        TooMuchError: in an exception group; it sent more than it may.
    """
    process = await _started(program)
    into, inbox = anyio.create_memory_object_stream[SessionMessage | Exception](0)
    outbox, out_of = anyio.create_memory_object_stream[SessionMessage](0)
    async with anyio.create_task_group() as tasks:
        tasks.start_soon(_read, process, into, on_noise)
        tasks.start_soon(_write, process, out_of, into)
        tasks.start_soon(_read_texts, process, on_text)
        async with AsyncExitStack() as watch:
            try:
                await watch.enter_async_context(_watched(process))
                yield inbox, outbox
            finally:
                with anyio.CancelScope(shield=True):
                    inbox.close()
                    outbox.close()
                    await _ended(process)
            tasks.cancel_scope.cancel()
    into.close()
    out_of.close()


async def _started(program: Program) -> Process:
    if not Path(program.cwd).is_dir():
        raise ProgramMissingError(program.cwd)
    command = shutil.which(program.command, path=program.env.get("PATH"))
    if command is None:
        raise ProgramMissingError(program.command)
    return await anyio.open_process(
        [command, *program.args],
        env=program.env,
        cwd=program.cwd,
        start_new_session=sys.platform != "win32",
    )


@asynccontextmanager
async def _watched(process: Process) -> AsyncIterator[None]:
    """Have a server ended that goes on when this program's death closes its standard input.

    Who does that notices it by a standard input of its own.  It is no parent of the server's, so
    that what the system says of a program that cannot be started is still heard.  It is sent away
    after the server's end: before that the server's number is not given away anew.
    """
    if sys.platform == "win32":
        yield
        return
    argv = ["/bin/sh", "-c", _WATCHER, "sh", str(process.pid), f"{_END_SECONDS:g}"]
    watcher = await anyio.open_process(
        argv, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, start_new_session=True
    )
    try:
        yield
    finally:
        with suppress(ProcessLookupError):
            watcher.kill()
        with anyio.CancelScope(shield=True):
            assert watcher.stdin is not None  # noqa: S101 - opened with a pipe
            await watcher.stdin.aclose()
            await watcher.wait()


async def _read(
    process: Process,
    into: MemoryObjectSendStream[SessionMessage | Exception],
    on_noise: Callable[[str], None],
) -> None:
    lines = Lines(MAX_MESSAGE_BYTES)
    budget = MessageBudget(anyio.current_time)
    assert process.stdout is not None  # noqa: S101 - opened with pipes
    async with into:
        with suppress(anyio.ClosedResourceError, anyio.BrokenResourceError, OSError):
            async for chunk in process.stdout:
                for line in lines.feed(chunk):
                    budget.spend()
                    message = _message(line, on_noise)
                    if message is not None:
                        await into.send(message)
    # What is still written must not block the program's own ending.
    with suppress(anyio.ClosedResourceError, anyio.BrokenResourceError, OSError):
        async for _ in process.stdout:
            pass


def _message(line: bytes, on_noise: Callable[[str], None]) -> SessionMessage | None:
    if not line.strip():
        return None
    try:
        return SessionMessage(jsonrpc_message_adapter.validate_json(line, by_name=False))
    except ValueError:
        on_noise(line[:_SHOWN_BYTES].decode("utf-8", "replace"))
        return None


async def _write(
    process: Process,
    out_of: MemoryObjectReceiveStream[SessionMessage],
    into: MemoryObjectSendStream[SessionMessage | Exception],
) -> None:
    assert process.stdin is not None  # noqa: S101 - opened with pipes
    try:
        async with out_of:
            async for item in out_of:
                text = item.message.model_dump_json(by_alias=True, exclude_unset=True)
                await process.stdin.send(text.encode() + b"\n")
    except (anyio.ClosedResourceError, anyio.BrokenResourceError, OSError):
        # A program that no longer listens must not leave a request waiting.
        await into.aclose()


async def _read_texts(process: Process, on_text: Callable[[str], None]) -> None:
    assert process.stderr is not None  # noqa: S101 - opened with pipes
    stream: ByteReceiveStream = process.stderr
    rest = b""
    with suppress(anyio.ClosedResourceError, anyio.BrokenResourceError, OSError):
        async for chunk in stream:
            whole, mark, rest = (rest + chunk).rpartition(b"\n")
            if mark or len(rest) > _CHUNK:
                on_text((whole or rest).decode("utf-8", "replace"))
                rest = rest if mark else b""
            # Whoever writes without end waits; reading on at full speed would cost a processor.
            await anyio.sleep(len(chunk) / _TEXT_BYTES_PER_SECOND)
    if rest:
        on_text(rest.decode("utf-8", "replace"))


async def _ended(process: Process) -> None:
    """End it and all that it started, whatever happens meanwhile."""
    children = _family(process.pid)
    try:
        with suppress(anyio.ClosedResourceError, anyio.BrokenResourceError, OSError):
            assert process.stdin is not None  # noqa: S101 - opened with pipes
            await process.stdin.aclose()
        if not await _is_over(process, _END_SECONDS):
            children |= _family(process.pid)
            _signal(process, children, hard=False)
            await _is_over(process, _END_SECONDS)
    finally:
        _signal(process, children, hard=True)
    await _is_over(process, _END_SECONDS)
    for stream in (process.stdout, process.stderr):
        with suppress(anyio.ClosedResourceError, anyio.BrokenResourceError, OSError):
            assert stream is not None  # noqa: S101 - opened with pipes
            await stream.aclose()
    _close_transport(process)
    for _ in range(3):
        await anyio.sleep(0)  # the pipes are closed by callbacks of callbacks


async def _is_over(process: Process, seconds: float) -> bool:
    """Whether it ended in time.

    `Process.wait` would also wait for the pipes, which a child may have inherited.
    """
    with anyio.move_on_after(seconds):
        while process.returncode is None:
            await anyio.sleep(0.01)
    return process.returncode is not None


def _family(pid: int) -> frozenset[psutil.Process]:
    """All that a program started, as far as it is still known to be its child."""
    with suppress(psutil.Error):
        return frozenset(psutil.Process(pid).children(recursive=True))
    return frozenset()


def _signal(process: Process, children: frozenset[psutil.Process], *, hard: bool) -> None:
    if sys.platform != "win32":
        # The program leads a session of its own, so its number is its group's.
        with suppress(ProcessLookupError, PermissionError):
            os.killpg(process.pid, signal.SIGKILL if hard else signal.SIGTERM)
    elif process.returncode is None:
        process.kill() if hard else process.terminate()
    for child in children:
        with suppress(psutil.Error):  # psutil knows a number that was given away anew
            child.kill() if hard else child.terminate()


def _close_transport(process: Process) -> None:
    """Close asyncio's side too, or it warns when a child keeps a pipe open; not public."""
    transport: Any = getattr(getattr(process, "_process", None), "_transport", None)
    if transport is not None:
        with suppress(PermissionError):
            transport.close()

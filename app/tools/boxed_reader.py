"""A process of its own that reads what strangers made, one thing at a time.  Asyncio thread.

Parsers of HTML, PDF and the like take time and memory as a file wants it, and hold the
interpreter's lock meanwhile; a thread could be neither bounded nor ended.  The process is ended
when it takes too long; else it stays for the next file, as starting it takes a second.
"""

from __future__ import annotations

import asyncio
import json
import os
import sys
from collections.abc import Callable, Mapping, Sequence
from contextlib import suppress
from typing import Any, Final

from app.tools.browser.side_thread import on_side_thread
from app.tools.browser.wire import LENGTH
from app.tools.sandbox.box import Sandbox
from app.tools.sandbox.lifeline import Ending, Lifeline
from app.tools.sandbox.policy import Limits, Policy
from app.tools.sandbox.processes import end_tree
from engine import program

_LIMITS: Final = Limits(
    memory_bytes=2 << 30,
    processes=16,
    file_bytes=1 << 20,
    open_files=64,
    disk_bytes=1 << 20,
    scratch_bytes=4 << 20,
)
_MOST_ANSWER: Final = 32 << 20
_MOST_READS: Final = 50
"""Of one process; then another one is started."""

_IDLE_SECONDS: Final = 120.0
_SECONDS_TO_END: Final = 3.0


class UnreadableError(Exception):
    """The process broke off, or was ended; the next thing gets another one."""


class ReadTooLongError(UnreadableError):
    """It took longer than it may."""


class BoxedReader:
    """Has a module of Sotto's read things in a box.

    Args:
        sandbox: what holds the process; may be slow the first time.
        seconds: that one thing may take, with the process's start.
        module: what runs in the process (`app.tools.browser.wire.serve`).
        flag: the argument by which a frozen Sotto runs that module (`ui.entry`).
        is_boxed: whether boxes can be made at all; only Linux has them.
    """

    def __init__(
        self,
        sandbox: Callable[[], Sandbox],
        seconds: float,
        *,
        module: str,
        flag: str,
        is_boxed: bool = sys.platform == "linux",
    ) -> None:
        self._sandbox = sandbox
        self._seconds = seconds
        self._module = module
        self._flag = flag
        self._is_boxed = is_boxed
        self._process: asyncio.subprocess.Process | None = None
        self._lifeline: Lifeline | None = None
        self._starting: asyncio.Task[asyncio.subprocess.Process] | None = None
        self._turn = asyncio.Lock()
        self._reads = 0
        self._idle: asyncio.TimerHandle | None = None
        self._ending: set[asyncio.Task[None]] = set()

    async def prepare(self) -> None:
        """Start the process, so that it is there when something has come."""
        async with self._turn:
            await self._running()

    async def exchange(self, head: Mapping[str, Any], body: bytes) -> dict[str, Any]:
        """Have one thing read; cancelled, it ends the process.

        Args:
            head: what the module is asked, as JSON.
            body: the bytes.

        Raises:
            ReadTooLongError: it takes longer than it may.
            UnreadableError: the process ended, or what it said makes no sense.
        """
        async with self._turn:
            self._stay()
            try:
                async with asyncio.timeout(self._seconds):
                    answer = await self._ask(head, body)
            except TimeoutError as error:
                await self._end()
                raise ReadTooLongError from error
            except (OSError, EOFError, ValueError, asyncio.IncompleteReadError) as error:
                await self._end()
                raise UnreadableError from error
            except BaseException:
                await self._end()  # it is in the middle of something
                raise
            self._reads += 1
            if self._reads >= _MOST_READS:
                await self._end()
            else:
                self._idle = asyncio.get_running_loop().call_later(_IDLE_SECONDS, self._leave)
        return answer

    async def close(self) -> None:
        """End the process."""
        async with self._turn:
            self._stay()
            await self._end()
        await asyncio.gather(*self._ending)

    async def _ask(self, asked: Mapping[str, Any], body: bytes) -> dict[str, Any]:
        process = await self._running()
        assert process.stdin is not None  # noqa: S101 - both are pipes
        assert process.stdout is not None  # noqa: S101
        head = json.dumps({**asked, "bytes": len(body)}).encode()
        process.stdin.write(LENGTH.pack(len(head)) + head)
        process.stdin.write(body)
        await process.stdin.drain()
        (length,) = LENGTH.unpack(await process.stdout.readexactly(LENGTH.size))
        if length > _MOST_ANSWER:
            raise ValueError("an answer is smaller")
        answer = json.loads(await process.stdout.readexactly(length))
        if not isinstance(answer, dict):
            raise ValueError("an answer is an object")
        return answer

    async def _running(self) -> asyncio.subprocess.Process:
        if self._process is not None and self._process.returncode is not None:
            await self._end()
        has_failed = (
            self._starting is not None
            and self._starting.done()
            and (self._starting.cancelled() or self._starting.exception() is not None)
        )
        if self._starting is None or has_failed:
            self._starting = asyncio.create_task(self._start())
        # A start that is cancelled halfway would leave a process that nobody knows of.
        return await asyncio.shield(self._starting)

    async def _start(self) -> asyncio.subprocess.Process:
        lifeline = self._lifeline = Lifeline()
        try:
            command, environment = await self._command(lifeline)
            self._process = await asyncio.create_subprocess_exec(
                *command,
                env=environment,
                cwd="/",
                stdin=asyncio.subprocess.PIPE,
                stdout=asyncio.subprocess.PIPE,
                stderr=asyncio.subprocess.DEVNULL,
                limit=1 << 20,
                pass_fds=lifeline.descriptors,
                start_new_session=True,
            )
        except BaseException:
            lifeline.close()
            raise
        lifeline.handed_over()
        self._reads = 0
        return self._process

    async def _command(self, lifeline: Lifeline) -> tuple[Sequence[str], Mapping[str, str]]:
        if self._is_boxed:
            sandbox = await on_side_thread(self._sandbox, "sandbox")
            launch = sandbox.launch(self._module, (), Policy(limits=_LIMITS), lifeline.number)
            return lifeline.command(launch.argv, Ending.of(launch.kind)), launch.environment
        command = program.again(self._flag, self._module)
        environment = {**os.environ, "PYTHONPATH": str(program.SOURCES)}
        return lifeline.command(command, Ending.AT_ONCE), environment

    def _stay(self) -> None:
        if self._idle is not None:
            self._idle.cancel()
            self._idle = None

    def _leave(self) -> None:
        """End the process after a while without work."""

        async def leave() -> None:
            if not self._turn.locked():
                await self._end()

        task = asyncio.get_running_loop().create_task(leave())
        self._ending.add(task)
        task.add_done_callback(self._ending.discard)

    async def _end(self) -> None:
        starting, self._starting = self._starting, None
        if starting is not None:
            await asyncio.wait([starting])
            if starting.cancelled() or starting.exception() is not None:
                return
        process, self._process = self._process, None
        if process is None:
            return
        if self._is_boxed:
            end_tree(process.pid)
        with suppress(ProcessLookupError):
            process.kill()
        if process.stdin is not None:
            process.stdin.close()
        # It is over only when its pipes are, too, which a child that got away could hold open;
        # that one ends by itself when it finds nothing more to read.
        with suppress(TimeoutError):
            await asyncio.wait_for(process.wait(), _SECONDS_TO_END)
        if self._lifeline is not None:
            self._lifeline.close()

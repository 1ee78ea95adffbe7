"""One call of a user's function, in a box of its own.  Asyncio thread."""

from __future__ import annotations

import asyncio
import json
import os
import signal
import tempfile
from asyncio.subprocess import PIPE, Process
from collections.abc import Callable, Mapping
from contextlib import suppress
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any, Final

from app.tools.own.folder import FunctionsFolder
from app.tools.own.functions import OwnFunction
from app.tools.sandbox.box import Sandbox
from app.tools.sandbox.cgroup import Cgroup, make_cgroup
from app.tools.sandbox.lifeline import Ending, Lifeline
from app.tools.sandbox.policy import Launch, Limits, Mount, Policy, SandboxKind
from app.tools.sandbox.processes import end_tree
from app.tools.sandbox.watch import SECONDS_BETWEEN, Excess, excess

_LIMITS: Final = Limits(memory_bytes=2 << 30, processes=64, scratch_bytes=64 << 20)
_MODULE: Final = "app.tools.own.runner"
_FOLDER: Final = "/functions"
_MAX_ANSWER: Final = 4 * 1024 * 1024
_KEPT_PRINTS: Final = 20_000
_CHUNK: Final = 64 * 1024
_GRACE_SECONDS: Final = 2.0
_LEAVE_SECONDS: Final = 0.1
_REMOVALS, _REMOVAL_SECONDS = 50, 0.02


@dataclass(frozen=True, slots=True)
class Bounds:
    """How much a call may take.

    Attributes:
        seconds: after so long it is ended.
        limits: of its box.
    """

    seconds: float = 60.0
    limits: Limits = _LIMITS


@dataclass(frozen=True, slots=True)
class Answer:
    """What came of a call.

    Attributes:
        text: what the function returned, or its error.
        is_error: it raised an error, or did not end as it should.
        is_late: it was ended because it took too long.
        excess: what it took too much of, and was ended for.
        printed: what it printed, cut at the end where it was too much.
    """

    text: str
    is_error: bool = False
    is_late: bool = False
    excess: Excess | None = None
    printed: str = ""


async def call_in_box(
    function: OwnFunction,
    arguments: Mapping[str, Any],
    folder: FunctionsFolder,
    bounds: Bounds,
    sandbox: Sandbox,
    on_print: Callable[[str], None],
) -> Answer:
    """Run a function; cancelling the task ends the box.

    Args:
        function: which one.
        arguments: that fit its schema.
        folder: where its file is.
        bounds: how much it may take.
        sandbox: what the box is made of.
        on_print: told what it has printed so far, each time there is more.

    Raises:
        OSError: the box cannot be made.
    """
    call = {"file": function.file, "function": function.name, "arguments": dict(arguments)}
    with (
        tempfile.TemporaryDirectory(prefix="sotto-own-", ignore_cleanup_errors=True) as place,
        Lifeline() as lifeline,
    ):
        launch = await asyncio.to_thread(
            _prepared, Path(place), folder, sandbox, bounds.limits, lifeline.number
        )
        box = await _started(launch, lifeline)
        try:
            return await _answered(box, json.dumps(call).encode(), bounds.seconds, on_print)
        finally:
            await asyncio.shield(_ended(box))


@dataclass(frozen=True, slots=True)
class _Box:
    """A box with a call in it."""

    process: Process
    launch: Launch
    cgroup: Cgroup
    lifeline: Lifeline


async def _started(launch: Launch, lifeline: Lifeline) -> _Box:
    cgroup = await asyncio.to_thread(make_cgroup, launch.limits)
    try:
        process = await asyncio.create_subprocess_exec(
            *lifeline.command(cgroup.command(launch.argv), Ending.of(launch.kind)),
            env=launch.environment,
            cwd="/",
            stdin=PIPE,
            stdout=PIPE,
            stderr=PIPE,
            pass_fds=lifeline.descriptors,
            start_new_session=True,
        )
    except BaseException:
        cgroup.remove()
        raise
    finally:
        lifeline.handed_over()
    return _Box(process, launch, cgroup, lifeline)


async def _answered(
    box: _Box, call: bytes, seconds: float, on_print: Callable[[str], None]
) -> Answer:
    talk = _Talk(box.process, on_print)
    seen: list[Excess] = []
    watch = asyncio.ensure_future(_watch(box, seen))
    try:
        async with asyncio.timeout(seconds) as limit:
            answer = await talk.hold(call)
        if box.cgroup.has_killed():
            seen.append(Excess.MEMORY)
        return replace(answer, excess=seen[0]) if seen else answer
    except TimeoutError:
        if not limit.expired():
            raise
        return Answer("", is_error=True, is_late=True, printed=talk.printed)
    finally:
        watch.cancel()


def _prepared(
    place: Path, folder: FunctionsFolder, sandbox: Sandbox, limits: Limits, lifeline: int
) -> Launch:
    """What to start.  The copies are the box's to read, whoever it runs as."""
    functions, scratch = place / "functions", place / "scratch"
    folder.copy_to(functions)
    scratch.mkdir(mode=0o700)
    policy = Policy((Mount(functions, _FOLDER),), limits, scratch=scratch)
    return sandbox.launch(_MODULE, (_FOLDER,), policy, lifeline)


class _Talk:
    """Sends the call, takes the answer, and keeps what is printed."""

    def __init__(self, process: Process, on_print: Callable[[str], None]) -> None:
        self._process = process
        self._on_print = on_print
        self._printed = bytearray()

    @property
    def printed(self) -> str:
        return self._printed.decode("utf-8", "replace")

    async def hold(self, call: bytes) -> Answer:
        prints = asyncio.ensure_future(self._hear_prints())
        sending = asyncio.ensure_future(self._send(call))
        try:
            answer = await self._take_answer()
            with suppress(TimeoutError):
                # What was printed last may come a moment after the answer.
                await asyncio.wait_for(asyncio.shield(prints), _GRACE_SECONDS)
        finally:
            prints.cancel()
            sending.cancel()
        return self._read(answer)

    async def _send(self, call: bytes) -> None:
        stdin = self._process.stdin
        assert stdin is not None  # noqa: S101 - opened with pipes
        with suppress(ConnectionError):
            stdin.write(call)
            await stdin.drain()
            stdin.close()

    async def _take_answer(self) -> bytes:
        stdout = self._process.stdout
        assert stdout is not None  # noqa: S101 - opened with pipes
        answer = bytearray()
        while chunk := await stdout.read(_CHUNK):
            answer += chunk
            if b"\n" in chunk or len(answer) > _MAX_ANSWER:
                break
        return bytes(answer)

    async def _hear_prints(self) -> None:
        stderr = self._process.stderr
        assert stderr is not None  # noqa: S101 - opened with pipes
        while chunk := await stderr.read(_CHUNK):
            room = _KEPT_PRINTS - len(self._printed)
            if room > 0:
                self._printed += chunk[:room]
                self._on_print(self.printed)

    def _read(self, answer: bytes) -> Answer:
        try:
            told = json.loads(answer.partition(b"\n")[0])
            if "error" in told:
                return Answer(str(told["error"]), is_error=True, printed=self.printed)
            return Answer(str(told["text"]), printed=self.printed)
        except (ValueError, TypeError, KeyError, RecursionError):
            return Answer("It ended without an answer.", is_error=True, printed=self.printed)


async def _watch(box: _Box, seen: list[Excess]) -> None:
    """Look at what the box takes; note what is too much, and end it."""
    while box.launch.kind is not SandboxKind.NONE and box.process.returncode is None:
        await asyncio.sleep(SECONDS_BETWEEN)
        found = await asyncio.to_thread(excess, box.process.pid, box.launch)
        if found is not None:
            seen.append(found)  # before the end, since that is noticed at once
            await _kill(box)
            return


async def _ended(box: _Box) -> None:
    """See to it that the box is gone.

    Not by `Process.kill`: it may take note of an end before asyncio does, which then warns.
    """
    process = box.process
    with suppress(TimeoutError):
        await asyncio.wait_for(process.wait(), _LEAVE_SECONDS)
    await _kill(box)
    await process.wait()
    box.lifeline.close()
    # asyncio keeps its ends of the pipes open as long as anybody holds the others; not public.
    process._transport.close()  # type: ignore[attr-defined] # noqa: SLF001 - see above
    for _ in range(3):
        await asyncio.sleep(0)  # the pipes are closed by callbacks of callbacks
    # The last of them may take a moment more to go than the one that was waited for.
    for _ in range(_REMOVALS):
        if box.cgroup.remove():
            break
        await asyncio.sleep(_REMOVAL_SECONDS)


async def _kill(box: _Box) -> None:
    process = box.process
    if process.returncode is not None:
        return
    if box.launch.kind is SandboxKind.BUBBLEWRAP:
        with suppress(ProcessLookupError):
            os.kill(process.pid, signal.SIGKILL)  # and with it all that is in the box
    else:
        await asyncio.to_thread(end_tree, process.pid)

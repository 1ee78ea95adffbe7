"""A process in a box that says when it is ready, and its end.  Asyncio thread."""

from __future__ import annotations

import asyncio
import os
from asyncio.subprocess import DEVNULL, PIPE, Process
from contextlib import suppress
from typing import Final

from app.tools.sandbox.box import Sandbox
from app.tools.sandbox.cgroup import Cgroup, make_cgroup
from app.tools.sandbox.lifeline import Ending, Lifeline
from app.tools.sandbox.policy import Launch, Policy
from app.tools.sandbox.processes import end_tree
from app.tools.sandbox.watch import Excess, excess

_REMOVALS, _REMOVAL_SECONDS = 50, 0.02
_KEPT_ERRORS: Final = 4000


class NotReadyError(Exception):
    """The process ended, or could not be started; its text is the end of what it said."""


class BoxedProcess:
    """A running process in a box, made by `start`.

    Attributes:
        ended: done when it has ended.
    """

    def __init__(
        self, process: Process, launch: Launch, cgroup: Cgroup, lifeline: Lifeline
    ) -> None:
        self._process = process
        self._launch = launch
        self._cgroup = cgroup
        self._lifeline = lifeline
        self._errors = asyncio.create_task(self._keep_errors())
        self.ended = asyncio.create_task(process.wait())

    @classmethod
    async def start(
        cls, sandbox: Sandbox, module: str, policy: Policy, seconds: float
    ) -> BoxedProcess:
        """Start a module, which gets the number of a pipe, and wait for a byte in it.

        Args:
            sandbox: what the box is made of.
            module: as in `Sandbox.launch`.
            policy: of the box.
            seconds: it may take to be ready.

        Raises:
            NotReadyError: it does not come up.
        """
        cgroup = make_cgroup(policy.limits)
        ready, told = os.pipe()
        lifeline = Lifeline()
        try:
            launch = sandbox.launch(module, (str(told),), policy, lifeline.number)
            made = await _spawned(cls, launch, cgroup, lifeline, told)
        except BaseException as error:
            lifeline.close()
            cgroup.remove()
            os.close(ready)
            if isinstance(error, OSError):
                raise NotReadyError(str(error)) from error
            raise
        finally:
            lifeline.handed_over()
            os.close(told)
        try:
            async with asyncio.timeout(seconds):
                await made.is_ready(ready)
        except BaseException as error:
            await made.end()
            if isinstance(error, TimeoutError):
                raise NotReadyError("it took too long") from error
            raise
        finally:
            os.close(ready)
        return made

    @property
    def is_running(self) -> bool:
        """Whether it has not ended yet."""
        return self._process.returncode is None

    @property
    def has_starved(self) -> bool:
        """Whether something in the box was killed for want of memory."""
        return self._cgroup.has_killed()

    def excess(self) -> Excess | None:
        """What it takes too much of; None while it keeps its limits."""
        found = excess(self._process.pid, self._launch)
        # Of several processes one may have been killed, and the others go on.
        return Excess.MEMORY if found is None and self.has_starved else found

    async def end(self) -> None:
        """Kill everything in the box.  May be called twice."""
        if self.is_running:
            end_tree(self._process.pid)
        # Whoever is still ending holds the other end of the pipe, and asyncio might wait for it.
        transport = self._process._transport  # type: ignore[attr-defined]  # noqa: SLF001 - no other way
        if errors := transport.get_pipe_transport(2):
            errors.close()
        await self._process.wait()
        self._lifeline.close()
        transport.close()
        # The last of them may take a moment more to go than the one that was waited for.
        for _ in range(_REMOVALS):
            if self._cgroup.remove():
                break
            await asyncio.sleep(_REMOVAL_SECONDS)
        self._errors.cancel()

    async def is_ready(self, ready: int) -> None:
        """Wait for a byte in this pipe.

        Raises:
            NotReadyError: the process ended before.
        """
        opened = asyncio.create_task(_has_come(ready))
        await asyncio.wait({opened, self.ended}, return_when="FIRST_COMPLETED")
        if not opened.done():
            opened.cancel()
            raise NotReadyError(await self._errors)

    async def _keep_errors(self) -> str:
        """Read what the process says outside of messages, and return the end of it."""
        kept = b""
        stream = self._process.stderr
        while stream is not None and (more := await stream.read(1 << 16)):
            kept = (kept + more)[-_KEPT_ERRORS:]
        return kept.decode("utf-8", "replace")


async def _spawned(
    kind: type[BoxedProcess], launch: Launch, cgroup: Cgroup, lifeline: Lifeline, told: int
) -> BoxedProcess:
    """Start the process; when cancelled, see it started first and then ended as it has to be.

    asyncio itself would kill the one process it knows, and leave what that has just made.
    """
    begun = asyncio.ensure_future(
        asyncio.create_subprocess_exec(
            *lifeline.command(cgroup.command(launch.argv), Ending.of(launch.kind)),
            env=launch.environment,
            cwd="/",
            stdin=DEVNULL,
            stdout=DEVNULL,
            stderr=PIPE,
            pass_fds=(told, *lifeline.descriptors),
            start_new_session=True,
        )
    )
    try:
        return kind(await asyncio.shield(begun), launch, cgroup, lifeline)
    except asyncio.CancelledError:
        with suppress(OSError):
            await kind(await begun, launch, cgroup, lifeline).end()
        raise


async def _has_come(descriptor: int) -> None:
    loop = asyncio.get_running_loop()
    came = loop.create_future()

    def came_now() -> None:
        if not came.done():
            came.set_result(None)

    loop.add_reader(descriptor, came_now)
    try:
        await came
    finally:
        loop.remove_reader(descriptor)
    if not os.read(descriptor, 1):  # its other end was closed by the end of the process
        await loop.create_future()
